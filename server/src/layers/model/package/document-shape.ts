/**
 * Checks of JSON documents by hand. `seaworthy serve` reads a manifest and a signature from a package it need not trust and
 * must be ready in half a second, of which loading a schema library would take a tenth. The types are those of the schemas,
 * so the two cannot drift apart unseen; a test holds them against each other.
 */

/** Gives the value, checked, or throws ShapeMismatch. `at` is where it stands in the document, for the message. */
export type Shape<T> = (value: unknown, at: string) => T

/** What is wrong with a document, as a clause: `files[2].bytes is not a whole number from 0`. */
export class ShapeMismatch extends Error {}

const mismatch = (at: string, complaint: string) => new ShapeMismatch(`${at === '' ? 'it' : at} ${complaint}`)
const shown = (at: string, key: string) => (at === '' ? key : `${at}.${key}`)

export const text =
  (pattern: RegExp, complaint: string): Shape<string> =>
  (value, at) => {
    if (typeof value !== 'string' || !pattern.test(value)) throw mismatch(at, complaint)
    return value
  }
export const anyText: Shape<string> = text(/^/, 'is not a text')
export const name: Shape<string> = text(/^[^]+$/, 'is not a name')

export const whole =
  (min: number): Shape<number> =>
  (value, at) => {
    if (!Number.isSafeInteger(value) || (value as number) < min) throw mismatch(at, `is not a whole number from ${min}`)
    return value as number
  }
export const number: Shape<number> = (value, at) => {
  if (typeof value !== 'number') throw mismatch(at, 'is not a number')
  return value
}
export const truth: Shape<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw mismatch(at, 'is neither true nor false')
  return value
}
export const oneOf =
  <const T extends string>(...choices: readonly T[]): Shape<T> =>
  (value, at) => {
    if (!choices.includes(value as T)) throw mismatch(at, `is none of ${choices.join(', ')}`)
    return value as T
  }
export const listOf =
  <T>(item: Shape<T>, min = 0): Shape<readonly T[]> =>
  (value, at) => {
    if (!Array.isArray(value)) throw mismatch(at, 'is not a list')
    if (value.length < min) throw mismatch(at, `has fewer than ${min} entries`)
    return value.map((one, i) => item(one, `${at}[${i}]`))
  }
export const maybe =
  <T>(shape: Shape<T>): Shape<T | undefined> =>
  (value, at) =>
    value === undefined ? undefined : shape(value, at)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An object with any members. */
export const record: Shape<Readonly<Record<string, unknown>>> = (value, at) => {
  if (!isRecord(value)) throw mismatch(at, 'is not an object')
  return value
}

type Shapes = Readonly<Record<string, Shape<unknown>>>
type Fields<S extends Shapes> = {
  readonly [K in keyof S as undefined extends ReturnType<S[K]> ? never : K]: ReturnType<S[K]>
} & {
  readonly [K in keyof S as undefined extends ReturnType<S[K]> ? K : never]?: Exclude<ReturnType<S[K]>, undefined>
}

/** An object with these members and no other. */
export const fields =
  <S extends Shapes>(shapes: S): Shape<Fields<S>> =>
  (value, at) => {
    if (!isRecord(value)) throw mismatch(at, 'is not an object')
    for (const key of Object.keys(value))
      if (!Object.hasOwn(shapes, key)) throw mismatch(shown(at, key.slice(0, 80)), 'is not known')
    const checked = Object.entries(shapes).flatMap(([key, shape]) => {
      const member = shape(Object.hasOwn(value, key) ? value[key] : undefined, shown(at, key))
      return member === undefined ? [] : [[key, member] as const]
    })
    return Object.fromEntries(checked) as Fields<S>
  }

/** Reads JSON of a shape; `refuse` makes the error of what is wrong with it. */
export function parseDocument<T>(json: string, shape: Shape<T>, refuse: (reason: string) => Error): T {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw refuse('it is not JSON')
  }
  try {
    return shape(value, '')
  } catch (error) {
    throw error instanceof ShapeMismatch ? refuse(error.message) : error
  }
}

/** What validation has to say about one request: the problems that refuse it, and the flags that travel with the answer. */
import { nearest } from '../../../kernel/nearest.ts'
import type { InputProblem } from './errors.ts'

/** Problems told in one answer; more would bury the first. */
export const PROBLEMS_MAX = 20
const GOT_LENGTH_MAX = 60
/** Spelling suggestions are looked for only where it is cheap: the sender decides how long the word is. */
const NEAREST_WORD_LENGTH_MAX = 64
const NEAREST_CANDIDATES_MAX = 5_000

/** A value that was let through although it is not what the contract expects. */
export interface InputFlag {
  readonly field: string
  readonly code: InputProblem['code']
  readonly message: string
}

export interface ProblemFacts {
  readonly expected: string
  readonly value: unknown
  readonly candidates?: readonly string[]
  /** A sentence more, where the mistake is a well-known one. */
  readonly remark?: string | undefined
}

export interface ValidationReport {
  readonly problems: readonly InputProblem[]
  /** How many there are in all; `problems` holds the first twenty. */
  readonly problemCount: number
  /** By index of the instance. */
  readonly flags: ReadonlyMap<number, readonly InputFlag[]> | undefined
  /** Members of objects seen, to be compared with those in the text. */
  members: number
  refuse(path: string, code: InputProblem['code'], facts: ProblemFacts): void
  flag(index: number, flag: InputFlag): void
}

export function createValidationReport(): ValidationReport {
  const problems: InputProblem[] = []
  let problemCount = 0
  let flags: Map<number, InputFlag[]> | undefined
  return {
    problems,
    members: 0,
    get problemCount() {
      return problemCount
    },
    get flags() {
      return flags
    },
    refuse(path, code, facts) {
      problemCount += 1
      if (problems.length < PROBLEMS_MAX) problems.push(problemOf(path, code, facts))
    },
    flag(index, flag) {
      flags ??= new Map()
      const known = flags.get(index)
      if (known === undefined) flags.set(index, [flag])
      else known.push(flag)
    },
  }
}

function problemOf(
  path: string,
  code: InputProblem['code'],
  { expected, value, candidates, remark }: ProblemFacts,
): InputProblem {
  const got = describe(value)
  const near = nearestOf(value, candidates)
  const suggestion = near === undefined ? '' : `; did you mean "${near}"?`
  const message = `${path}: expected ${expected}, got ${got}${remark === undefined ? '' : `; ${remark}`}${suggestion}`
  return { path, code, expected, got, ...(near === undefined ? {} : { nearest: near }), message }
}

function nearestOf(value: unknown, candidates: readonly string[] | undefined): string | undefined {
  if (candidates === undefined || typeof value !== 'string' || value.length > NEAREST_WORD_LENGTH_MAX) return undefined
  return nearest(value, candidates.slice(0, NEAREST_CANDIDATES_MAX))
}

/** A value as the sender would recognise it, shortened; lists and objects only by their size. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > GOT_LENGTH_MAX ? `${value.slice(0, GOT_LENGTH_MAX)}…` : value)
}

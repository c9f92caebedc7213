/**
 * What keeps a caller on one version while two of them answer: the header `x-routing-key`, else the input that the contract
 * names in `serving.routing-key`, else the id of the request, which keeps at least its retries together.
 */
const KEY_LENGTH_MAX = 200

/** Undefined when the header is absent or empty. Longer keys count by their beginning. */
export const headerKey = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && header !== '' ? header.slice(0, KEY_LENGTH_MAX) : undefined

/** The value of `input` in the first instance: a request is answered by one version, whatever its other instances say. */
export function inputKey(body: Buffer, input: string): string | undefined {
  try {
    const { instances } = JSON.parse(body.toString()) as { readonly instances?: readonly unknown[] }
    const first = instances?.[0]
    if (typeof first !== 'object' || first === null || !Object.hasOwn(first, input)) return undefined
    const value = (first as Readonly<Record<string, unknown>>)[input]
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value).slice(0, KEY_LENGTH_MAX)
      : undefined
  } catch {
    // What is wrong with the body is told by the version that has to read it.
    return undefined
  }
}

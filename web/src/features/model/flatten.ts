const LEAVES_MAX = 200
const TEXT_MAX = 300

/** A document of any shape as its leaves, each with its path; at most 200 of them. */
export function flatten(document: unknown, path = ''): readonly (readonly [path: string, text: string])[] {
  if (typeof document !== 'object' || document === null)
    return document === undefined || document === null || document === '' ? [] : [[path, String(document).slice(0, TEXT_MAX)]]
  return Object.entries(document)
    .flatMap(([key, value]) => flatten(value, path === '' ? key : `${path}.${key}`))
    .slice(0, LEAVES_MAX)
}

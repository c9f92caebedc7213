/**
 * One pass over JSON of others before it is parsed. It bounds what parsing may build (nesting) and counts the members of all
 * objects. JSON.parse keeps the last of two equal keys without a word, so a text has duplicates exactly when it has more
 * members than the parsed objects have properties; only then is it searched for which key it was.
 *
 * It does not check JSON: on text that is not, the counts mean nothing and JSON.parse, which runs next, refuses it.
 */

const QUOTE = 34
const BACKSLASH = 92
const COLON = 58

/** Number of `name: value` members in the text; undefined when brackets nest deeper than `nestingMax`. */
export function countMembers(text: string, nestingMax: number): number | undefined {
  let members = 0
  let depth = 0
  const end = text.length
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) {
      i++
      for (let inside = text.charCodeAt(i); inside !== QUOTE && i < end; inside = text.charCodeAt(++i))
        if (inside === BACKSLASH) i++
    } else if (code === COLON) members++
    else if ((code | 32) === 123) {
      // [ and { differ in one bit, as ] and } do
      if (++depth > nestingMax) return undefined
    } else if ((code | 32) === 125) depth--
  }
  return members
}

/** Paths of keys that stand twice in one object, with escapes read (`"\u0061"` is "a"). `text` must be valid JSON. */
export function findDuplicateKeys(text: string, duplicatesMax: number): readonly string[] {
  const found: string[] = []
  const frames: { path: string; keys: Set<string> | undefined; index: number; key: string }[] = []
  const here = () => {
    const frame = frames.at(-1)
    if (frame === undefined) return ''
    return frame.keys === undefined
      ? `${frame.path}[${frame.index}]`
      : frame.path === ''
        ? frame.key
        : `${frame.path}.${frame.key}`
  }
  for (let i = 0; i < text.length && found.length < duplicatesMax; i++) {
    const char = text[i]
    if (char === '"') {
      const start = i
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++
      const frame = frames.at(-1)
      if (frame?.keys === undefined || !isKey(text, i + 1)) continue
      frame.key = JSON.parse(text.slice(start, i + 1)) as string
      if (frame.keys.has(frame.key)) found.push(here())
      frame.keys.add(frame.key)
    } else if (char === '{') frames.push({ path: here(), keys: new Set(), index: 0, key: '' })
    else if (char === '[') frames.push({ path: here(), keys: undefined, index: 0, key: '' })
    else if (char === '}' || char === ']') frames.pop()
    else if (char === ',') {
      const frame = frames.at(-1)
      if (frame !== undefined) frame.index++
    }
  }
  return found
}

/** Whether the string that ended before `at` is a key: a colon follows it. */
function isKey(text: string, at: number): boolean {
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 32) return code === COLON
  }
  return false
}

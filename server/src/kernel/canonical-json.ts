/**
 * JSON with one spelling: keys in order of their UTF-16 code units, no space, numbers as ECMAScript prints them (the rules
 * of RFC 8785). What is hashed or signed is written this way, so that equal values have equal bytes.
 *
 * `undefined` members are left out, as JSON.stringify does. Throws TypeError for what JSON does not have: NaN, infinities,
 * bigint, functions, cycles (as RangeError). Lone surrogates are escaped.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON has no ${value}.`)
  if (typeof value !== 'object' || value === null) {
    const text = JSON.stringify(value) as string | undefined
    if (text === undefined) throw new TypeError(`JSON has no ${typeof value}.`)
    return text
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return canonicalJson(value.toJSON())
  if (Array.isArray(value)) return `[${value.map((item) => (item === undefined ? 'null' : canonicalJson(item))).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

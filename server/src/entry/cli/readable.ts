/** Numbers, sizes and times as people read them. */
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `1,234,567` */
export const readableCount = (value: number): string => value.toLocaleString('en-US')

/** `1 file`, `3 files` */
export const readableNumberOf = (count: number, noun: string): string =>
  `${readableCount(count)} ${noun}${count === 1 ? '' : 's'}`

/** `12.3 MB`, by thousands. */
export function readableBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1_000 && unit < BYTE_UNITS.length - 1) {
    value /= 1_000
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[unit]}`
}

/** `2026-03-01 14:05:09` in UTC. */
export const readableTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')

/** A number with the digits that matter: `0.0123`, `12.3`, `1,234`. */
export function readableNumber(value: number): string {
  if (Number.isInteger(value)) return readableCount(value)
  const size = Math.abs(value)
  return size >= 1_000 ? readableCount(Math.round(value)) : String(Number(value.toPrecision(4)))
}

/** Any JSON value on one short line; numbers with the digits that matter. */
export function readableValue(value: unknown, charactersMax = 60): string {
  const text =
    typeof value === 'string'
      ? value
      : typeof value === 'number'
        ? readableNumber(value)
        : value === undefined
          ? ''
          : JSON.stringify(value, (_, member: unknown) => (typeof member === 'number' ? Number(member.toPrecision(5)) : member))
  return text.length > charactersMax ? `${text.slice(0, charactersMax - 1)}…` : text
}

/** `{hour: 9, origin: LAS}` as `hour 9, origin LAS`. */
export const readableFields = (fields: Readonly<Record<string, unknown>>, charactersMax = 80): string =>
  readableValue(
    Object.entries(fields)
      .map(([name, value]) => `${name} ${readableValue(value, 30)}`)
      .join(', '),
    charactersMax,
  )

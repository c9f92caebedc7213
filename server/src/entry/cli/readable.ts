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

/** `2026-03-01 14:05:09` in UTC; the head of its column says so. */
export const readableTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')

/** `320 ms`, `4.2 s`, `3 min 5 s`, `2 h 10 min`, `12 d 5 h`. */
export function readableDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const hours = Math.floor(seconds / 3_600)
  if (hours < 48) return `${hours} h ${Math.floor((seconds % 3_600) / 60)} min`
  return `${readableCount(Math.floor(hours / 24))} d ${hours % 24} h`
}

/** A number with the digits that matter: `0.0123`, `12.3`, `1,234`. */
export function readableNumber(value: number): string {
  if (Number.isInteger(value)) return readableCount(value)
  const size = Math.abs(value)
  return size >= 1_000 ? readableCount(Math.round(value)) : String(Number(value.toPrecision(4)))
}

/** `10 %`, `0.5 %` */
export const readableShare = (share: number): string => `${Number((share * 100).toPrecision(3))} %`

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

/** Fields of an object in words, and any other JSON value as it is. */
export const readableObject = (value: unknown, charactersMax = 80): string =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? readableFields(value as Readonly<Record<string, unknown>>, charactersMax)
    : readableValue(value, charactersMax)

/** Numbers as people read them: sensible digits, units after a thin space, shares in percent. */

const THIN = '\u202F'
const MISSING = '–'

/** 12,345 */
export const formatCount = (value: number | undefined): string =>
  value === undefined ? MISSING : Math.round(value).toLocaleString('en-US')

/** Three significant digits, at least: 0.0123, 1.23, 12.3, 1,234. Very large and very small ones with an exponent. */
export function formatNumber(value: number | undefined, digits = 3): string {
  if (value === undefined) return MISSING
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return minus(value.toExponential(digits - 1))
  if (size >= 10 ** digits || Number.isInteger(value)) return minus(Math.round(value).toLocaleString('en-US'))
  return minus(value.toLocaleString('en-US', { minimumSignificantDigits: digits, maximumSignificantDigits: digits }))
}
const minus = (text: string) => text.replace(/^-/, '−')

/** With its sign: +0.012, −0.004. */
export const formatDifference = (value: number | undefined, digits = 3): string =>
  value === undefined ? MISSING : `${value > 0 ? '+' : ''}${formatNumber(value, digits)}`

/** A share of 1 in percent: 0.5 % of 200 is not 0 %. */
export function formatShare(share: number | undefined): string {
  if (share === undefined) return MISSING
  const percent = share * 100
  const size = Math.abs(percent)
  if (size === 0 || size === 100) return `${minus(String(percent))}${THIN}%`
  if (size < 0.01) return `< 0.01${THIN}%`
  const digits = size < 1 ? 2 : size < 10 || size > 99 ? 1 : 0
  return `${minus(percent.toFixed(digits))}${THIN}%`
}

/** An estimate with its confidence interval: 0.712 (0.698 to 0.726). */
export const formatInterval = (
  value: number | undefined,
  low: number | undefined,
  high: number | undefined,
  digits = 3,
): string =>
  low === undefined || high === undefined
    ? formatNumber(value, digits)
    : `${formatNumber(value, digits)} (${formatNumber(low, digits)} to ${formatNumber(high, digits)})`

/** A number with its unit, where it has one. Milliseconds are scaled; see `formatDuration`. */
export function formatWithUnit(value: number | undefined, unit: string | undefined, digits = 3): string {
  if (value === undefined) return MISSING
  if (unit === 'ms') return formatDuration(value)
  if (unit === '%') return formatShare(value / 100)
  return unit === undefined ? formatNumber(value, digits) : `${formatNumber(value, digits)}${THIN}${unit}`
}

const BYTES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined) return MISSING
  const power = bytes < 1 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** power
  return `${power === 0 ? value : formatNumber(value)}${THIN}${BYTES[power]!}`
}

const SPANS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** A length of time in milliseconds: 850 µs, 12.3 ms, 4.5 s, 2 h 5 min, 3 d 4 h. */
export function formatDuration(ms: number | undefined): string {
  if (ms === undefined) return MISSING
  const size = Math.abs(ms)
  if (size < 1) return `${formatNumber(ms * 1_000, 2)}${THIN}µs`
  if (size < 1_000) return `${formatNumber(ms)}${THIN}ms`
  if (size < 60_000) return `${formatNumber(ms / 1_000)}${THIN}s`
  const at = SPANS.findIndex(([, length]) => size >= length)
  const [unit, length] = SPANS[at]!
  const whole = Math.floor(size / length)
  const [nextUnit, nextLength] = SPANS[at + 1]!
  const rest = Math.round((size - whole * length) / nextLength)
  const text = rest === 0 ? `${whole}${THIN}${unit}` : `${whole}${THIN}${unit} ${rest}${THIN}${nextUnit}`
  return ms < 0 ? `−${text}` : text
}

/** "1 version", "3 versions". */
export const formatAmount = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`

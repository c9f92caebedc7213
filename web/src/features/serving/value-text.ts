import { formatNumber } from '../../format/number.ts'

const LENGTH_SHOWN = 40

/** An input or output as a line shows it: numbers with four digits, long texts cut. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'missing'
  if (typeof value === 'number') return formatNumber(value, 4)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > LENGTH_SHOWN ? `${text.slice(0, LENGTH_SHOWN - 1)}…` : text
}

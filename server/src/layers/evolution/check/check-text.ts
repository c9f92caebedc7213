/** A report for a terminal: a line a result, aligned, the sign first, because that is what people look for. */
import type { CheckReport, GateResult, Verdict } from './check.ts'

const SIGNS: Readonly<Record<Verdict, string>> = { pass: '✓', fail: '✗', 'not-enough-data': '?' }
const HEADLINES: Readonly<Record<Verdict, string>> = {
  pass: 'every gate passed',
  fail: 'it is not good enough',
  'not-enough-data': 'there is not enough data to say',
}
const MEASURED_WIDTH_MAX = 48
const INTERVAL_DIGITS = 3

/** Lines without colour, each at most as wide as its explanation. */
export function checkText(report: CheckReport): string[] {
  const { model, version, gates, verdict, snapshotRows, createdBy, createdAt } = report
  const cells = gates.map((gate) => [gate.gate, measuredOf(gate), numbersOf(gate), boundOf(gate), rowsOf(gate)])
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]!.length)))
  const data = snapshotRows > 0 ? `, on ${snapshotRows.toLocaleString('en-US')} rows` : ''
  const lines = gates.flatMap((gate, i) => [
    `  ${SIGNS[gate.verdict]} ${cells[i]!.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd(),
    `      ${plain(gate.explanation)}`,
  ])
  return [
    `${model}@${version}${data}`,
    ...lines,
    `${SIGNS[verdict]} ${verdict}: ${HEADLINES[verdict]}. Checked by ${createdBy} at ${new Date(createdAt).toISOString()}, ${report.id}`,
  ]
}

/** `fail: roc-auc, p99 at 200 requests/s`: what keeps a version from passing, in one line. */
export function shortcomingsOf({ gates }: Pick<CheckReport, 'gates'>, most = 5): string {
  const parts = (['fail', 'not-enough-data'] as const).flatMap((verdict) => {
    const found = gates.filter((gate) => gate.verdict === verdict).map(measuredOf)
    if (found.length === 0) return []
    const more = found.length > most ? ` and ${found.length - most} more` : ''
    return [`${verdict}: ${found.slice(0, most).join(', ')}${more}`]
  })
  return parts.join('; ')
}

function measuredOf({ measured }: GateResult): string {
  const text = plain(measured)
  return text.length <= MEASURED_WIDTH_MAX ? text : `${text.slice(0, MEASURED_WIDTH_MAX - 1)}…`
}

/** Values of the data stand in a report; none of them may move the cursor of the terminal or begin a line. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, '\u{fffd}')

function numbersOf({ value, interval, unit }: GateResult): string {
  if (value === undefined) return ''
  const range = interval === undefined ? '' : ` [${interval.map(digits).join(', ')}]`
  return `${digits(value)}${range}${unit === undefined ? '' : ` ${unit}`}`
}

function boundOf({ bound }: GateResult): string {
  const parts = [
    ...(bound?.min === undefined ? [] : [`≥ ${digits(bound.min)}`]),
    ...(bound?.max === undefined ? [] : [`≤ ${digits(bound.max)}`]),
  ]
  return parts.join(' ')
}

const rowsOf = ({ rows }: GateResult): string => (rows === undefined ? '' : `n=${rows.toLocaleString('en-US')}`)

/** Whole numbers as they are, others with three digits behind the first that says something. */
const digits = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString('en-US') : String(Number(value.toPrecision(INTERVAL_DIGITS + 1)))

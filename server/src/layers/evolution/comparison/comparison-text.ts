/** A comparison for a terminal: a table of versions and metrics, the slices that changed most, and the decision in words. */
import { count, shown } from '../gates/verdict.ts'
import { type ComparisonReport, isDifference, type ReportedChallenger, type ReportedDifference } from './comparison-report.ts'

const SLICES_SHOWN_MAX = 5

export function comparisonText(report: ComparisonReport): string[] {
  const { rows, challengers, decision, rule } = report
  const left = rows.withoutOutcome === 0 ? '' : `, ${count(rows.withoutOutcome)} more have no outcome yet`
  return [
    `On ${count(rows.compared)} rows of ${rows.words}${left}; ${rule}`,
    ...aligned(tableOf(report)),
    ...challengers.flatMap(slicesText),
    ...decision.challengers.flatMap(({ reasons }) => reasons.map((reason) => `  ${plain(reason)}`)),
    `${{ promote: '✓', keep: '✗', 'not-enough-data': '?' }[decision.verdict]} ${decision.verdict}: ${plain(decision.summary)}`,
  ]
}

/** A column a version: its metrics with the interval of the improvement, its size, its speed. */
function tableOf({ versions, challengers }: ComparisonReport): string[][] {
  const metrics = challengers[0]?.metrics.map(({ metric }) => metric) ?? []
  const row = (title: string, cells: readonly string[]) => [title, ...cells]
  return [
    row(
      '',
      versions.map(({ name }) => name),
    ),
    ...metrics.map((metric, i) => {
      const found = challengers.map(({ metrics: of }) => of[i]!)
      const champion = found.find(isDifference)?.champion
      return row(metric, [
        champion === undefined ? '' : shown(champion),
        ...found.map((one) => (isDifference(one) ? `${shown(one.challenger)}  ${changeText(one)}` : 'not enough data')),
      ])
    }),
    row(
      'one row',
      versions.map(({ runMs }) => `${shown(runMs)} ms`),
    ),
    row(
      'in bulk',
      versions.map(({ rowMs }) => `${shown(rowMs * 1_000)} µs a row`),
    ),
    row(
      'size',
      versions.map(({ bytes }) => `${count(Math.ceil(bytes / 1_000))} kB`),
    ),
    ...(versions.some(({ rowsUnanswered }) => rowsUnanswered > 0)
      ? [
          row(
            'unanswered',
            versions.map(({ rowsUnanswered }) => count(rowsUnanswered)),
          ),
        ]
      : []),
  ]
}

/** `better by 0.02 [0.01, 0.03]`; where the interval holds 0, `+0.002 [-0.01, 0.014]`. */
function changeText({ improvement: { value, low, high } }: ReportedDifference): string {
  if (low > 0) return `better by ${shown(value)} [${shown(low)}, ${shown(high)}]`
  if (high < 0) return `worse by ${shown(-value)} [${shown(-high)}, ${shown(-low)}]`
  return `${value >= 0 ? '+' : ''}${shown(value)} [${shown(low)}, ${shown(high)}]`
}

function slicesText({ name, slices, slicesCompared, slicesUnjudged }: ReportedChallenger): string[] {
  if (slicesCompared === 0) return []
  const harmed = slices.filter(({ isHarmed }) => isHarmed).length
  const unjudged = slicesUnjudged === 0 ? '' : `, ${count(slicesUnjudged)} too small`
  const lines = slices
    .slice(0, SLICES_SHOWN_MAX)
    .map(({ label, difference, isHarmed }) => [
      `  ${isHarmed ? '✗' : ' '} ${plain(label)}`,
      `${difference.metric} ${shown(difference.challenger)} against ${shown(difference.champion)}`,
      changeText(difference),
      `n=${count(difference.rows)}`,
    ])
  return [`  ${name}: ${count(slicesCompared)} slices, ${count(harmed)} harmed${unjudged}; the worst:`, ...aligned(lines)]
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd())
}

/** Values of the data stand in a report; none of them may move the cursor of the terminal or begin a line. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, '\u{fffd}')

/**
 * Is it good enough everywhere? The rows are cut by each column of `slices.by`, and each value with at least `min-rows` rows is
 * judged by itself, so that a good average hides no bad part. Smaller slices are counted and named as not judged.
 *
 * Two things differ from the gate of the whole. `min-rows` is the contract's own word on how much evidence is enough, so a slice
 * whose value meets the bound passes, without its whole interval having to. And many slices are many chances to be unlucky: of
 * 200 good slices ten would look bad at 95 %. So the intervals are widened together (Bonferroni: 1 - 0.05/slices each), and at
 * 95 % not one good slice is called bad. A slice that misses the bound by less than that is not enough data, and says so.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Bound } from '../../../contract/sufficiency.ts'
import { type Column, cellOf, type Table } from '../../../kernel/table.ts'
import type { Estimate } from '../../../stats/estimate.ts'
import { ColumnAbsent, measureQuality, pickPairs } from '../../operations/index.ts'
import type { GateResult, Verdict } from '../check/check.ts'
import { CONFIDENCE, defineGate } from './contract.ts'
import { pairingOf } from './quality.ts'
import { boundOf, count, isWithin, marginOf, numbersOf, shown, wanted } from './verdict.ts'

/** Slices that are judged, the largest first. */
const SLICES_MAX = 500
/** Slices that get a result of their own, and that the summary names. */
const RESULTS_MAX = 10
const NAMED_MAX = 3
const LABEL_LENGTH_MAX = 60

export interface Slice {
  /** `origin = ATL`. */
  readonly label: string
  /** Places among the pairs. */
  readonly places: Int32Array
}

export const slicesGate = defineGate({
  id: 'slices',
  title: 'Quality of each part of the data',
  needs: 'outcomes',
  applies: ({ sufficient }) => sufficient.slices !== undefined,
  async measure({ contract, evaluation, note, signal }) {
    const { by, 'min-rows': rowsMin, ...bounds } = contract.sufficient.slices!
    const { pairs, rows } = pairingOf(evaluation)
    const all = by.flatMap((column) => slicesBy(evaluation!.table, column, rows))
    const large = all.filter(({ places }) => places.length >= rowsMin).toSorted((a, b) => b.places.length - a.places.length)
    const slices = large.slice(0, SLICES_MAX)
    const results: GateResult[] = []
    for (const [metric, bound] of Object.entries(bounds)) {
      await note(`slices: ${metric} in ${count(slices.length)} slices`)
      const judged: JudgedSlice[] = []
      for (const { label, places } of slices) {
        signal.throwIfAborted()
        const measured = measureQuality(metric, pickPairs(pairs, places), 1 - (1 - CONFIDENCE) / slices.length)
        if (measured.estimate !== undefined) judged.push(judgeSlice(label, measured.estimate, bound))
        await turn()
      }
      const unjudged = { small: all.length - large.length, other: large.length - judged.length, rowsMin }
      results.push(...resultsOf({ metric, by, bound, judged, unjudged, rows: rows.length }))
    }
    return results
  },
})

/** The rows of the pairs by their value in a column, missing ones as a value of their own. Throws ColumnAbsent. */
export function slicesBy(table: Table, name: string, rows: Int32Array): Slice[] {
  const column = table.columns.get(name)
  if (column === undefined) throw new ColumnAbsent({ column: name, where: 'evaluation data', known: [...table.columns.keys()] })
  const placesByValue = new Map<number, number[]>()
  rows.forEach((row, place) => {
    const value = column.type === 'text' ? column.codes[row]! : column.values[row]!
    const places = placesByValue.get(value)
    if (places === undefined) placesByValue.set(value, [place])
    else places.push(place)
  })
  return [...placesByValue.values()].map((places) => ({
    label: `${name} ${valueText(column, rows[places[0]!]!)}`,
    places: Int32Array.from(places),
  }))
}

function valueText(column: Column, row: number): string {
  const value = cellOf(column, row)
  return value === null ? 'missing' : `= ${String(value).slice(0, LABEL_LENGTH_MAX)}`
}

interface JudgedSlice extends Estimate {
  readonly label: string
  readonly verdict: Verdict
  readonly margin: number
}

function judgeSlice(label: string, estimate: Estimate, bound: Bound): JudgedSlice {
  const { value, low, high } = estimate
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = bound
  const verdict = isWithin(value, bound) ? 'pass' : high < min || low > max ? 'fail' : 'not-enough-data'
  return { ...estimate, label, verdict, margin: marginOf(value, bound) }
}

interface Judged {
  readonly metric: string
  readonly by: readonly string[]
  readonly bound: Bound
  readonly judged: readonly JudgedSlice[]
  readonly unjudged: { readonly small: number; readonly other: number; readonly rowsMin: number }
  readonly rows: number
}

/** One result for the metric, then one for each slice that does not pass, the worst first. */
function resultsOf({ metric, by, bound, judged, unjudged, rows }: Judged): GateResult[] {
  const head = { gate: 'slices', path: `sufficient.slices.${metric}`, bound: boundOf(bound) }
  const left = unjudgedText(unjudged)
  const worst = judged.toSorted((a, b) => a.margin - b.margin)
  const measured = `${metric} in ${count(judged.length)} slices by ${by.join(', ')}`
  if (worst[0] === undefined)
    return [{ ...head, measured, verdict: 'not-enough-data', rows, explanation: `No slice can be judged.${left}` }]
  const failing = worst.filter(({ verdict }) => verdict === 'fail')
  const undecided = worst.filter(({ verdict }) => verdict === 'not-enough-data')
  const verdict = failing.length > 0 ? 'fail' : undecided.length > 0 ? 'not-enough-data' : 'pass'
  const named = worst.slice(0, NAMED_MAX).map((slice) => `${slice.label} ${shown(slice.value)} (${count(slice.rows)} rows)`)
  const found =
    verdict === 'pass'
      ? `All are ${wanted(bound)}`
      : `${count(failing.length)} of ${count(judged.length)} slices are not ${wanted(bound)}, ${count(undecided.length)} more miss it within the noise`
  const { method, confidence } = worst[0]
  return [
    {
      ...head,
      ...numbersOf(worst[0]),
      measured,
      verdict,
      explanation: `${found}; the worst: ${named.join(', ')}.${left}`,
      method: `worst slice; ${method}; ${shown(100 * confidence)} % for each of ${judged.length} (Bonferroni)`,
    },
    ...[...failing, ...undecided].slice(0, RESULTS_MAX).map((slice) => ({
      ...head,
      ...numbersOf(slice),
      measured: `${metric} where ${slice.label}`,
      verdict: slice.verdict,
      explanation:
        slice.verdict === 'fail'
          ? `${shown(slice.low)} to ${shown(slice.high)} is plausible, none of it ${wanted(bound)}.`
          : `${shown(slice.value)} misses the bound, but ${shown(slice.low)} to ${shown(slice.high)} is plausible. More rows of this slice would tell.`,
    })),
  ]
}

function unjudgedText({ small, other, rowsMin }: Judged['unjudged']): string {
  const parts = [
    ...(small === 0 ? [] : [` ${count(small)} slices with fewer than ${count(rowsMin)} rows are not judged.`]),
    ...(other === 0
      ? []
      : [` ${count(other)} more are not judged: too few rows for the metric, or beyond the ${SLICES_MAX} largest.`]),
  ]
  return parts.join('')
}

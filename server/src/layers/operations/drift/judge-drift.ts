/**
 * Whether a window has drifted. Two questions, and a breach needs a yes to both:
 *
 *     does it matter?     the value is at least the effect floor of the measure
 *     is it real?         chance alone gives such a value less often than the false-alarm rate, for these very sizes and bins
 *
 * A fixed limit answers neither: 0.1 of anything is crossed by most healthy windows of a hundred rows, and a p-value condemns every
 * window of a million. A value that would matter but may be chance is `not-enough-data`, with the rows that would tell.
 *
 *                      below the floor     floor or more
 *     may be chance    no-drift            not-enough-data
 *     is no chance     no-drift            drift
 *
 * The rate holds for all columns and slices of a window together: p-values are adjusted by Benjamini and Hochberg, so that a window
 * in which nothing drifted raises any alarm with at most that probability, and of many alarms at most that share is false.
 */
import { benjaminiHochberg } from '../../../stats/benjamini-hochberg.ts'
import { rowsOf, sumOf } from '../../../stats/counts.ts'
import { twoProportionZ } from '../../../stats/two-proportion-z.ts'
import type { ComparedBin, ComparedColumn } from '../profile/compare-profiles.ts'
import { type ChosenMeasure, findMeasure, TIME_PASSES } from './choose-measure.ts'
import type { Measured } from './measures/contract.ts'

/** False alarms of a window when the user asked for nothing else: one in a thousand windows, six weeks of hours. */
export const FALSE_ALARM_RATE = 0.001
const CHANGES_MAX = 5
/** Windows larger than this are not asked of anyone. */
const ROWS_NEEDED_MAX = 1e9

export interface DriftPolicy {
  /** A word of the catalogue of measures, or `auto`. Default: auto. */
  readonly measure?: string
  /** Probability, 0 to 1, that a window without drift raises an alarm. */
  readonly falseAlarmRate?: number
  /** Instead of the measure's own, in its unit. */
  readonly effectFloor?: number
}

/** How one bin changed. */
export interface BinChange {
  readonly label: string
  readonly kind: ComparedBin['kind']
  /** Shares of rows, 0 to 1. */
  readonly before: number
  readonly after: number
  /** The difference in standard errors. */
  readonly z: number
}

interface Judged {
  readonly column: string
  readonly slice?: string
  readonly measure: string
  readonly title: string
  readonly unit: string
  /** Why this measure. */
  readonly because: string
  readonly rows: { readonly reference: number; readonly window: number }
  readonly effectFloor: number
  /** One sentence for people. */
  readonly sentence: string
}
interface Numbers {
  readonly value: number
  /** What chance alone stays below, but for the rate. */
  readonly chance: number
  /** Probability of this value or a larger one by chance. */
  readonly pValue: number
  /** That of this column alone, after the budget was shared among all. */
  readonly falseAlarmRate: number
  readonly bins: number
  /** What changed most, surest first. */
  readonly changes: readonly BinChange[]
}
export type DriftVerdict =
  | (Judged & Numbers & { readonly verdict: 'no-drift' | 'drift' })
  | (Judged & Partial<Numbers> & { readonly verdict: 'not-enough-data'; readonly rowsNeeded?: number })

export interface DriftSubject {
  readonly column: ComparedColumn
  /** `origin = ATL`; absent for all rows. */
  readonly slice?: string
  /** Instead of the policy's. */
  readonly measure?: string
}
export interface DriftReport {
  readonly verdicts: readonly DriftVerdict[]
  /** Columns that were not judged, and why. */
  readonly skipped: readonly { readonly column: string; readonly slice?: string; readonly reason: string }[]
}

/** Judges one column alone. @returns Undefined for a column that `auto` leaves alone. Throws PartUnknown, MeasureUnfit. */
export const judgeColumn = (column: ComparedColumn, policy: DriftPolicy = {}): DriftVerdict | undefined =>
  judgeColumns([{ column }], policy).verdicts[0]

/** Judges columns and slices of one window under one false-alarm budget. Throws PartUnknown, MeasureUnfit. */
export function judgeColumns(subjects: readonly DriftSubject[], policy: DriftPolicy = {}): DriftReport {
  const rate = policy.falseAlarmRate ?? FALSE_ALARM_RATE
  const skipped: DriftReport['skipped'][number][] = []
  const cases: Case[] = []
  for (const subject of subjects) {
    const chosen = findMeasure(subject.measure ?? policy.measure ?? 'auto', subject.column)
    if (chosen === undefined) skipped.push({ ...nameOf(subject), reason: TIME_PASSES })
    else cases.push(caseOf(subject, chosen, policy))
  }
  const pValues = Float64Array.from(cases.flatMap(({ measured }) => (measured ? [measured.law.tail(measured.value)] : [])))
  const rejected = benjaminiHochberg(pValues).filter((q) => q <= rate).length
  const own = pValues.length === 0 ? rate : (rate * Math.max(1, rejected)) / pValues.length
  return { verdicts: cases.map((of) => verdictOf(of, own)), skipped }
}

interface Case extends ChosenMeasure {
  readonly subject: DriftSubject
  readonly rows: Judged['rows']
  readonly effectFloor: number
  /** Absent when there are too few rows to measure. */
  readonly measured: Measured | undefined
}

function caseOf(subject: DriftSubject, { measure, because }: ChosenMeasure, policy: DriftPolicy): Case {
  const { column } = subject
  const rows = { reference: sumOf(column.reference), window: sumOf(column.window) }
  const isEnough = rows.window >= measure.rowsMin && rows.reference >= measure.rowsMin
  const effectFloor = policy.effectFloor ?? measure.effectFloor
  return { subject, measure, because, rows, effectFloor, measured: isEnough ? measure.measure(column) : undefined }
}

const nameOf = ({ column, slice }: DriftSubject) => ({ column: column.name, ...(slice !== undefined && { slice }) })

function verdictOf(of: Case, falseAlarmRate: number): DriftVerdict {
  const { subject, measure, because, rows, effectFloor, measured } = of
  const { id, title, unit, rowsMin } = measure
  const judged = { ...nameOf(subject), measure: id, title, unit, because, rows, effectFloor }
  if (measured === undefined) {
    const where = rows.window < rowsMin ? 'window' : 'reference'
    const sentence = `${subject.column.name}: the ${where} has ${rows[where]} rows, and ${title} needs ${rowsMin}.`
    return { ...judged, verdict: 'not-enough-data', sentence, ...(where === 'window' && { rowsNeeded: rowsMin }) }
  }
  const { value, law, bins } = measured
  const [chance, pValue] = [law.quantile(falseAlarmRate), law.tail(value)]
  const numbers = { value, chance, pValue, falseAlarmRate, bins, changes: changesOf(subject.column) }
  const what = `${subject.column.name}: ${measure.explain(value)}`
  if (value < effectFloor)
    return { ...judged, ...numbers, verdict: 'no-drift', sentence: `${what}, which is below ${effectFloor}.` }
  if (pValue <= falseAlarmRate)
    return { ...judged, ...numbers, verdict: 'drift', sentence: `${what}, and ${chanceText(chance, rows.window)}.` }
  const rowsNeeded = findRowsNeeded(measured, rows.window, effectFloor, falseAlarmRate)
  const needed = rowsNeeded === undefined ? 'more rows in the reference' : `about ${rowsNeeded.toLocaleString('en')} rows`
  const sentence = `${what}, but ${chanceText(chance, rows.window)}: telling a change of ${effectFloor} takes ${needed}.`
  return { ...judged, ...numbers, verdict: 'not-enough-data', sentence, ...(rowsNeeded !== undefined && { rowsNeeded }) }
}

const chanceText = (chance: number, rows: number) =>
  `chance alone reaches ${chance.toPrecision(2)} in a window of ${rows.toLocaleString('en')} rows`

/** The smallest window in which chance alone stays below the floor, to 1 %; undefined when the reference is too small for any. */
function findRowsNeeded({ lawAt }: Measured, from: number, floor: number, rate: number): number | undefined {
  const tells = (rows: number) => lawAt(rows).quantile(rate) < floor
  if (!tells(ROWS_NEEDED_MAX)) return undefined
  let [low, high] = [from, from]
  while (!tells(high)) {
    low = high
    high *= 2
  }
  while (high - low > Math.max(1, high / 100)) {
    const middle = Math.floor((low + high) / 2)
    if (tells(middle)) high = middle
    else low = middle
  }
  return high
}

function changesOf(column: ComparedColumn): readonly BinChange[] {
  const { n, m } = rowsOf(column)
  return column.bins
    .map(({ label, kind }, i): BinChange => {
      const [before, after] = [column.reference[i]!, column.window[i]!]
      return { label, kind, before: before / n, after: after / m, z: -twoProportionZ(before, n, after, m).z }
    })
    .filter(({ z }) => z !== 0)
    .toSorted((a, b) => Math.abs(b.z) - Math.abs(a.z))
    .slice(0, CHANGES_MAX)
}

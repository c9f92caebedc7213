/**
 * What rows as wholes say: how many lie far outside of the training data, how many are the same row again, and how long ago the
 * last one came.
 */
import { cellOf, type Column, type Table } from '../../../kernel/table.ts'
import type { OutlierScore } from '../anomaly/outlier-score.ts'
import type { Finding } from '../incidents/finding.ts'
import { EVERY_COLUMN } from '../incidents/inhibition.ts'
import type { MonitorReference } from './reference.ts'
import { countText, percent, type WatchedFinding } from './watched-finding.ts'
import type { IdsOf, WindowRows } from './window-rows.ts'

/** A row is an outlier from here on: one in a thousand rows like the training data is. */
const SCORE_MIN = 3
const SHARE_EXPECTED = 10 ** -SCORE_MIN
/** Shares up to three times the expected one are within what the score promises (outlier-score.ts). */
const SHARE_TRUSTED = 3 * SHARE_EXPECTED
/** A share must be this large to matter. */
const SHARE_FLOOR = 0.01
const ROWS_MIN = 50
const Z_MIN = 4.26
const EXAMPLES_MAX = 10

/** Share of rows that are outliers, with the farthest ones. */
export async function outlierFindings(
  of: MonitorReference,
  { inputs, rowCount }: WindowRows,
  window: Finding['window'],
  idsOf: IdsOf,
): Promise<WatchedFinding[]> {
  if (of.outliers === undefined || rowCount === 0) return []
  const { outliers, farthest } = scoreRows(of.outliers, inputs)
  const value = outliers / rowCount
  const z = (value - SHARE_TRUSTED) / Math.sqrt((SHARE_TRUSTED * (1 - SHARE_TRUSTED)) / rowCount)
  const isBreach = value >= SHARE_FLOOR && z >= Z_MIN
  const state = rowCount < ROWS_MIN ? 'not-enough-data' : isBreach ? 'breach' : 'ok'
  return [
    {
      ...{ deployment: of.deployment, kind: 'data-quality', subject: 'rows', measure: 'outliers', window, state },
      ...{ value, bound: SHARE_FLOOR, rows: rowCount, unit: 'share of rows' },
      sentence: `${percent(value)} of the rows are farther out than all but one in ${countText(1 / SHARE_EXPECTED)} of the training data.`,
      ...(state === 'breach' && {
        suggestedAction: 'look',
        weight: value / SHARE_FLOOR,
        evidence: {
          predictions: await idsOf(farthest),
          columns: reasonsOf(of.outliers, inputs, farthest),
        },
      }),
    },
  ]
}

type Reader = readonly [name: string, column: Column]
const readersOf = (inputs: Table): readonly Reader[] => [...inputs.columns]

function fill(row: Record<string, unknown>, readers: readonly Reader[], at: number): Record<string, unknown> {
  for (const [name, column] of readers) row[name] = cellOf(column, at)
  return row
}

/** One object is filled again and again: nothing is kept of a row but its score. */
function scoreRows({ score }: OutlierScore, inputs: Table): { outliers: number; farthest: readonly number[] } {
  const readers = readersOf(inputs)
  const row = Object.create(null) as Record<string, unknown>
  const far: { readonly at: number; readonly score: number }[] = []
  let outliers = 0
  for (let at = 0; at < inputs.rowCount; at++) {
    const found = score(fill(row, readers, at))
    if (found < SCORE_MIN) continue
    outliers++
    const last = far.at(-1)
    if (far.length >= EXAMPLES_MAX && last !== undefined && found <= last.score) continue
    far.push({ at, score: found })
    far.sort((a, b) => b.score - a.score || a.at - b.at)
    far.length = Math.min(far.length, EXAMPLES_MAX)
  }
  return { outliers, farthest: far.map(({ at }) => at) }
}

/** Columns that make the farthest rows far, by how many of them they do. */
function reasonsOf({ explain }: OutlierScore, inputs: Table, rows: readonly number[]) {
  const readers = readersOf(inputs)
  const first = rows.map((at) => explain(fill({}, readers, at))[0]?.column ?? '')
  return [...Map.groupBy(first, (name) => name)].map(([column, of]) => ({ column, rows: of.length }))
}

/** Another share of rows that are repeated than in the windows before, by this much at least. */
const REPEATED_FLOOR = 0.1
const DEVIATIONS = 6
const WINDOWS_MIN = 6
/** Makes the median absolute deviation of normal values their standard deviation. */
const MAD_SCALE = 1.4826
/** Repetitions come with volume (of few possible rows), so only windows of about this size are a reference. */
const SIZE_FACTOR = 2
/** A gap at the end of a window that chance leaves less often, if predictions come evenly. */
const GAP_CHANCE = 1e-9
/** The gap is at least this share of the window, and this many times the longest of the windows before. */
const GAP_SHARE = 0.1
const GAP_FACTOR = 3

/** A window before this one, as far as its rows are concerned. */
export interface PastRows {
  readonly rows: number
  /** Share of rows that are repeated, 0 to 1. */
  readonly repeated?: number | undefined
  /** Milliseconds from its last prediction to its end. */
  readonly gapMs?: number | undefined
}

/** Repeated rows, and how fresh the newest is. Both against the windows before. */
export function repetitionFindings(
  of: MonitorReference,
  { rowCount, repeated, lastAt }: WindowRows,
  window: Finding['window'],
  past: readonly PastRows[],
): WatchedFinding[] {
  if (rowCount === 0 || lastAt === undefined) return []
  const head = { deployment: of.deployment, window, rows: rowCount } as const
  return [duplicates(head, repeated / rowCount, past), freshness(head, window.to - lastAt, past)]
}

type Head = Pick<Finding, 'deployment' | 'window'> & { readonly rows: number }

function duplicates(head: Head, value: number, past: readonly PastRows[]): WatchedFinding {
  const { rows } = head
  const usual = past.flatMap((each) =>
    each.repeated !== undefined && each.rows * SIZE_FACTOR > rows && each.rows < rows * SIZE_FACTOR ? [each.repeated] : [],
  )
  const named = {
    ...head,
    kind: 'data-quality',
    subject: EVERY_COLUMN,
    measure: 'duplicates',
    value,
    unit: 'share of rows',
  } as const
  const what = `${percent(value)} of the rows are the same as another one`
  if (usual.length < WINDOWS_MIN || rows < ROWS_MIN)
    return { ...named, state: 'not-enough-data', sentence: `${what}; too few windows like it before.` }
  const median = medianOf(usual)
  const deviation = MAD_SCALE * medianOf(usual.map((share) => Math.abs(share - median)))
  const bound = median + Math.max(REPEATED_FLOOR, DEVIATIONS * deviation)
  const isBreach = value >= bound
  return {
    ...named,
    state: isBreach ? 'breach' : 'ok',
    bound,
    sentence: `${what}, ${percent(median)} usually.`,
    ...(isBreach && { suggestedAction: 'fix-the-feed', weight: 10 * (value / bound) }),
  }
}

function freshness(head: Head, gapMs: number, past: readonly PastRows[]): WatchedFinding {
  const { rows, window } = head
  const windowMs = window.to - window.from
  const usual = past.flatMap(({ gapMs: gap }) => gap ?? [])
  const value = gapMs / 1_000
  const named = { ...head, kind: 'feed', subject: 'predictions', measure: 'freshness', value, unit: 'seconds' } as const
  const what = `The last prediction came ${countText(value)} seconds before the end of the window`
  if (usual.length < WINDOWS_MIN) return { ...named, state: 'not-enough-data', sentence: `${what}; too few windows before.` }
  const bound = Math.max(GAP_SHARE * windowMs, GAP_FACTOR * Math.max(...usual), (-Math.log(GAP_CHANCE) * windowMs) / rows)
  const isBreach = gapMs >= bound
  return {
    ...named,
    state: isBreach ? 'breach' : 'ok',
    bound: bound / 1_000,
    sentence: `${what}; up to ${countText(Math.max(...usual) / 1_000)} is usual.`,
    ...(isBreach && { suggestedAction: 'fix-the-feed', weight: 20 }),
  }
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

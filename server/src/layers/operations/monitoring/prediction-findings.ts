/**
 * Does the model say other things than it did? Its first windows are the reference, unless the contract asks for the window before
 * or the same hour of past weeks: the training data has no predictions. Once
 * enough of them have come, their distribution is kept with the version, on bins of equal content, and later windows are held
 * against it as inputs are against the baseline.
 */
import type { Column, Table } from '../../../kernel/table.ts'
import { AUTO } from '../drift/choose-measure.ts'
import type { Baseline } from '../../model/index.ts'
import { compareProfiles } from '../profile/compare-profiles.ts'
import { profileReferenceOf } from '../profile/profile-reference.ts'
import { createProfile } from '../profile/profile.ts'
import type { DriftCase } from './drift-findings.ts'
import type { DriftReference } from './drift-reference.ts'
import { countSlices, type SliceCounts } from './slice-counts.ts'

/** Predictions that make a reference. */
export const REFERENCE_ROWS_MIN = 1_000
const BINS = 20
const VALUES_MAX = 1_000

/** The distribution of what a model says, in the form of a baseline. Undefined while there are too few rows. */
export function predictionBaseline(outputs: Table): Baseline | undefined {
  if (outputs.rowCount < REFERENCE_ROWS_MIN) return undefined
  const columns = Array.from(outputs.columns, ([name, column]) =>
    column.type === 'text' ? textBaseline(name, column) : numberBaseline(name, column),
  )
  return columns.length === 0 ? undefined : { format: 'seaworthy-baseline/1', rows: outputs.rowCount, columns }
}

function numberBaseline(name: string, { values }: Extract<Column, { values: Float64Array }>): Baseline['columns'][number] {
  const finite = values.filter((value) => Number.isFinite(value)).toSorted()
  const missing = values.filter((value) => Number.isNaN(value)).length
  const last = finite.length - 1
  const at = (p: number) => finite[Math.round(p * last)]!
  const edges = [...new Set(Array.from({ length: BINS - 1 }, (_, i) => at((i + 1) / BINS)))].filter(
    (edge) => edge < (finite[last] ?? 0),
  )
  const counts = Array.from({ length: edges.length + 1 }, () => 0)
  for (let i = 0, bin = 0; i < finite.length; i++) {
    while (bin < edges.length && finite[i]! > edges[bin]!) bin++
    counts[bin]!++
  }
  const mean = finite.reduce((sum, value) => sum + value, 0) / Math.max(1, finite.length)
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return {
    name,
    type: 'number',
    missing,
    nan: 0,
    infinite: values.length - missing - finite.length,
    distinct: new Set(finite).size,
    whole: finite.every((value) => Number.isInteger(value)),
    min: finite[0] ?? null,
    max: finite[last] ?? null,
    mean: finite.length === 0 ? null : mean,
    std: finite.length < 2 ? null : Math.sqrt(squares / last),
    quantiles: finite.length === 0 ? [] : Array.from({ length: 21 }, (_, i) => at(i / 20)),
    histogram: finite.length === 0 ? { edges: [], counts: [] } : { edges, counts },
  }
}

function textBaseline(name: string, { codes, dictionary }: Extract<Column, { type: 'text' }>): Baseline['columns'][number] {
  const counts = new Map<string, number>()
  let missing = 0
  for (const code of codes)
    if (code < 0) missing++
    else counts.set(dictionary[code]!, (counts.get(dictionary[code]!) ?? 0) + 1)
  const values = [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, VALUES_MAX)
  const listed = values.reduce((sum, [, rows]) => sum + rows, 0)
  return { name, type: 'text', missing, distinct: counts.size, values, rest: codes.length - missing - listed }
}

/** What the outputs of a window are held against: the first windows of the version. */
export function predictionCases(baseline: Baseline, outputs: Table): DriftCase[] {
  if (outputs.rowCount === 0) return []
  const reference = profileReferenceOf(baseline)
  const profile = createProfile(
    baseline.columns.map(({ name, type }) => ({ name, type })),
    reference,
  )
  profile.addTable(outputs)
  return compareProfiles(reference, profile).columns.map((column) => ({
    kind: 'prediction-drift',
    name: column.name,
    column,
    measure: AUTO,
  }))
}

/** Under this name the outputs of a window are kept beside its slices; another version has other bins. */
const keyOf = (baseline: Baseline) => `predictions ${profileReferenceOf(baseline).digest}`

/** Outputs in the form of a slice, to be a reference for later windows. */
export function countPredictions(baseline: Baseline, outputs: Table): readonly SliceCounts[] {
  const all = { slice: keyOf(baseline), input: '', rows: Int32Array.from({ length: outputs.rowCount }, (_, row) => row) }
  return countSlices([all], outputs, profileReferenceOf(baseline))
}

/** The same cases against the outputs of other windows, where the contract asks for these. */
export function againstPast(cases: readonly DriftCase[], baseline: Baseline, { slices, lack }: DriftReference): DriftCase[] {
  const before = slices.get(keyOf(baseline))
  return cases.map(({ column, ...head }) => {
    const reference = before?.columns.get(head.name)
    return column === undefined || reference?.length !== column.window.length
      ? { ...head, lack }
      : { ...head, isSample: true, column: { ...column, reference } }
  })
}

/**
 * Two profiles side by side, column by column, on the bins of the reference. Nothing is left out before it is looked at: missing,
 * infinite, wrongly typed and out-of-range values and values never seen before are bins like the others.
 */
import type { BinnedPair } from '../../../stats/counts.ts'
import type { Scale } from '../../../stats/wasserstein.ts'
import { ProfilesDiffer } from './errors.ts'
import type { ColumnType, Family } from './profile-column.ts'
import type { ColumnReference, ProfileReference } from './profile-reference.ts'
import type { ColumnProfile, Profile } from './profile.ts'

export interface ComparedBin {
  /** `rest` are values that the reference saw but does not list; `new` ones that it never saw. */
  readonly kind: 'missing' | 'infinite' | 'wrong-type' | 'below' | 'range' | 'above' | 'value' | 'new' | 'rest'
  /** For people: `3 to 7`, `ATL`, `missing`. */
  readonly label: string
}

/** `reference` and `window` count rows in `bins`, in the same order, and sum to the rows of each. */
export interface ComparedColumn extends BinnedPair {
  readonly name: string
  readonly type: ColumnType
  readonly family: Family
  /** Ends first: missing, infinite, wrong type; then numbers rising, or values by their rows in the training data. */
  readonly bins: readonly ComparedBin[]
  /** Of numbers: where the bins of kind below, range and above lie; the winsorised scale has no knots at the extremes. */
  readonly scale: Scale | undefined
}

export interface Comparison {
  readonly referenceRows: number
  readonly windowRows: number
  readonly columns: readonly ComparedColumn[]
  /** Columns of the window that cannot be compared, and why. */
  readonly unmatched: readonly { readonly name: string; readonly reason: string }[]
}

/**
 * @param reference The training data, or another profile on the same bins, such as the same hour of past weeks.
 * @param window    A profile made with a reference. Throws ProfilesDiffer when it was not, or with another one.
 */
export function compareProfiles(reference: ProfileReference | Profile, window: Profile): Comparison {
  const bins = window.reference
  if (bins === undefined) throw new ProfilesDiffer({ reason: 'the window was profiled without a reference' })
  const other = 'addTable' in reference ? reference : undefined
  if ((other === undefined ? (reference as ProfileReference) : other.reference)?.digest !== bins.digest)
    throw new ProfilesDiffer({ reason: 'they count on the bins of different baselines' })
  const columns: ComparedColumn[] = []
  const unmatched: { name: string; reason: string }[] = []
  for (const [name, column] of window.columns) {
    const before = other === undefined ? bins.columns.get(name) : other.columns.get(name)
    if (column.reference === undefined || before === undefined)
      unmatched.push({ name, reason: reasonOf(column, bins.columns.get(name)) })
    else columns.push(compareColumn(column, column.reference, countsOf(before)))
  }
  const [first] = bins.columns.values()
  return { referenceRows: other?.rows ?? first?.rows ?? 0, windowRows: window.rows, columns, unmatched }
}

function reasonOf({ type }: ColumnProfile, found: ColumnReference | undefined): string {
  return found === undefined ? 'the reference does not have it' : `it is ${type}, and ${found.type} in the reference`
}

function compareColumn(column: ColumnProfile, reference: ColumnReference, before: Float64Array): ComparedColumn {
  return {
    name: column.name,
    type: column.type,
    family: column.family,
    bins: binsOf(reference),
    reference: before,
    window: countsOf(column),
    scale: scaleOf(reference),
  }
}

/** Rows in each bin, in the order of `binsOf`. */
function countsOf(of: ColumnProfile | ColumnReference): Float64Array {
  const isProfile = 'distinct' in of
  const wrongType = isProfile ? of.wrongType : 0
  if (of.family === 'values') return Float64Array.of(of.missing, wrongType, ...of.counts, isProfile ? of.unlisted : of.rest)
  return Float64Array.of(of.missing + (isProfile ? of.nan : 0), of.infinite, wrongType, ...(isProfile ? of.bins : of.counts))
}

const labels = new WeakMap<ColumnReference, readonly ComparedBin[]>()

function binsOf(reference: ColumnReference): readonly ComparedBin[] {
  let bins = labels.get(reference)
  if (bins === undefined) labels.set(reference, (bins = makeBins(reference)))
  return bins
}

function makeBins(reference: ColumnReference): readonly ComparedBin[] {
  const missing: ComparedBin = { kind: 'missing', label: 'missing' }
  const wrongType: ComparedBin = { kind: 'wrong-type', label: 'of another type' }
  if (reference.family === 'values') {
    const unlisted: ComparedBin =
      reference.rest > 0 ? { kind: 'rest', label: 'other values' } : { kind: 'new', label: 'new values' }
    return [missing, wrongType, ...reference.values.map((label): ComparedBin => ({ kind: 'value', label })), unlisted]
  }
  return [missing, { kind: 'infinite', label: 'infinite' }, wrongType, ...rangesOf(reference.edges, reference)]
}

function rangesOf(edges: Float64Array, { type, isDiscrete }: ColumnReference & { family: 'numbers' }): ComparedBin[] {
  if (edges.length === 0) return [{ kind: 'new', label: 'any number' }]
  const text = (value: number) => (type === 'time' ? new Date(value).toISOString() : `${Number(value.toPrecision(6))}`)
  const ranges = Array.from(edges.subarray(1), (high, i): ComparedBin => {
    const label = isDiscrete ? text(high) : i === 0 ? `up to ${text(high)}` : `${text(edges[i]!)} to ${text(high)}`
    return { kind: 'range', label }
  })
  return [
    { kind: 'below', label: 'below the smallest seen' },
    ...ranges,
    { kind: 'above', label: `above ${text(edges.at(-1)!)}` },
  ]
}

/**
 * Knots are the edges of the bins without the extremes, so that neither one wild value of the training data nor one of the window
 * stretches the scale; unless less than three are left, or bins are single values, which have no width to stretch.
 */
function scaleOf(reference: ColumnReference): Scale | undefined {
  if (reference.family !== 'numbers' || reference.edges.length === 0) return undefined
  const { edges, isDiscrete } = reference
  const isWide = !isDiscrete && edges.length >= 5
  return { knots: isWide ? edges.subarray(1, -1) : edges, isDiscrete }
}

/** The counts of `scale`: bins of numbers alone, what lies beyond the outer knots being in the first and last one. */
export function countsOnScale(column: ComparedColumn, counts: Float64Array): Float64Array {
  const numbers = counts.subarray(counts.length - (column.bins.length - 3))
  const outer = numbers.length - (column.scale?.knots.length ?? 0) - 1
  if (outer <= 0) return numbers
  const inner = numbers.slice(1, -1)
  inner[0]! += numbers[0]!
  inner[inner.length - 1]! += numbers.at(-1)!
  return inner
}

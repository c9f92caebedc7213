/**
 * Which texts came how often, from a bounded number of counters. While there are no more different texts than counters the counts
 * are exact. When they overflow, all counters are lowered by the one that is CAPACITY + 1 in rank and those at nothing are freed:
 *
 *     count  <=  true rows  <=  count + error,      error  <=  rows / CAPACITY
 *
 * also after merging parts, in any order; but which of the rare texts are still listed then depends on the order.
 * Sources: J. Misra, D. Gries (1982); P. Agarwal et al. (2012), Mergeable summaries, PODS; D. Anderson et al. (2017), IMC, for
 * lowering many at once, which makes an update O(1) amortised.
 */

/** Counters kept after an overflow. */
export const CAPACITY = 1_000
/** Counters at which it happens. Up to here counts are exact. */
export const COUNTERS_MAX = 2 * CAPACITY
/** Longer texts are counted and not kept. */
export const KEPT_LENGTH_MAX = 500

export interface FrequentValues {
  readonly slots: Map<string, number>
  /** By slot. */
  counts: Float64Array
  /** How far any count, and any text not listed, may be below the truth. */
  error: number
  /** Rows with a text too long to keep. */
  longRows: number
}

export const createFrequentValues = (): FrequentValues => ({
  slots: new Map(),
  counts: new Float64Array(8),
  error: 0,
  longRows: 0,
})

/** Adds rows of one text. True when it was already listed, and therefore has been seen. */
export function addToFrequent(values: FrequentValues, text: string, rows: number): boolean {
  const slot = values.slots.get(text)
  if (slot !== undefined) {
    values.counts[slot]! += rows
    return true
  }
  if (text.length > KEPT_LENGTH_MAX) values.longRows += rows
  else {
    if (values.slots.size === COUNTERS_MAX) lower(values)
    append(values, text, rows)
  }
  return false
}

function append(values: FrequentValues, text: string, rows: number): void {
  const slot = values.slots.size
  if (slot === values.counts.length) {
    const grown = new Float64Array(Math.min(COUNTERS_MAX, slot * 2))
    grown.set(values.counts)
    values.counts = grown
  }
  values.counts[slot] = rows
  values.slots.set(text, slot)
}

function lower(values: FrequentValues): void {
  const entries = [...values.slots]
  const { counts } = values
  const cut = counts.toSorted()[counts.length - 1 - CAPACITY]!
  values.slots.clear()
  values.counts = new Float64Array(COUNTERS_MAX)
  values.error += cut
  for (const [text, slot] of entries) if (counts[slot]! > cut) append(values, text, counts[slot]! - cut)
}

/** Adds `other` to `values`. */
export function mergeFrequent(values: FrequentValues, other: FrequentValues): void {
  for (const [text, slot] of other.slots) addToFrequent(values, text, other.counts[slot]!)
  values.error += other.error
  values.longRows += other.longRows
}

/** The texts with their counts, by count and then by name. */
export function listFrequent({ slots, counts }: FrequentValues): [text: string, rows: number][] {
  return Array.from(slots, ([text, slot]): [string, number] => [text, counts[slot]!]).toSorted(
    ([a, x], [b, y]) => y - x || (a < b ? -1 : 1),
  )
}

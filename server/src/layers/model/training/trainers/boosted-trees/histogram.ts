/**
 * For each bin: the sum of gradients, the sum of curvatures and the count of the rows in it. It is all that is needed to find the best split of a node, and that of a child is its parent's less its sibling's, so only the smaller child
 * of each split is ever counted (G. Ke et al. 2017, LightGBM, NeurIPS, section 2; T. Chen, C. Guestrin 2016, XGBoost, KDD).
 */
import type { BinnedRows } from './binned-rows.ts'

export interface Histogram {
  /** Gradient and curvature of each bin, side by side: [2 * bin] and [2 * bin + 1]. */
  readonly sums: Float64Array
  readonly counts: Int32Array
}

/** Histograms are used again: a tree needs as many as it has open leaves, and a forest no more than a tree. */
export function createHistogramPool(binCount: number) {
  const free: Histogram[] = []
  return Object.freeze({
    take(): Histogram {
      const used = free.pop()
      used?.sums.fill(0)
      used?.counts.fill(0)
      return used ?? { sums: new Float64Array(2 * binCount), counts: new Int32Array(binCount) }
    },
    give: (histogram: Histogram): void => void free.push(histogram),
  })
}
export type HistogramPool = ReturnType<typeof createHistogramPool>

/** Adds `rows[from..to)`. This is where training spends its time: one pass over each row's bins, which lie side by side. */
export function addRows(
  { sums, counts }: Histogram,
  { bins, columns }: BinnedRows,
  derivatives: Float64Array,
  rows: Int32Array,
  from: number,
  to: number,
): void {
  const width = columns.length
  for (let i = from; i < to; i++) {
    const row = rows[i]!
    const gradient = derivatives[2 * row]!
    const hessian = derivatives[2 * row + 1]!
    for (let at = row * width, end = at + width; at < end; at++) {
      const bin = bins[at]!
      sums[2 * bin]! += gradient
      sums[2 * bin + 1]! += hessian
      counts[bin]!++
    }
  }
}

/** Makes the sibling's histogram of the parent's, in place. */
export function subtract(parent: Histogram, child: Histogram): void {
  for (let i = 0; i < parent.sums.length; i++) parent.sums[i]! -= child.sums[i]!
  for (let i = 0; i < parent.counts.length; i++) parent.counts[i]! -= child.counts[i]!
}

/**
 * p-values of several tests, adjusted so that the chance of even one false alarm among them is bounded: one below alpha is
 * significant at alpha, whatever the others are and however they depend on each other. Never weaker than Bonferroni.
 * @param p Each in 0..1. @returns In the same order.
 * Source: S. Holm (1979), A simple sequentially rejective multiple test procedure. Checked against statsmodels' formula.
 */
export function holmAdjusted(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).toSorted((a, b) => p[a]! - p[b]!)
  const adjusted = p.map(() => 1)
  let highest = 0
  order.forEach((index, rank) => {
    highest = Math.max(highest, Math.min(1, p[index]! * (p.length - rank)))
    adjusted[index] = highest
  })
  return adjusted
}

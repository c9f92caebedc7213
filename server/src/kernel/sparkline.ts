/** Shares as a line of text: `▁▂▅█▃`. Each character is one bin, its height relative to `max`; an empty bin is a blank. */
const BARS = '▁▂▃▄▅▆▇█'

/**
 * `shares` are not negative. `max` is the share that fills the line; give the same to two lines that are to be compared. With more
 * than `widthMax` bins neighbours are joined, so the line keeps the shape and loses detail.
 */
export function sparkline(shares: readonly number[], max = Math.max(...shares), widthMax = 40): string {
  const bins = joined(shares, widthMax)
  const top = bins.length === shares.length ? max : Math.max(max, ...bins)
  return bins.map((share) => barOf(share, top)).join('')
}

function barOf(share: number, max: number): string {
  if (!(share > 0) || !(max > 0)) return ' '
  return BARS[Math.min(BARS.length - 1, Math.max(0, Math.ceil((share / max) * BARS.length) - 1))]!
}

function joined(shares: readonly number[], widthMax: number): readonly number[] {
  if (shares.length <= widthMax) return shares
  const bins = Array.from({ length: widthMax }, () => 0)
  for (const [at, share] of shares.entries()) bins[Math.floor((at * widthMax) / shares.length)]! += share
  return bins
}

/** Two histograms of the same bins on one scale. */
export function sparklines(
  before: readonly number[],
  after: readonly number[],
  widthMax = 40,
): { readonly before: string; readonly after: string } {
  const [first, second] = [joined(before, widthMax), joined(after, widthMax)]
  const max = Math.max(...first, ...second)
  return { before: sparkline(first, max, widthMax), after: sparkline(second, max, widthMax) }
}

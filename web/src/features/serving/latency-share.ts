/** The latency below which a share of the requests stayed, by counts between bounds; null without requests. */
export function latencyBelow(counts: readonly number[], boundsMs: readonly number[], share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return undefined
  let rest = share * total
  const at = counts.findIndex((count) => (rest -= count) <= 0 && count > 0)
  const high = boundsMs[at] ?? boundsMs.at(-1)!
  const step = boundsMs[1]! / boundsMs[0]!
  return high * step ** (rest / counts[at]!)
}

import { LATENCY_BOUNDS_MS } from './variant-counts.ts'

/**
 * The latency that a share of the requests stayed below, in milliseconds, from counts on `LATENCY_BOUNDS_MS`: between the bounds
 * of its bin by the logarithm, so within an eighth of itself. Undefined without requests.
 */
export function latencyQuantile(counts: ArrayLike<number>, share: number): number | undefined {
  let total = 0
  for (let i = 0; i < counts.length; i++) total += counts[i]!
  if (total === 0) return undefined
  let rest = share * total
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!
    if (rest > count || count === 0) {
      rest -= count
      continue
    }
    const high = LATENCY_BOUNDS_MS[i] ?? LATENCY_BOUNDS_MS.at(-1)! * STEP
    return high * STEP ** (rest / count - 1)
  }
  return LATENCY_BOUNDS_MS.at(-1)! * STEP
}

/** From one bound to the next: a tenth of a decade. */
const STEP = 10 ** 0.1

/**
 * What became of the requests that a version was given, since this process began: the part of a release's evidence that no
 * journal has, because a request that failed leaves no prediction.
 */

/** Upper bounds of the counted latencies, in milliseconds, a tenth of a decade each; a last count takes what is beyond. */
export const LATENCY_BOUNDS_MS: readonly number[] = Array.from({ length: 51 }, (_, i) => 10 ** ((i - 10) / 10))

export interface TrafficCounts {
  /** Another one after every start, so that counts which began anew are told from counts that stand still. */
  readonly epoch: string
  /** Requests that this version was given and that ended. */
  readonly requests: number
  /** Ended by a fault of the server or the model: status 500 and above, and answers that came too late. */
  readonly failures: number
  /** Refused for what they brought: statuses 400 to 499. */
  readonly invalid: number
  /** Copies that a shadow's full queue did not take. They are no requests. */
  readonly dropped: number
  /** Rows predicted, and those of them with a value out of its range. */
  readonly rows: number
  readonly flagged: number
  /** Answered requests by latency, one more than `LATENCY_BOUNDS_MS`. */
  readonly latencies: readonly number[]
}

export interface VariantCounts {
  observe(status: number, latencyMs: number, rows: number, flagged: number): void
  drop(): void
  read(): TrafficCounts
}

export function createVariantCounts(epoch: string): VariantCounts {
  const latencies = new Float64Array(LATENCY_BOUNDS_MS.length + 1)
  let [requests, failures, invalid, dropped, rowsTotal, flaggedTotal] = [0, 0, 0, 0, 0, 0]
  return Object.freeze<VariantCounts>({
    observe(status, latencyMs, rows, flagged) {
      requests += 1
      if (status >= 500) failures += 1
      else if (status >= 400) invalid += 1
      else {
        latencies[latencyBin(latencyMs)]! += 1
        rowsTotal += rows
        flaggedTotal += flagged
      }
    },
    drop: () => void (dropped += 1),
    read: () => ({
      epoch,
      requests,
      failures,
      invalid,
      dropped,
      rows: rowsTotal,
      flagged: flaggedTotal,
      latencies: [...latencies],
    }),
  })
}

/** Which of the counts a latency belongs to. */
export function latencyBin(ms: number): number {
  if (!(ms > LATENCY_BOUNDS_MS[0]!)) return 0
  return Math.min(LATENCY_BOUNDS_MS.length, Math.ceil(Math.log10(ms) * 10 - 1e-9) + 10)
}

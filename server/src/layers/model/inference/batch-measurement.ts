/** Finding the number of rows per call at which a row is cheapest, by trying doubling sizes for a few milliseconds. */

/** Time spent on one size, in milliseconds, and on all of them. Start-up waits for this. */
const SIZE_MS = 2
const TOTAL_MS = 120
const REPEATS_MIN = 2
/** A larger call must win by this factor: a small one answers sooner and leaves the thread free more often. */
const GAIN_MIN = 1.1
/** Sizes whose rows cost this much more than the best end the search: the curve has turned. */
const TURN = 1.6

export interface BatchMeasurement {
  readonly rows: number
  /** Cost of one row at that size, in milliseconds. */
  readonly rowMs: number
}

/**
 * Measures 1, 2, 4 ... `rowsMax` rows and returns the best. Sizes whose call takes longer than `runMsMax` milliseconds
 * are left out (except one row, which must be possible). `now` is in milliseconds, from any beginning.
 */
export async function measureBatches(
  run: (rows: number) => Promise<unknown>,
  rowsMax: number,
  runMsMax: number,
  now: () => number = () => performance.now(),
): Promise<BatchMeasurement> {
  const start = now()
  let best: BatchMeasurement = { rows: 1, rowMs: Number.POSITIVE_INFINITY }
  for (let rows = 1; rows <= rowsMax; rows *= 2) {
    const callMs = await fastest(() => run(rows), now)
    if (rows > 1 && callMs > runMsMax) break
    const rowMs = callMs / rows
    if (rowMs * GAIN_MIN < best.rowMs) best = { rows, rowMs }
    if (rowMs > best.rowMs * TURN || now() - start > TOTAL_MS) break
  }
  return best
}

async function fastest(run: () => Promise<unknown>, now: () => number): Promise<number> {
  const start = now()
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < REPEATS_MIN || now() - start < SIZE_MS; i++) {
    const before = now()
    await run()
    best = Math.min(best, now() - before)
  }
  return best
}

/** Where time comes from. Injected everywhere, so that tests and replays can run it by hand. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number
}

export const systemClock: Clock = Object.freeze({ now: () => Date.now() })

/** A clock that stands still until it is moved. */
export function createManualClock(startMs: number) {
  let nowMs = startMs
  return Object.freeze({
    now: () => nowMs,
    advance(ms: number): void {
      nowMs += ms
    },
  })
}

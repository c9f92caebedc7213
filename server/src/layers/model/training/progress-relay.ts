/** Passes progress on, the latest only and not too often: a script may print a line a millisecond, and each is written to the store. */
import { setTimeout as pause } from 'node:timers/promises'
import type { TrainingProgress } from './training-log.ts'

const RELAY_MS = 250

export interface ProgressRelay {
  push(at: TrainingProgress): void
  /** Sends what waits, then nothing more. */
  end(): Promise<void>
}

/** `send` may fail: progress is no reason to stop a training. */
export function createProgressRelay(send: (at: TrainingProgress) => Promise<void>): ProgressRelay {
  const ending = new AbortController()
  let latest: TrainingProgress | undefined
  let relaying: Promise<void> | undefined
  const relay = async (): Promise<void> => {
    while (latest !== undefined) {
      const at = latest
      latest = undefined
      await send(at).catch(() => {})
      await pause(RELAY_MS, undefined, { signal: ending.signal }).catch(() => {})
    }
    relaying = undefined
  }
  return Object.freeze<ProgressRelay>({
    push(at) {
      if (ending.signal.aborted) return
      latest = at
      relaying ??= relay()
    },
    async end() {
      ending.abort()
      await relaying
    },
  })
}

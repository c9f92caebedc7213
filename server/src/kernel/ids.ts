import { randomBytes } from 'node:crypto'
import { type Clock, systemClock } from './clock.ts'

const TIME_DIGITS = 9
const COUNTER_DIGITS = 5
const COUNTER_MAX = 36 ** COUNTER_DIGITS

/**
 * Makes ids that sort by time and never repeat: nine base-36 digits of milliseconds, ten of this process's own
 * randomness, five of a counter. An id costs no system call, which matters where every prediction carries one.
 */
export function createIds(clock: Clock = systemClock): () => string {
  const process = BigInt(`0x${randomBytes(7).toString('hex')}`)
    .toString(36)
    .padStart(11, '0')
    .slice(-10)
  let counter = 0
  let lastMs = -1
  let prefix = ''
  return () => {
    const nowMs = clock.now()
    if (nowMs !== lastMs) {
      lastMs = nowMs
      prefix = nowMs.toString(36).padStart(TIME_DIGITS, '0') + process
    }
    counter = (counter + 1) % COUNTER_MAX
    return prefix + counter.toString(36).padStart(COUNTER_DIGITS, '0')
  }
}

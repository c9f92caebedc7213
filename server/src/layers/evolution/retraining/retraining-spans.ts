/**
 * Which rows a retraining learns from and which decide, by the contract and the moment it begins:
 *
 *                     train.data: last 60d                  compare.on: last 14d      arrives-within
 *     |------------------------------------------------|----------------------------|----------------| now
 *                       training                                 held back               too young
 *
 * A row counts once its outcome has had the time that outcomes need. Younger ones are left out of both parts: of them only
 * those are known that came early, and those are not like the others. The newest part is kept back, so that no challenger has
 * seen the rows by which it is judged.
 */
import type { Contract } from '../../../contract/contract.ts'
import { durationMs } from '../../../contract/duration.ts'
import { spanMs } from '../../../contract/span.ts'
import { RetrainingImpossible } from './errors.ts'

export interface TimeSpan {
  /** First millisecond that belongs to it, and first that does not, since 1970. */
  readonly from: number
  readonly to: number
}
export interface RetrainingSpans {
  readonly training: TimeSpan
  /** Absent where the pinned evaluation snapshot decides. */
  readonly heldBack?: TimeSpan
}

/** Part of the training span that is kept back when the contract does not say how much. */
const HELD_BACK_SHARE = 0.25
const EVALUATION = 'evaluation'

/** Throws RetrainingImpossible with the path in the contract. */
export function retrainingSpans({ name, maintenance, outcome }: Contract, asOf: number): RetrainingSpans {
  const impossible = (path: string, reason: string) => new RetrainingImpossible({ deployment: name, path, reason })
  const data = maintenance.train?.data
  if (data === undefined) throw impossible('maintenance.train.data', 'it does not say what to train on, such as last 60d')
  const to = matureUntil(outcome, asOf)
  const from = to - spanMs(data)
  const on = maintenance.compare?.on
  if (on === EVALUATION) return { training: { from, to } }
  const border = to - (on === undefined ? Math.round(spanMs(data) * HELD_BACK_SHARE) : spanMs(on))
  if (border <= from)
    throw impossible(
      'maintenance.train.data',
      `the newest part (maintenance.compare.on: ${on}) is kept back, and nothing is left`,
    )
  return { training: { from, to: border }, heldBack: { from: border, to } }
}

/** The moment before which outcomes have had their time. */
export const matureUntil = (outcome: Contract['outcome'], asOf: number): number =>
  asOf - (outcome?.['arrives-within'] === undefined ? 0 : durationMs(outcome['arrives-within']))

import { EmptySample, LengthMismatch, NotANumber } from './errors.ts'

/**
 * A number and how sure it is. `low` and `high` bound the true value with probability `confidence` (0..1) over repeated
 * samples; they have the unit of `value`.
 */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly confidence: number
  /** Rows that the value was computed from. */
  readonly rows: number
  /** How the interval was made, in words for a report. */
  readonly method: string
}

/** Throws unless both samples have the same length, at least one value, and no NaN. */
export function requirePairs(left: string, a: ArrayLike<number>, right: string, b: ArrayLike<number>): void {
  if (a.length !== b.length) throw new LengthMismatch({ left, leftLength: a.length, right, rightLength: b.length })
  requireNumbers(left, a)
  requireNumbers(right, b)
}

/** Throws EmptySample or NotANumber. */
export function requireNumbers(name: string, values: ArrayLike<number>): void {
  if (values.length === 0) throw new EmptySample({ name })
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) throw new NotANumber({ name, index: i })
}

export const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value))

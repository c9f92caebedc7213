/**
 * A detector of concept drift reads one value at a time, for ever, in memory that does not grow: the error of each prediction
 * whose outcome has come, or any other number. After `drift` it begins anew, so that one change is one report. What it knows is
 * a small JSON value, so that a restart of the program goes on where it was.
 */
import { DetectorSnapshotInvalid, DetectorValueInvalid } from './errors.ts'

export type DriftSignal = 'stable' | 'warning' | 'drift'

export type DetectorSnapshot = Readonly<Record<string, number | readonly number[]>>

export interface DriftDetector {
  /** Takes the next value. Throws DetectorValueInvalid, and then has not taken it. */
  update(value: number): DriftSignal
  /** What a detector of the same options needs to go on. */
  snapshot(): DetectorSnapshot
}

/** Throws unless the value is a finite number. */
export function requireFinite(detector: string, value: number): void {
  if (!Number.isFinite(value)) throw new DetectorValueInvalid({ detector, value, expected: 'a finite number' })
}

/** Throws unless the value is the error of one prediction: 0 for right, 1 for wrong, or between. */
export function requireError(detector: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new DetectorValueInvalid({ detector, value, expected: 'an error from 0 to 1' })
}

/** A mean that is kept up one value at a time. */
export interface RunningMean {
  readonly count: number
  readonly mean: number
}
export const NO_MEAN: RunningMean = { count: 0, mean: 0 }
export const withValue = ({ count, mean }: RunningMean, value: number): RunningMean => ({
  count: count + 1,
  mean: mean + (value - mean) / (count + 1),
})

/** Reads members of a snapshot that came from outside. All throw DetectorSnapshotInvalid. */
export function readSnapshot(detector: string, snapshot: DetectorSnapshot) {
  const refuse = (member: string) => new DetectorSnapshotInvalid({ detector, member })
  return {
    number(member: string): number {
      const value = snapshot[member]
      if (typeof value !== 'number' || !Number.isFinite(value)) throw refuse(member)
      return value
    },
    /** A whole number, 0 or more. */
    count(member: string): number {
      const value = snapshot[member]
      if (!Number.isSafeInteger(value) || (value as number) < 0) throw refuse(member)
      return value as number
    },
    numbers(member: string, lengthMax: number): number[] {
      const values = snapshot[member]
      if (!Array.isArray(values) || values.length > lengthMax || !values.every(Number.isFinite)) throw refuse(member)
      return [...(values as number[])]
    },
  }
}

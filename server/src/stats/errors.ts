import { defineError } from '../kernel/errors.ts'

export const EmptySample = defineError({
  code: 'EMPTY_SAMPLE',
  status: 422,
  message: (d: { name: string }) => `The ${d.name} sample is empty.`,
  hint: () => 'Widen the time window, or bring more data.',
})

export const NotANumber = defineError({
  code: 'NOT_A_NUMBER',
  status: 422,
  message: (d: { name: string; index: number }) => `The ${d.name} sample holds NaN at index ${d.index}.`,
  hint: () => 'Drop missing values before measuring, and report their share separately.',
})

/** A statistic that compares two classes met only one of them. */
export const OneClass = defineError({
  code: 'ONE_CLASS',
  status: 422,
  message: (d: { statistic: string }) => `${d.statistic} needs rows with and without the outcome, and one kind is absent.`,
  hint: () => 'Use an evaluation period in which both happened.',
})

export const LengthMismatch = defineError({
  code: 'LENGTH_MISMATCH',
  status: 422,
  message: (d: { left: string; leftLength: number; right: string; rightLength: number }) =>
    `${d.left} has ${d.leftLength} values and ${d.right} has ${d.rightLength}.`,
  hint: () => 'Give one outcome per prediction, in the same order.',
})

/** A value that a drift detector cannot take. HTTP 422. */
export const DetectorValueInvalid = defineError({
  code: 'DETECTOR_VALUE_INVALID',
  status: 422,
  message: (d: { detector: string; value: number; expected: string }) =>
    `The ${d.detector} detector was given ${d.value} where it expects ${d.expected}.`,
  hint: () => 'Leave out values that are missing; use a detector of plain values for what is no error from 0 to 1.',
})

/** What a drift detector knew, as it was kept, and it cannot have known that. HTTP 422. */
export const DetectorSnapshotInvalid = defineError({
  code: 'DETECTOR_SNAPSHOT_INVALID',
  status: 422,
  message: (d: { detector: string; member: string }) =>
    `The kept state of the ${d.detector} detector has no usable "${d.member}".`,
  hint: () => 'Drop the state; the detector then begins anew with the next value.',
})

/** Two histograms that do not lie on the same bins. */
export const BinsMismatch = defineError({
  code: 'BINS_MISMATCH',
  status: 422,
  message: (d: { reference: number; window: number }) => `The reference has ${d.reference} bins and the window has ${d.window}.`,
  hint: () => 'Count both on the same bins, in the same order.',
})

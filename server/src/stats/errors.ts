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

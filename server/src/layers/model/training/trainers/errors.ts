import { defineError } from '../../../../kernel/errors.ts'

/** Options outside their bounds. HTTP 422. */
export const OptionsInvalid = defineError({
  code: 'TRAINING_OPTIONS_INVALID',
  status: 422,
  message: (d: { trainer: string; reason: string }) => `The options of ${d.trainer} are not valid: ${d.reason}`,
  hint: () => 'Correct the option in the training script; each is documented with its range and default.',
})

/** A table that cannot be learned from. HTTP 422. */
export const TrainingDataUnfit = defineError({
  code: 'TRAINING_DATA_UNFIT',
  status: 422,
  message: (d: { reason: string; advice: string }) => `The training data does not fit: ${d.reason}`,
  hint: (d) => d.advice,
})

/** A model that training cannot go on from. HTTP 422. */
export const PreviousModelUnfit = defineError({
  code: 'PREVIOUS_MODEL_UNFIT',
  status: 422,
  message: (d: { reason: string }) => `Training cannot go on from the previous model: ${d.reason}`,
  hint: () => 'Train from scratch, or with the columns, outcome and objective of the previous version.',
})

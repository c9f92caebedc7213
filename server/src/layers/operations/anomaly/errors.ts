import { defineError } from '../../../kernel/errors.ts'

/** Settings that a drift detector does not take. HTTP 422. */
export const DetectorOptionsInvalid = defineError({
  code: 'DETECTOR_OPTIONS_INVALID',
  status: 422,
  message: (d: { detector: string; reason: string; names: readonly string[] }) =>
    `The ${d.detector} detector cannot be set up so: ${d.reason}.`,
  hint: (d) => `Its settings are ${d.names.join(', ')}; leave out those you do not mean to change.`,
})

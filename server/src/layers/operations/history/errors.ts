import { defineError } from '../../../kernel/errors.ts'

/** Nothing to hold a window against. HTTP 409. */
export const BaselineMissing = defineError({
  code: 'BASELINE_MISSING',
  status: 409,
  message: (d: { deployment: string; model: string; version: number }) =>
    `${d.model}@${d.version}, which answers for "${d.deployment}", came without its training data, so that nothing can be held against it.`,
  hint: () => 'Push the version with --data, or train it with seaworthy train; then launch it.',
})

/** A column that the profile does not have. HTTP 404. */
export const ColumnUnknown = defineError({
  code: 'COLUMN_UNKNOWN',
  status: 404,
  message: (d: { column: string; known: readonly string[] }) =>
    `There is no column "${d.column}" in the profile. It has: ${d.known.join(', ')}.`,
  hint: () => 'Columns are the inputs of the signature; tensors are not profiled.',
})

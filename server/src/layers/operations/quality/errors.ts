import { defineError } from '../../../kernel/errors.ts'

/** An outcome column that cannot be held against the output. HTTP 422. */
export const OutcomeUnreadable = defineError({
  code: 'OUTCOME_UNREADABLE',
  status: 422,
  message: (d: { column: string; found: string; expected: string }) =>
    `The outcome "${d.column}" holds ${d.found} where ${d.expected} was expected.`,
  hint: () =>
    'Give the column the same meaning as the output: 0 and 1 for a probability, class names for classes, numbers for numbers.',
})

/** Data without the column that an outcome or an output should be in. HTTP 422. */
export const ColumnAbsent = defineError({
  code: 'COLUMN_ABSENT',
  status: 422,
  message: (d: { column: string; where: string; known: readonly string[] }) => `The ${d.where} has no column "${d.column}".`,
  hint: (d) => `It has: ${d.known.slice(0, 30).join(', ')}. Rename one, or correct the contract.`,
})

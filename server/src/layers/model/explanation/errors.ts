import { defineError } from '../../../kernel/errors.ts'

/** A prediction that cannot be shared out among its columns. HTTP 422. */
export const ExplanationImpossible = defineError({
  code: 'EXPLANATION_IMPOSSIBLE',
  status: 422,
  message: (d: { reason: string }) => `The prediction cannot be explained: ${d.reason}.`,
  hint: () => 'Explain an output that is a number, such as the probability of a class, against some rows of data.',
})

import { defineError } from '../../../kernel/errors.ts'

/** More explanations are asked for than are made one after the other in reasonable time. HTTP 429. */
export const ExplanationsBusy = defineError({
  code: 'EXPLANATIONS_BUSY',
  status: 429,
  message: (d: { waiting: number }) => `${d.waiting} explanations are waiting already.`,
  hint: () => 'Ask again in a moment; explanations are made one after the other, so that predictions are not slowed down.',
})

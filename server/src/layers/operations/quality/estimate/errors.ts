import { defineError } from '../../../../kernel/errors.ts'

/** Quality that cannot be estimated without outcomes from this reference. HTTP 422. */
export const EstimationImpossible = defineError({
  code: 'ESTIMATION_IMPOSSIBLE',
  status: 422,
  message: (d: { reason: string }) => `Quality cannot be estimated without outcomes: ${d.reason}.`,
  hint: () => 'Bring more rows with outcomes as the reference, or measure quality when the outcomes arrive.',
})

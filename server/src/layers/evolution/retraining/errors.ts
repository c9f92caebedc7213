import { defineError } from '../../../kernel/errors.ts'

/** HTTP 404. */
export const RetrainingNotFound = defineError({
  code: 'RETRAINING_NOT_FOUND',
  status: 404,
  message: (d: { retraining: string }) => `There is no retraining "${d.retraining}".`,
  hint: () => '`seaworthy retrain NAME --list` lists those of a deployment.',
})

/** One at a time: two would be compared with a champion that the other replaces. HTTP 409. */
export const RetrainingRunning = defineError({
  code: 'RETRAINING_RUNNING',
  status: 409,
  message: (d: { deployment: string; retraining: string; state: string }) =>
    `"${d.deployment}" is being retrained already: ${d.retraining} is at ${d.state}.`,
  hint: (d) =>
    `Look at it with \`seaworthy retrain ${d.deployment} --show ${d.retraining}\`, or stop it with \`seaworthy jobs ${d.retraining} --cancel\`.`,
})

/** HTTP 409. */
export const RetrainingEnded = defineError({
  code: 'RETRAINING_ENDED',
  status: 409,
  message: (d: { retraining: string; state: string }) => `The retraining "${d.retraining}" has ended already: ${d.state}.`,
  hint: (d) => `What became of it: \`seaworthy retrain NAME --show ${d.retraining}\`.`,
})

/** A contract, a deployment or a model by which no new version can be trained. HTTP 422. */
export const RetrainingImpossible = defineError({
  code: 'RETRAINING_IMPOSSIBLE',
  status: 422,
  message: (d: { deployment: string; path: string; reason: string }) =>
    `"${d.deployment}" cannot be retrained: ${d.path === '' ? '' : `${d.path}: `}${d.reason}.`,
  hint: (d) =>
    d.path === ''
      ? 'Train elsewhere, and bring the result with `seaworthy push`.'
      : `Change ${d.path} in seaworthy.yaml, and launch the version again under the new contract.`,
})

/** A job that ended without its retraining, because its program died too often or somebody stopped it. HTTP 409. */
export const RetrainingAbandoned = defineError({
  code: 'RETRAINING_ABANDONED',
  status: 409,
  message: (d: { retraining: string }) => `Nobody works on the retraining "${d.retraining}" any more.`,
  hint: () => 'The log of the server says why; begin a new one with `seaworthy retrain NAME`.',
})

/** No training gave a version. HTTP 422. */
export const RetrainingFailed = defineError({
  code: 'RETRAINING_FAILED',
  status: 422,
  message: (d: { retraining: string; code: string; message: string }) => `The retraining "${d.retraining}" failed: ${d.message}`,
  hint: (d) => `Read the logs of its runs: seaworthy runs MODEL --log ${d.retraining}-scratch`,
})

/** A trigger that may not set off a retraining now. HTTP 409. */
export const RetrainingRefused = defineError({
  code: 'RETRAINING_REFUSED',
  status: 409,
  message: (d: { deployment: string; reason: string }) => `"${d.deployment}" is not retrained now: ${d.reason}.`,
  hint: (d) => `Ask why with \`seaworthy retrain ${d.deployment} --why\`.`,
})

import { defineError } from '../../../kernel/errors.ts'

/** A version without a passing check under this contract. HTTP 409. */
export const LaunchRefused = defineError({
  code: 'LAUNCH_REFUSED',
  status: 409,
  message: (d: { model: string; version: number; explanation: string }) =>
    `${d.model}@${d.version} may not go live: ${d.explanation}.`,
  hint: (d) =>
    `Check it under this contract: seaworthy check ${d.model}@${d.version}; or launch it anyway with --override "reason", which is recorded.`,
})

/** Neither the caller nor the package brought a contract, and a deployment is a contract that is live. HTTP 422. */
export const LaunchContractMissing = defineError({
  code: 'LAUNCH_CONTRACT_MISSING',
  status: 422,
  message: (d: { model: string; version: number }) => `There is no contract to launch ${d.model}@${d.version} under.`,
  hint: () => 'Run the command in the folder of seaworthy.yaml, or name it with --contract; seaworthy init writes one.',
})

/** A contract whose target is elsewhere. HTTP 422. */
export const LaunchTargetElsewhere = defineError({
  code: 'LAUNCH_TARGET_ELSEWHERE',
  status: 422,
  message: (d: { target: string }) => `The contract is for ${d.target}, and this server launches on this machine only.`,
  hint: () =>
    'There, run the package itself: seaworthy serve PACKAGE. To launch it here, set serving.target to local and check again.',
})

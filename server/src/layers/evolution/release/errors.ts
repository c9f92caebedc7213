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

/** HTTP 404. */
export const ReleaseNotFound = defineError({
  code: 'RELEASE_NOT_FOUND',
  status: 404,
  message: (d: { release: string }) => `There is no release "${d.release}", and no deployment of that name that ever had one.`,
  hint: () => 'seaworthy release lists them; a release is named by its id or by its deployment.',
})

/** A second release into a deployment: two new versions at once could not be told apart. HTTP 409. */
export const ReleaseRunning = defineError({
  code: 'RELEASE_RUNNING',
  status: 409,
  message: (d: { deployment: string; release: string; version: number }) =>
    `"${d.deployment}" is being released to version ${d.version} (${d.release}).`,
  hint: (d) =>
    `Wait for it, end it with seaworthy release abort ${d.deployment}, or skip the steps with --now "reason", which ends it too.`,
})

/** What a release cannot do in the state that it is in, or in the one it came into meanwhile. HTTP 409. */
export const ReleaseStateUnfit = defineError({
  code: 'RELEASE_STATE_UNFIT',
  status: 409,
  message: (d: { release: string; action: string; state: string }) =>
    `The release ${d.release} cannot be ${d.action}: it is ${d.state.replaceAll('-', ' ')}.`,
  hint: (d) => `seaworthy release show ${d.release} tells what has happened to it.`,
})

/** Who launches cannot be the one who approves. HTTP 409. */
export const ApprovalByAuthor = defineError({
  code: 'APPROVAL_BY_AUTHOR',
  status: 409,
  message: (d: { release: string; actor: string }) => `${d.actor} launched the release ${d.release} and cannot approve it.`,
  hint: (d) => `Somebody else approves it: seaworthy approve ${d.release}.`,
})

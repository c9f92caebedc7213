import { defineError } from '../../../kernel/errors.ts'

/** A name that no deployment carries. HTTP 404. */
export const DeploymentNotFound = defineError({
  code: 'DEPLOYMENT_NOT_FOUND',
  status: 404,
  message: (d: { deployment: string; nearest?: string | undefined; known: readonly string[] }) =>
    `There is no deployment called "${d.deployment}"${d.nearest === undefined ? '.' : `; did you mean "${d.nearest}"?`}`,
  hint: (d) =>
    d.known.length === 0
      ? 'Launch a version first: seaworthy launch MODEL@VERSION.'
      : `There are: ${d.known.join(', ')}. A new one is made by seaworthy launch.`,
})

/** A launch into a deployment that serves another model; its journal and its callers belong to that one. HTTP 409. */
export const DeploymentOfOtherModel = defineError({
  code: 'DEPLOYMENT_OF_OTHER_MODEL',
  status: 409,
  message: (d: { deployment: string; model: string; asked: string }) =>
    `The deployment "${d.deployment}" serves the model "${d.model}", not "${d.asked}".`,
  hint: (d) => `Launch "${d.asked}" under another name, or stay with versions of "${d.model}".`,
})

/** HTTP 422. */
export const DeploymentNameInvalid = defineError({
  code: 'DEPLOYMENT_NAME_INVALID',
  status: 422,
  message: (d: { deployment: string }) => `"${d.deployment}" cannot be the name of a deployment.`,
  hint: () => 'A name has lower-case letters, digits and dashes, begins with a letter or digit, and has at most 63.',
})

/** A change of traffic where nothing is live. HTTP 409. */
export const DeploymentNotLive = defineError({
  code: 'DEPLOYMENT_NOT_LIVE',
  status: 409,
  message: (d: { deployment: string }) => `The deployment "${d.deployment}" is not live.`,
  hint: (d) => `Put a version live first: seaworthy launch MODEL@VERSION --name ${d.deployment}.`,
})

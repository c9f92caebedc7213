import { defineError } from '../../../kernel/errors.ts'

/** HTTP 413. Told before the body is read where its length is announced, else as soon as the limit is passed. */
export const PredictionBodyTooLarge = defineError({
  code: 'PREDICTION_BODY_TOO_LARGE',
  status: 413,
  message: (d: { bytesMax: number }) => `The body is larger than ${d.bytesMax} bytes.`,
  hint: () => 'Send fewer instances per request, score a file as a batch job, or raise SEAWORTHY_HTTP_BODY_BYTES_MAX.',
})

/** HTTP 408. */
export const PredictionBodyTimeout = defineError({
  code: 'PREDICTION_BODY_TIMEOUT',
  status: 408,
  message: (d: { msMax: number; bytesReceived: number }) =>
    `The body did not arrive within ${d.msMax} ms; ${d.bytesReceived} bytes of it came.`,
  hint: () => 'Send the whole body at once, or raise SEAWORTHY_HTTP_TIMEOUT_MS_MAX for slow networks.',
})

/** HTTP 415. A compressed body could expand without limit. */
export const PredictionEncodingUnsupported = defineError({
  code: 'PREDICTION_ENCODING_UNSUPPORTED',
  status: 415,
  message: (d: { encoding: string }) => `The body is encoded as "${d.encoding}".`,
  hint: () => 'Send plain JSON in UTF-8, without Content-Encoding.',
})

/** HTTP 400: not JSON at all, or not safe to read as JSON. */
export const PredictionBodyMalformed = defineError({
  code: 'PREDICTION_BODY_MALFORMED',
  status: 400,
  message: (d: { reason: string }) => `The body cannot be read: ${d.reason}.`,
  hint: () => 'Send JSON of the form {"instances":[{"name":value}]}; numbers are finite, NaN and Infinity are not JSON.',
})

/** One thing that is wrong with a request. */
export interface InputProblem {
  /** Where, as `instances[3].hour`. */
  readonly path: string
  readonly code:
    | 'MISSING'
    | 'WRONG_TYPE'
    | 'UNKNOWN_CATEGORY'
    | 'OUT_OF_RANGE'
    | 'NOT_AN_INTEGER'
    | 'NOT_FINITE'
    | 'NUMBER_TOO_LARGE'
    | 'WRONG_SHAPE'
    | 'UNKNOWN_FIELD'
    | 'DUPLICATE_KEY'
    | 'TOO_MANY'
  readonly expected: string
  /** What came, as JSON, shortened. */
  readonly got: string
  /** The known value or field that was probably meant. */
  readonly nearest?: string
  readonly message: string
}

/** HTTP 422: JSON, but not what this deployment takes. Up to twenty problems together. */
export const InstancesInvalid = defineError({
  code: 'INSTANCES_INVALID',
  status: 422,
  message: (d: { deployment: string; problems: readonly InputProblem[]; problemCount: number }) =>
    `${d.problemCount === 1 ? 'One value does' : `${d.problemCount} values do`} not fit "${d.deployment}": ${d.problems
      .slice(0, 3)
      .map((problem) => problem.message)
      .join('; ')}${d.problemCount > 3 ? '; …' : ''}`,
  hint: (d) => `The inputs, their types and limits are described at /v1/deployments/${d.deployment}/docs.`,
})

/** HTTP 404. */
export const DeploymentNotServed = defineError({
  code: 'DEPLOYMENT_NOT_SERVED',
  status: 404,
  message: (d: { deployment: string; known: readonly string[] }) => `No deployment called "${d.deployment}" is served here.`,
  hint: (d) => (d.known.length === 0 ? 'Launch a version first.' : `Served here: ${d.known.join(', ')}.`),
})

/** HTTP 503 with Retry-After: the bounded queue of the model is full, and waiting would only make everyone late. */
export const Overloaded = defineError({
  code: 'OVERLOADED',
  status: 503,
  message: (d: { rowsWaiting: number; rowsMax: number; retryAfterS: number }) =>
    `${d.rowsWaiting} rows wait for the model; at most ${d.rowsMax} may.`,
  hint: (d) => `Try again in ${d.retryAfterS} s; add replicas if it happens often.`,
})

/** HTTP 503: the server is stopping, or this version is being replaced and nothing has taken its place. */
export const ShuttingDown = defineError({
  code: 'SHUTTING_DOWN',
  status: 503,
  message: (d: { deployment: string }) => `"${d.deployment}" has just been taken down here.`,
  hint: () => 'Send the request to another replica, or again in a moment.',
})

/** HTTP 504. */
export const PredictionTimeout = defineError({
  code: 'PREDICTION_TIMEOUT',
  status: 504,
  message: (d: { msMax: number }) => `The prediction was not ready within ${d.msMax} ms.`,
  hint: () => 'Send fewer instances per request, or raise SEAWORTHY_HTTP_TIMEOUT_MS_MAX.',
})

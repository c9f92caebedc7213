import { defineError } from '../../kernel/errors.ts'

/** Parts of a request that do not fit its schema, all of them in one message. HTTP 422. */
export const RequestInvalid = defineError({
  code: 'REQUEST_INVALID',
  status: 422,
  message: (d: { problems: readonly string[] }) => `The request does not fit: ${d.problems.join('; ')}.`,
  hint: () => 'GET /openapi.json describes every call; the page at /docs tries it.',
})

/** No route at this address. HTTP 404. */
export const AddressUnknown = defineError({
  code: 'ADDRESS_UNKNOWN',
  status: 404,
  message: (d: { method: string; path: string }) => `Nothing answers ${d.method} ${d.path}.`,
  hint: () => 'GET /openapi.json lists every call.',
})

/** A body that is not JSON where JSON is asked for. HTTP 415. */
export const BodyNotJson = defineError({
  code: 'BODY_NOT_JSON',
  status: 415,
  message: (d: { contentType: string }) => `This call takes application/json, not ${d.contentType || 'a body without a type'}.`,
  hint: () => 'Send the header content-type: application/json.',
})

/** A body that claims to be JSON and does not parse. HTTP 400. */
export const BodyMalformed = defineError({
  code: 'BODY_MALFORMED',
  status: 400,
  message: (d: { explanation: string }) => `The body cannot be read: ${d.explanation}.`,
  hint: () => 'Send one JSON document in UTF-8.',
})

/** A body beyond the limit. HTTP 413. */
export const BodyTooLarge = defineError({
  code: 'BODY_TOO_LARGE',
  status: 413,
  message: (d: { bytesMax: number }) => `The body is larger than ${d.bytesMax} bytes.`,
  hint: () => 'Bring large files by POST /v1/uploads; its limit is SEAWORTHY_UPLOAD_BYTES_MAX.',
})

/**
 * A request whose Host is not this machine, on a server that listens to this machine only: what a page from the
 * internet would send that tries to reach it through the user's browser (DNS rebinding). HTTP 403.
 */
export const HostRefused = defineError({
  code: 'HOST_REFUSED',
  status: 403,
  message: (d: { host: string }) => `This server listens to its own machine only and was asked as "${d.host}".`,
  hint: () => 'Ask it as localhost or 127.0.0.1, or set SEAWORTHY_HTTP_HOST to open it to the network.',
})

/** A change asked for by a page of another origin, through the browser of somebody who may make it. HTTP 403. */
export const OriginRefused = defineError({
  code: 'ORIGIN_REFUSED',
  status: 403,
  message: (d: { origin: string }) => `A page of ${d.origin} may not change anything here.`,
  hint: () => 'Ask from a program, or from a page of this server.',
})

/** A port that another program holds. HTTP 409, exit code 1. */
export const PortInUse = defineError({
  code: 'PORT_IN_USE',
  status: 409,
  message: (d: { host: string; port: number }) => `Port ${d.port} of ${d.host} is in use by another program.`,
  hint: () => 'Choose another with --port or SEAWORTHY_HTTP_PORT; 0 picks a free one.',
})

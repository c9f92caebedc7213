import { defineError } from '../../kernel/errors.ts'

/** Parts of a request that do not fit its schema, all of them in one message. HTTP 422. */
export const RequestInvalid = defineError({
  code: 'REQUEST_INVALID',
  status: 422,
  message: (d: { problems: readonly string[] }) => `The request does not fit: ${d.problems.join('; ')}`,
  hint: () => 'GET /openapi.json describes every call; the page at /docs tries it.',
})

/** No route at this address. HTTP 404. */
export const AddressUnknown = defineError({
  code: 'ADDRESS_UNKNOWN',
  status: 404,
  message: (d: { method: string; path: string }) => `Nothing answers ${d.method} ${d.path}`,
  hint: () => 'GET /openapi.json lists every call.',
})

/** A body that is not JSON where JSON is asked for. HTTP 415. */
export const BodyNotJson = defineError({
  code: 'BODY_NOT_JSON',
  status: 415,
  message: (d: { contentType: string }) =>
    `This call takes application/json, not ${d.contentType.slice(0, 100) || 'a body without a type'}.`,
  hint: () => 'Send the header content-type: application/json.',
})

/** A body that claims to be JSON and does not parse. HTTP 400. */
export const BodyMalformed = defineError({
  code: 'BODY_MALFORMED',
  status: 400,
  message: (d: { explanation: string }) => `The body cannot be read: ${d.explanation}.`,
  hint: () => 'Send one JSON document in UTF-8, each key once; NaN and Infinity are not JSON.',
})

/** Something else where a file is asked for. HTTP 415. */
export const BodyNotBytes = defineError({
  code: 'BODY_NOT_BYTES',
  status: 415,
  message: (d: { contentType: string }) =>
    `This call takes a file as application/octet-stream, not ${d.contentType.slice(0, 100) || 'a body without a type'}.`,
  hint: () => 'Send the header content-type: application/octet-stream and the bytes of the file as the body, not a form.',
})

/** A body that trickles. HTTP 408. */
export const BodyTooSlow = defineError({
  code: 'BODY_TOO_SLOW',
  status: 408,
  message: (d: { msMax: number }) => `The body did not arrive within ${d.msMax} ms.`,
  hint: () => 'Send the whole body at once, or raise SEAWORTHY_HTTP_TIMEOUT_MS_MAX for slow networks.',
})

/** A sender that went away before its body was whole; nobody reads this answer. HTTP 499. */
export const BodyCutOff = defineError({
  code: 'BODY_CUT_OFF',
  status: 499,
  message: () => 'The sender went away before the body was whole.',
  hint: () => 'Send it again; nothing of it was kept.',
})

/** Bytes that are not a request of HTTP/1.1. HTTP 400. */
export const HttpMalformed = defineError({
  code: 'HTTP_MALFORMED',
  status: 400,
  message: (d: { explanation: string }) => `This is not a valid HTTP request: ${d.explanation}.`,
  hint: () => 'Use an HTTP client, over plain HTTP: TLS ends at a proxy in front of this server.',
})

/** Headers and address that are longer than is read. HTTP 431. */
export const HeadersTooLarge = defineError({
  code: 'HEADERS_TOO_LARGE',
  status: 431,
  message: () => 'The headers and the address of the request have more than 16384 bytes.',
  hint: () => 'Send fewer or shorter headers; data belongs in the body.',
})

/** Headers that trickle. HTTP 408. */
export const HeadersTooSlow = defineError({
  code: 'HEADERS_TOO_SLOW',
  status: 408,
  message: () => 'The headers of the request did not arrive in time.',
  hint: () => 'Send them at once; a connection that is only held open is closed.',
})

/** A body beyond the limit. HTTP 413. */
export const BodyTooLarge = defineError({
  code: 'BODY_TOO_LARGE',
  status: 413,
  message: (d: { bytesMax: number }) => `The body is larger than ${d.bytesMax} bytes.`,
  hint: () => 'Bring large files by POST /v1/uploads; its limit is SEAWORTHY_UPLOAD_BYTES_MAX.',
})

/** A request that does not say whom it asks. HTTP 400. */
export const HostMissing = defineError({
  code: 'HOST_MISSING',
  status: 400,
  message: () => 'The request has no Host header.',
  hint: () => 'Use an HTTP client of HTTP/1.1; it sends the header by itself.',
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

/** A slice that cannot be read. HTTP 422. */
export const SliceInvalid = defineError({
  code: 'SLICE_INVALID',
  status: 422,
  message: (d: { part: string }) => `"${d.part}" is no part of a slice.`,
  hint: () => 'Write input=value, several with commas between them; in a value, %2C is a comma and %25 a percent sign.',
})

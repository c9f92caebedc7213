/**
 * The web interface: the built pages of `web/`, from this server and nowhere else. Files with a hash in their name are kept by
 * browsers for ever; `index.html` is asked for each time, and it is the answer to every address that a person may open.
 *
 * Policy: scripts are files of this server, none stands in a page and none is made of text. The component kit writes a few style
 * elements (what differs by the width of the screen); a nonce, new for each answer, lets in these and no others. Style attributes
 * in HTML stay forbidden: React sets styles through the object model, which no policy is asked about.
 */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AddressUnknown } from './errors.ts'
import { createPageFiles, encodingFor, type PageFile, type PageFiles } from './page-files.ts'

/** Stands in the built `index.html` where the nonce goes. */
export const NONCE_PLACE = '__SEAWORTHY_STYLE_NONCE__'

const INDEX = 'index.html'
/** What programs ask for; an address below one of them is never a page. */
const OF_PROGRAMS = /^\/(v1|v2|api|docs|health|metrics|openapi\.json|assets)(\/|$)/

const policyWith = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

export interface WebPagesOptions {
  /** Where the pages are built to. It may be empty, and may be filled later. */
  readonly folder: string
  /** Said when there are no pages: how they come. */
  readonly advice: string
}

export const addWebPages = ({ folder, advice }: WebPagesOptions) => {
  const files = createPageFiles(folder)
  return (app: FastifyInstance) => {
    app.get('/*', async (request, reply) => {
      const path = request.url.split('?')[0]!
      const file = path === '/' || path === `/${INDEX}` ? undefined : await findFile(files, path)
      if (file !== undefined) return sendFile(request, reply, file)
      if (!isPage(path, request.headers.accept)) throw new AddressUnknown({ method: request.method, path: path.slice(0, 200) })
      const index = await files.find(INDEX)
      return index === undefined ? sendAdvice(reply, advice) : sendIndex(reply, index)
    })
  }
}

async function findFile(files: PageFiles, path: string): Promise<PageFile | undefined> {
  try {
    return await files.find(decodeURIComponent(path.slice(1)))
  } catch {
    return undefined
  }
}

/** A person opens an address; a program that mistypes one is told so instead of getting a page. */
const isPage = (path: string, accept = '') => path === '/' || (!OF_PROGRAMS.test(path) && accept.includes('text/html'))

async function sendFile({ headers }: FastifyRequest, reply: FastifyReply, file: PageFile): Promise<FastifyReply> {
  const encoding = encodingFor(file, headers['accept-encoding'])
  reply
    .type(file.type)
    .header('etag', file.etag)
    .header('vary', 'accept-encoding')
    .header('x-content-type-options', 'nosniff')
    .header('cross-origin-resource-policy', 'same-origin')
    .header('cache-control', file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (file.type.startsWith('image/svg')) reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
  if (headers['if-none-match'] === file.etag) return reply.status(304).send()
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  return reply.send(await file.encoded(encoding))
}

function sendIndex(reply: FastifyReply, index: PageFile): FastifyReply {
  const nonce = randomBytes(16).toString('base64url')
  return pageHeaders(reply, nonce).send(index.bytes.toString('utf8').replaceAll(NONCE_PLACE, nonce))
}

function sendAdvice(reply: FastifyReply, advice: string): FastifyReply {
  const nonce = randomBytes(16).toString('base64url')
  return pageHeaders(reply, nonce).header('refresh', '2').send(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Seaworthy</title>
<style nonce="${nonce}">body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}</style>
</head><body><main><h1>The pages are not built</h1>
<p>${escapeHtml(advice)}</p>
<p>Everything else is up: <a href="/docs">the HTTP API</a>, and the commands in the terminal.</p></main></body></html>
`)
}

const pageHeaders = (reply: FastifyReply, nonce: string) =>
  reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policyWith(nonce))
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'same-origin')
    .header('x-content-type-options', 'nosniff')
    .header('x-frame-options', 'DENY')
    .header('cross-origin-opener-policy', 'same-origin')

const escapeHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../kernel/log.ts'
import { createHttpServer, type RunningServer } from './server.ts'
import { addWebPages, NONCE_PLACE } from './web-pages.ts'

const SCRIPT = `console.log(${JSON.stringify('a'.repeat(5_000))})`
let root: string
let server: RunningServer
beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'seaworthy-pages-'))
  writeFileSync(path.join(root, 'secret.js'), 'the key')
  server = await createHttpServer({
    ...{ routes: [], services: {}, log: silentLog, bodyBytesMax: 2_000, nestingMax: 32, uploadBytesMax: 2_000 },
    ...{ timeoutMsMax: 5_000, actorDefault: 'nobody' },
    pages: addWebPages({ folder: path.join(root, 'dist'), advice: 'Run <npm> first.' }),
  }).listen('127.0.0.1', 0)
})
beforeEach(() => {
  rmSync(path.join(root, 'dist'), { recursive: true, force: true })
})
afterAll(async () => {
  await server.close()
  rmSync(root, { recursive: true })
})

function build(mark = 'first'): void {
  mkdirSync(path.join(root, 'dist/assets'), { recursive: true })
  writeFileSync(path.join(root, 'dist/assets/main-AbCd1234.js'), SCRIPT)
  writeFileSync(path.join(root, 'dist/mark.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(path.join(root, 'dist/index.html'), `<!doctype html><title>${mark}</title><meta nonce="${NONCE_PLACE}">`)
}

/** As it is: no redirect, no decoding, no tidying of the path. */
const get = (address: string, headers: http.OutgoingHttpHeaders = {}, method = 'GET') =>
  new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    const asked = http.request({ host: '127.0.0.1', port: server.port, path: address, headers, method }, (reply) => {
      const chunks: Buffer[] = []
      reply.on('data', (chunk: Buffer) => chunks.push(chunk))
      reply.on('end', () => resolve({ status: reply.statusCode!, headers: reply.headers, body: Buffer.concat(chunks) }))
    })
    asked.on('error', reject).end()
  })
const person = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

test('before pages are built, the first address says how they come, as text', async () => {
  const { status, body, headers } = await get('/', person)
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  expect(body.toString()).toContain('Run &lt;npm&gt; first.')
})

test('the index answers each address of a page, under a policy with a nonce of its own', async () => {
  build()
  const answers = await Promise.all(['/', '/models/a%2Fb', '/index.html'].map((address) => get(address, person)))
  const nonces = answers.map(({ body, headers }) => {
    const nonce = /nonce="(\w[\w-]+)"/.exec(body.toString())![1]!
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`)
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' })
    return nonce
  })
  expect(new Set(nonces).size).toBe(3)
})

test('a program that mistypes an address gets a problem, never a page', async () => {
  build()
  const addresses = ['/v1/modles', '/v2', '/assets/gone-AbCd1234.js', '/metrics/x', '/openapi.json/x']
  for (const address of addresses) expect([address, (await get(address, person)).status]).toEqual([address, 404])
  expect((await get('/models')).status).toBe(404)
  expect((await get('/models', person, 'POST')).status).toBe(404)
  expect((await get('/models', person, 'HEAD')).status).toBe(200)
})

test('a file is compressed as the reader likes it, kept for ever when its name is that of its content, and known again', async () => {
  build()
  const plain = await get('/assets/main-AbCd1234.js')
  expect(plain.body.toString()).toBe(SCRIPT)
  expect(plain.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
  })
  for (const [accepts, encoding] of [
    ['gzip, deflate, br', 'br'],
    ['gzip;q=1.0, br;q=0', 'gzip'],
    ['identity', undefined],
  ] as const) {
    const reply = await get('/assets/main-AbCd1234.js', { 'accept-encoding': accepts })
    expect([accepts, reply.headers['content-encoding']]).toEqual([accepts, encoding])
    if (encoding !== undefined) expect(reply.body.length).toBeLessThan(1_000)
  }
  const again = await get('/mark.svg', { 'if-none-match': (await get('/mark.svg')).headers.etag })
  expect([again.status, again.headers['cache-control']]).toEqual([304, 'no-cache'])
})

test.each([
  '/../secret.js',
  '/assets/../../secret.js',
  '/%2e%2e/secret.js',
  '/..%2fsecret.js',
  '/assets/..%5c..%5csecret.js',
  '/%00',
  '/%',
  '/assets//etc/passwd',
])('nothing outside of the folder is served: %s', async (address) => {
  build()
  const { status, body } = await get(address)
  expect([status, body.includes('the key')]).toEqual([404, false])
})

test('pages that are built anew are served without a new start', async () => {
  build()
  expect((await get('/', person)).body.toString()).toContain('first')
  rmSync(path.join(root, 'dist'), { recursive: true })
  build('second one')
  expect((await get('/', person)).body.toString()).toContain('second one')
})

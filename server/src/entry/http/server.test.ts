import { defineEndpoint } from '@seaworthy/api/endpoint'
import { createClient } from '@seaworthy/api/client'
import { ApiProblem } from '@seaworthy/api/problem'
import http from 'node:http'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { silentLog } from '../../kernel/log.ts'
import { defineRoute } from './define-route.ts'
import { openApiOf } from './openapi.ts'
import { createHttpServer, type RunningServer } from './server.ts'

const double = defineEndpoint({
  id: 'double',
  method: 'POST',
  path: '/v1/numbers/:number/double',
  summary: 'Twice a number',
  layer: 'platform',
  params: z.object({ number: z.coerce.number().int() }),
  body: z.strictObject({ plus: z.number().default(0) }),
  reply: z.object({ value: z.number(), actor: z.string() }),
})
const measure = defineEndpoint({
  id: 'measure',
  method: 'POST',
  path: '/v1/bytes',
  summary: 'Length of a body',
  layer: 'platform',
  body: 'bytes',
  reply: z.object({ bytes: z.number() }),
})
const read = defineEndpoint({ id: 'read', method: 'GET', path: '/v1/file', summary: 'A file', layer: 'platform', reply: 'bytes' })
const break_ = defineEndpoint({
  id: 'break',
  method: 'GET',
  path: '/v1/bug',
  summary: 'A bug',
  layer: 'platform',
  reply: z.object({}),
})

const route = defineRoute<{ base: number }>()
const routes = [
  route(double, async ({ params, body, actor }, { base }) => ({ value: base + params.number * 2 + body.plus, actor })),
  route(measure, async ({ bytes }) => {
    let total = 0
    for await (const chunk of bytes) total += (chunk as Buffer).length
    return { bytes: total }
  }),
  route(read, async () => ({ name: 'a b.txt', bytes: 5, stream: Readable.from([Buffer.from('hello')]) })),
  route(break_, async () => {
    throw new Error('the password is hunter2')
  }),
]

let server: RunningServer
beforeAll(async () => {
  const options = {
    log: silentLog,
    bodyBytesMax: 2_000,
    nestingMax: 32,
    uploadBytesMax: 100_000,
    timeoutMsMax: 5_000,
    actorDefault: 'nobody',
  }
  server = await createHttpServer({ ...options, routes, services: { base: 100 } }).listen('127.0.0.1', 0)
})
afterAll(() => server.close())

const problemFrom = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ApiProblem)) throw new Error(`expected a problem, got ${String(error)}`)
  return error.problem
}

test('a declared call travels through the typed client and back, with its author', async () => {
  const client = createClient({ baseUrl: server.url, actor: 'Zoë' })
  expect(await client.call(double, { params: { number: 4 }, body: { plus: 1 } })).toEqual({ value: 109, actor: 'Zoë' })
})

test('answers carry the time of the clock that the server goes by', async () => {
  const limits = { bodyBytesMax: 1_000, nestingMax: 8, uploadBytesMax: 1_000, timeoutMsMax: 1_000 }
  const { app } = createHttpServer({
    ...{ routes, services: { base: 0 }, log: silentLog, actorDefault: 'tester', ...limits },
    now: () => Date.UTC(2001, 4, 17),
  })
  const reply = await app.inject({ url: '/v1/file', headers: { host: 'localhost' } })
  expect(reply.headers.date).toBe('Thu, 17 May 2001 00:00:00 GMT')
  await app.close()
})

test('bytes are streamed both ways', async () => {
  const client = createClient({ baseUrl: server.url })
  expect(await client.send(measure, new Uint8Array(50_000))).toEqual({ bytes: 50_000 })
  expect(await new Response(await client.open(read)).text()).toBe('hello')
})

test('what does not fit is refused with the path of the field', async () => {
  const client = createClient({ baseUrl: server.url })
  const problem = await problemFrom(client.call(double, { params: { number: 'x' }, body: { plus: 1 } }))
  expect(problem).toMatchObject({ status: 422, code: 'REQUEST_INVALID' })
  expect(problem.detail).toContain('path.number')
  expect((await problemFrom(client.call(double, { params: { number: 1 }, body: { plus: 'x' } as never }))).detail).toContain(
    'body.plus',
  )
})

test('a field that is misspelt, missing or of another kind is told as such', async () => {
  const bodies = [{ puls: 1 }, { plus: [] }, { plus: null }, { plus: true }]
  const client = createClient({ baseUrl: server.url })
  const details = bodies.map(async (body) =>
    problemFrom(client.call(double, { params: { number: 1 }, body: body as never })).then(({ detail }) => detail),
  )
  expect(await Promise.all(details)).toEqual([
    'The request does not fit: body: there is no "puls" here; did you mean "plus"?',
    'The request does not fit: body.plus: expected number, got a list',
    'The request does not fit: body.plus: expected number, got null',
    'The request does not fit: body.plus: expected number, got boolean',
  ])
})

test('a body that is too large, malformed or not JSON gets its own problem', async () => {
  const post = (body: string, contentType = 'application/json') =>
    fetch(`${server.url}/v1/numbers/1/double`, { method: 'POST', body, headers: { 'content-type': contentType } }).then((r) =>
      r.json(),
    )
  expect(await post(`{"plus":${' '.repeat(3_000)}1}`)).toMatchObject({ code: 'BODY_TOO_LARGE', status: 413 })
  expect(await post('{"plus":')).toMatchObject({ code: 'BODY_MALFORMED', status: 400 })
  expect(await post('{"plus":1}', 'text/plain')).toMatchObject({ code: 'BODY_NOT_JSON', status: 415 })
  expect(await post('{"__proto__":{"plus":1}}')).toMatchObject({ status: 400 })
})

test.each<[RegExp, string | Uint8Array<ArrayBuffer>]>([
  [/the key "plus" is there twice/, '{"plus":1,"plus":2}'],
  [/the key "plus" is there twice/, '{"plus":1,"\\u0070lus":2}'],
  [/more than 32 deep/, `{"plus":${'['.repeat(100)}`],
  [/"__proto__" is not used/, '{"plus":{"__proto__":1}}'],
  [/not valid JSON/, '{"plus":NaN}'],
  [/it is empty/, ''],
  [/not UTF-8/, Uint8Array.of(0x22, 0xff, 0x22)],
])('JSON is refused before a schema sees it: %s', async (said, body) => {
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  const reply = await fetch(`${server.url}/v1/numbers/1/double`, { method: 'POST', body, headers })
  const problem = (await reply.json()) as { detail: string; hint: string }
  expect([reply.status, problem]).toEqual([400, expect.objectContaining({ code: 'BODY_MALFORMED' })])
  expect(problem.detail).toMatch(said)
})

test('a file is taken as bytes only, and within its limit, whether its length was told or not', async () => {
  const send = (body: string | FormData | Uint8Array<ArrayBuffer>, type = 'application/octet-stream') =>
    fetch(`${server.url}/v1/bytes`, { method: 'POST', body, headers: { 'content-type': type }, duplex: 'half' } as RequestInit)
  expect(await (await send('[1]', 'application/json')).json()).toMatchObject({ code: 'BODY_NOT_BYTES', status: 415 })
  expect(await (await send(new FormData(), 'multipart/form-data')).json()).toMatchObject({ code: 'BODY_NOT_BYTES' })
  expect(await (await send(new Uint8Array(100_001))).json()).toMatchObject({ code: 'BLOB_TOO_LARGE', status: 413 })
})

test('a bug answers 500 and leaks nothing', async () => {
  const reply = await fetch(`${server.url}/v1/bug`)
  const text = await reply.text()
  expect(reply.status).toBe(500)
  expect(text).not.toContain('hunter2')
  expect(JSON.parse(text)).toMatchObject({ code: 'INTERNAL' })
})

test('an unknown address says where the calls are listed', async () => {
  const reply = await fetch(`${server.url}/v2/nothing`)
  expect(await reply.json()).toMatchObject({ code: 'ADDRESS_UNKNOWN', hint: expect.stringContaining('openapi.json') as string })
})

test('a page from elsewhere that reaches this machine by its own name is refused', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) =>
    http
      .get({ host: '127.0.0.1', port: server.port, path: '/v1/file', headers: { host: 'evil.example' } }, (reply) => {
        reply.resume()
        resolve(reply.statusCode)
      })
      .on('error', reject),
  )
  expect(status).toBe(403)
})

test('a page of another origin cannot change anything, and one of this server can', async () => {
  const post = (origin: string) =>
    fetch(`${server.url}/v1/bytes`, {
      method: 'POST',
      body: new Uint8Array(3),
      headers: { origin, 'content-type': 'application/octet-stream' },
    })
  expect((await post('https://evil.example')).status).toBe(403)
  expect((await post('null')).status).toBe(403)
  expect((await post(server.url)).status).toBe(200)
})

test('the OpenAPI document has every call with its schemas', () => {
  const document = openApiOf(
    routes.map(({ endpoint }) => endpoint),
    '1.0.0',
  )
  expect(document).toMatchObject({
    openapi: '3.1.0',
    paths: {
      '/v1/numbers/{number}/double': {
        post: { operationId: 'double', parameters: [{ name: 'number', in: 'path', required: true }] },
      },
    },
  })
})

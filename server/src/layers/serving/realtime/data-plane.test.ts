import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPlane } from '../../../../test/fixtures/served-plane.ts'
import { treesSample } from '../../../../test/fixtures/synthetic-trees.ts'
import type { ServedRequest } from './served-request.ts'

type Served = Awaited<ReturnType<typeof startPlane>>
let app: Served
const kept: ServedRequest[] = []

beforeAll(async () => {
  app = await startPlane({ sink: { accept: (served) => void kept.push(served) } })
  await app.plane.setDeployment('delay', [{ name: 'champion', share: 1, version: app.version(1) }])
})
afterAll(() => app.close())

const GOOD = treesSample[0]!
const bodyOf = (...instances: readonly object[]) => JSON.stringify({ instances })

interface Reply {
  readonly requestId: string
  readonly version: number
  readonly predictions: readonly {
    readonly id: string
    readonly output: { readonly late: number }
    readonly flags?: readonly object[]
  }[]
}
interface Problem {
  readonly code: string
  readonly detail: string
  readonly hint: string
  readonly details: { readonly problems?: readonly { readonly path: string; readonly code: string }[] }
}
const replyOf = async (response: Response) => (await response.json()) as Reply
const problemOf = async (response: Response) => (await response.json()) as Problem

test('predictions come in the order of the instances, each with an id, and are kept as they crossed the wire', async () => {
  const body = bodyOf(...treesSample)
  const response = await app.predict(body, { 'x-request-id': 'order-1', 'x-caller': 'gate 7' })
  const text = await response.text()
  const reply = JSON.parse(text) as Reply
  expect(response.status).toBe(200)
  expect(reply).toMatchObject({ requestId: 'order-1', deployment: 'delay', model: 'trees', version: 1, variant: 'champion' })
  expect(new Set(reply.predictions.map(({ id }) => id)).size).toBe(8)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'x-request-id': 'order-1',
    'x-seaworthy-version': '1',
    'server-timing': expect.stringMatching(/^total;dur=[\d.]+$/),
  })
  expect(kept.at(-1)).toMatchObject({ requestId: 'order-1', caller: 'gate 7', instances: body, reply: text, version: 1 })
  for (const [i, instance] of treesSample.entries()) {
    const alone = await replyOf(await app.predict(bodyOf(instance)))
    expect(alone.predictions[0]!.output).toEqual(reply.predictions[i]!.output)
  }
})

test('a request larger than a batch is answered whole and in order', async () => {
  const reply = await replyOf(await app.predict(bodyOf(...Array.from({ length: 1_000 }, (_, i) => treesSample[i % 8]!))))
  const first = reply.predictions.slice(0, 8).map(({ output }) => output.late)
  expect(reply.predictions.map(({ output }) => output.late)).toEqual(Array.from({ length: 1_000 }, (_, i) => first[i % 8]))
})

test('a request id that is not safe to log is replaced', async () => {
  const reply = await replyOf(await app.predict(bodyOf(GOOD), { 'x-request-id': 'a b"c' }))
  expect(reply.requestId).toMatch(/^[a-z0-9]{24}$/)
})

const refused: readonly (readonly [string, string | Uint8Array<ArrayBuffer>, number, string])[] = [
  ['larger than the limit', Buffer.alloc(2_000_000, 32), 413, 'PREDICTION_BODY_TOO_LARGE'],
  ['of 10,000 nested brackets', '['.repeat(10_000), 400, 'PREDICTION_BODY_MALFORMED'],
  ['empty', '', 400, 'PREDICTION_BODY_MALFORMED'],
  ['cut short', '{"instances":[{"hour":1', 400, 'PREDICTION_BODY_MALFORMED'],
  ['not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 400, 'PREDICTION_BODY_MALFORMED'],
  ['with NaN', '{"instances":[{"hour":NaN}]}', 400, 'PREDICTION_BODY_MALFORMED'],
  ['with a huge number', bodyOf(GOOD).replace('"distance":200', '"distance":1e400'), 422, 'NOT_FINITE'],
  ['of a wrong type', bodyOf({ ...GOOD, hour: 'nine' }), 422, 'WRONG_TYPE'],
  ['with an unknown category', bodyOf({ ...GOOD, origin: 'A0' }), 422, 'UNKNOWN_CATEGORY'],
  ['with a duplicate key', bodyOf(GOOD).replace('"hour":', '"hour":1,"hour":'), 422, 'DUPLICATE_KEY'],
  ['with a duplicate key, escaped', bodyOf(GOOD).replace('"hour":', '"\\u0068our":1,"hour":'), 422, 'DUPLICATE_KEY'],
  ['with the prototype as a key', bodyOf(GOOD).replace('"hour":', '"__proto__":{"x":1},"hour":'), 422, 'UNKNOWN_FIELD'],
  ['with the constructor as a key', bodyOf({ ...GOOD, constructor: 1 }), 422, 'UNKNOWN_FIELD'],
  ['without instances', '{}', 422, 'MISSING'],
  ['with no instance', '{"instances":[]}', 422, 'WRONG_TYPE'],
  ['with too many instances', bodyOf(...Array.from({ length: 5_001 }, () => ({}))), 422, 'TOO_MANY'],
  ['that is a list', '[]', 422, 'WRONG_TYPE'],
  ['with more than instances', '{"instances":[{}],"instance":1}', 422, 'UNKNOWN_FIELD'],
]
test.each(refused)('a body %s is refused with what is wrong and what to do', async (_, body, status, code) => {
  const before = kept.length
  const response = await app.predict(body)
  const problem = await problemOf(response)
  expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json; charset=utf-8'])
  expect([problem.code, ...(problem.details.problems ?? []).map((one) => one.code)]).toContain(code)
  expect(problem.hint).not.toBe('')
  expect([kept.length, ({} as { x?: number }).x]).toEqual([before, undefined])
  expect((await app.predict(bodyOf(GOOD))).status).toBe(200)
})

test('a compressed body is refused, since it could grow without limit', async () => {
  expect((await app.predict('x', { 'content-encoding': 'gzip' })).status).toBe(415)
})

/** Sends raw bytes and returns what comes back until the server closes or `text` is seen. */
function exchange(bytes: string, more?: (write: (text: string) => void) => void): Promise<string> {
  return new Promise((resolve) => {
    let seen = ''
    const socket = connect(app.port, '127.0.0.1', () => {
      socket.write(bytes)
      more?.((text) => void (socket.destroyed || socket.write(text)))
    })
    socket.on('data', (chunk) => (seen += chunk.toString()))
    socket.on('error', () => {})
    socket.on('close', () => resolve(seen))
  })
}
const HEAD = 'POST /v1/deployments/delay/predict HTTP/1.1\r\nhost: x\r\n'

test('100 MB are refused by their announcement, before they are read', async () => {
  expect(await exchange(`${HEAD}content-length: 104857600\r\n\r\n{`)).toMatch(/^HTTP\/1.1 413 /)
})

test('a body without a length is stopped where it passes the limit', async () => {
  const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`
  expect(
    await exchange(`${HEAD}transfer-encoding: chunked\r\n\r\n`, (write) => {
      for (let i = 0; i < 40; i++) write(chunk)
    }),
  ).toMatch(/^HTTP\/1.1 413 /)
})

test('a body in pieces is put together, also in the middle of a letter', async () => {
  const body = Buffer.from(bodyOf({ ...GOOD, origin: 'Zürich' }))
  const half = body.indexOf(0xc3) + 1
  const response = await fetch(`${app.url}/v1/deployments/delay/predict`, {
    method: 'POST',
    duplex: 'half',
    body: new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(body.subarray(0, half))
        controller.enqueue(body.subarray(half))
        controller.close()
      },
    }),
  } as RequestInit)
  expect((await problemOf(response)).detail).toContain('"Zürich"')
})

test('a deployment that is not here is told with those that are', async () => {
  const response = await fetch(`${app.url}/v1/deployments/dely/predict`, { method: 'POST', body: '{}' })
  expect([response.status, await problemOf(response)]).toEqual([404, expect.objectContaining({ hint: 'Served here: delay.' })])
})

test('health, metrics, signature, OpenAPI and the documentation page are there, and ask no other host', async () => {
  const get = async (address: string) => (await fetch(app.url + address)).text()
  expect(await get('/health/live')).toBe('{"status":"live"}')
  expect((await fetch(`${app.url}/health/ready`)).status).toBe(200)
  expect(await get('/metrics')).toMatch(/seaworthy_requests_total\{deployment="delay",status="200"\} \d+/)
  expect(JSON.parse(await get('/v1/deployments/delay'))).toMatchObject({ name: 'delay', variants: [{ version: 1, share: 1 }] })
  const document = JSON.parse(await get('/v1/deployments/delay/openapi.json')) as {
    openapi: string
    paths: Record<string, { post: { requestBody: { content: Record<string, { example: object }> } } }>
  }
  const example = document.paths['/v1/deployments/delay/predict']!.post.requestBody.content['application/json']!.example
  expect((await app.predict(JSON.stringify(example))).status).toBe(200)
  const page = await get('/v1/deployments/delay/docs')
  expect(page).not.toMatch(/https?:/)
  expect((await get('/v1/deployments/delay/docs/scalar.js')).length).toBeGreaterThan(1_000_000)
  expect((await fetch(`${app.url}/v1/deployments/nobody/docs`)).status).toBe(404)
})

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { startReceiver } from '../../../../test/fixtures/receivers.ts'
import { judgeAddress, resolveAllowed } from './address-guard.ts'
import { createPost } from './safe-post.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
const receiver = async (...given: Parameters<typeof startReceiver>) => {
  const started = await startReceiver(...given)
  stops.push(() => started.stop())
  return started
}
const postTo = (url: string, more: object = {}) =>
  createPost()({ url, headers: {}, body: '{}', allowPrivate: true, signal: AbortSignal.timeout(5_000), ...more })

test.each([
  ['127.0.0.1', 'private'],
  ['::1', 'private'],
  ['::ffff:127.0.0.1', 'private'],
  ['::ffff:7f00:1', 'private'],
  ['10.1.2.3', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.1', 'public'],
  ['192.168.0.1', 'private'],
  ['100.64.0.1', 'private'],
  ['fd12::1', 'private'],
  ['0.0.0.0', 'never'],
  ['::', 'never'],
  ['169.254.169.254', 'never'],
  ['::ffff:169.254.169.254', 'never'],
  ['::ffff:a9fe:a9fe', 'never'],
  ['64:ff9b::a9fe:a9fe', 'never'],
  ['2002:a9fe:a9fe::1', 'never'],
  ['fd00:ec2::254', 'never'],
  ['fd20:ce::254', 'never'],
  ['fd00:c1::a9fe:a9fe', 'never'],
  ['fd00:42::42', 'never'],
  ['::7f00:1', 'never'],
  ['::169.254.169.254', 'never'],
  ['::ffff:0:a9fe:a9fe', 'never'],
  ['5f00::1', 'never'],
  ['100.100.100.200', 'never'],
  ['168.63.129.16', 'never'],
  ['fe80::1', 'never'],
  ['fe80::1%eth0', 'never'],
  ['224.0.0.1', 'never'],
  ['255.255.255.255', 'never'],
  ['not an address', 'never'],
  ['93.184.216.34', 'public'],
  ['2606:2800:220:1:248:1893:25c8:1946', 'public'],
])('%s is %s', (address, expected) => expect(judgeAddress(address)).toBe(expected))

test.each([
  'http://127.0.0.1:1/',
  'http://2130706433:1/',
  'http://0x7f.1:1/',
  'http://[::1]:1/',
  'http://[::ffff:127.0.0.1]:1/',
  'http://localhost:1/',
  'http://169.254.169.254/latest/meta-data',
])('without leave %s is not asked, however it is spelt', (url) =>
  expect(postTo(url, { allowPrivate: false })).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' }),
)

test('metadata addresses are not asked with leave for private ones either', () =>
  expect(postTo('http://169.254.169.254/latest/meta-data')).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' }))

test('a name of which one address is inside is refused as a whole', async () => {
  const resolve = async () => [
    { address: '93.184.216.34', family: 4 },
    { address: '10.0.0.1', family: 4 },
  ]
  await expect(resolveAllowed('hooks.example.com', { allowPrivate: false, resolve })).rejects.toMatchObject({
    code: 'ADDRESS_REFUSED',
  })
  await expect(resolveAllowed('hooks.example.com', { allowPrivate: false, resolve: async () => [] })).rejects.toMatchObject({
    code: 'DELIVERY_FAILED',
  })
})

test('the connection goes to the address that was judged, and the name is resolved once', async () => {
  const to = await receiver()
  let asked = 0
  const post = createPost(async () => [{ address: (asked += 1) === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }])
  const reply = await post({
    ...{ url: `http://rebinding.example.com:${to.port}/hook`, headers: {}, body: '{}', allowPrivate: true },
    signal: AbortSignal.timeout(5_000),
  })
  expect([reply.status, asked, to.requests[0]!.headers.host]).toEqual([200, 1, `rebinding.example.com:${to.port}`])
})

test('a redirect is not followed, and says so', async () => {
  const other = await receiver()
  const to = await receiver([302], { location: other.url })
  await expect(postTo(to.url)).rejects.toMatchObject({
    code: 'DELIVERY_REFUSED',
    message: expect.stringMatching(/302, and redirects are not followed/),
  })
  expect(other.requests).toHaveLength(0)
})

test.each([
  [400, 'DELIVERY_REFUSED'],
  [404, 'DELIVERY_REFUSED'],
  [408, 'DELIVERY_FAILED'],
  [429, 'DELIVERY_FAILED'],
  [500, 'DELIVERY_FAILED'],
  [503, 'DELIVERY_FAILED'],
])('an answer of %i is %s', async (status, code) => {
  const to = await receiver([status], { 'retry-after': '7' })
  await expect(postTo(to.url)).rejects.toMatchObject({
    code,
    ...(code === 'DELIVERY_FAILED' ? { details: { retryAfterMs: 7_000 } } : {}),
  })
})

test('errors name the host and not the path, which may be the secret', async () => {
  const to = await receiver([404])
  const failure = await postTo(`${to.url}/services/T0/secret-part?key=secret-part`).catch((error: unknown) => error as Error)
  expect(JSON.stringify([failure, (failure as Error).message])).not.toMatch(/secret-part/)
})

test('a receiver that never answers, never ends, or is not there costs a bounded time and memory', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  const endless = createServer((_, response) => {
    const more = (error?: Error | null): void => {
      if (error == null && !response.closed) response.write('x'.repeat(100_000), more)
    }
    more()
  }).listen(0, '127.0.0.1')
  for (const server of [silent, endless])
    stops.push(async () => (server.closeAllConnections(), new Promise((done) => server.close(done))))
  await Promise.all([silent, endless].map((server) => new Promise((done) => server.once('listening', done))))
  const urlOf = (server: typeof silent) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  await expect(postTo(urlOf(silent), { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
    code: 'DELIVERY_FAILED',
    message: expect.stringMatching(/took too long/),
  })
  expect((await postTo(urlOf(endless))).body.length).toBe(65_536)
  await expect(postTo('http://127.0.0.1:1/')).rejects.toMatchObject({
    code: 'DELIVERY_FAILED',
    message: expect.stringMatching(/ECONNREFUSED/),
  })
})

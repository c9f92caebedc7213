import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startPlane } from '../../../../test/fixtures/served-plane.ts'
import { treesSample } from '../../../../test/fixtures/synthetic-trees.ts'

const BODY = JSON.stringify({ instances: [treesSample[0]] })
const bodyOfRows = (rows: number) => JSON.stringify({ instances: Array.from({ length: rows }, () => treesSample[0]) })
const PATH = '/v1/deployments/delay/predict'

test('more rows than may wait are shed with 503 and a time to come again; those that wait are answered', async () => {
  const app = await startPlane({ rowsWaitingMax: 4_000 })
  await app.plane.setDeployment('delay', [{ name: 'champion', share: 1, version: app.version(1, 300) }])
  const responses = await Promise.all(Array.from({ length: 8 }, () => app.predict(bodyOfRows(3_000))))
  const statuses = responses.map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([200, 503]))
  for (const response of responses)
    if (response.status === 503) {
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
      expect(await response.json()).toMatchObject({ code: 'OVERLOADED' })
    } else await response.arrayBuffer()
  expect((await app.predict(BODY)).status).toBe(200)
  await app.close()
})

test('versions are swapped under load without a failed request, and a version that cannot load changes nothing', async () => {
  const app = await startPlane()
  const set = (version: number) =>
    app.plane.setDeployment('delay', [{ name: 'champion', share: 1, version: app.version(version) }])
  await set(1)
  const seen = new Map<number, number>()
  let isOver = false
  const clients = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      const response = await app.predict(BODY)
      const reply = (await response.json()) as { version: number }
      expect(response.status).toBe(200)
      seen.set(reply.version, (seen.get(reply.version) ?? 0) + 1)
    }
  })
  for (const version of [2, 3, 4]) await set(version)
  const broken = { ...app.version(5), modelFile: `${app.version(5).modelFile}.missing` }
  await expect(app.plane.setDeployment('delay', [{ name: 'champion', share: 1, version: broken }])).rejects.toMatchObject({
    code: 'MODEL_UNREADABLE',
  })
  isOver = true
  await Promise.all(clients)
  expect([...seen.keys()].at(-1)).toBe(4)
  expect(await (await app.predict(BODY)).json()).toMatchObject({ version: 4 })
  await app.close()
})

test('versions side by side share the requests, and one request id always meets the same', async () => {
  const app = await startPlane()
  await app.plane.setDeployment('delay', [
    { name: 'champion', share: 0.8, version: app.version(1) },
    { name: 'challenger', share: 0.2, version: app.version(2) },
  ])
  const variantOf = async (id: string) =>
    ((await (await app.predict(BODY, { 'x-request-id': id })).json()) as { variant: string }).variant
  const variants = await Promise.all(Array.from({ length: 500 }, (_, i) => variantOf(`r${i}`)))
  const share = variants.filter((variant) => variant === 'challenger').length / variants.length
  expect(share).toBeGreaterThan(0.12)
  expect(share).toBeLessThan(0.28)
  expect(await variantOf('r7')).toBe(variants[7])
  await app.close()
})

test('ready only when all is warm, and not while draining; what is in flight is answered', async () => {
  const app = await startPlane({ sink: { accept: () => new Promise((resolve) => setTimeout(resolve, 100)) } })
  const ready = async () => (await fetch(`${app.url}/health/ready`)).status
  const setting = app.plane.setDeployment('delay', [{ name: 'champion', share: 1, version: app.version(1) }])
  expect(await ready()).toBe(503)
  await setting
  expect(await ready()).toBe(200)
  const answers = Array.from({ length: 20 }, () => app.predict(BODY))
  await new Promise((resolve) => setTimeout(resolve, 60))
  const drained = app.plane.drain(5_000)
  expect(await ready()).toBe(503)
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 200))
  await drained
  await app.close()
})

test('a body that does not come is given up with 408, an answer that does not come with 504', async () => {
  const never = new Promise<void>(() => {})
  const app = await startPlane({ timeoutMsMax: 60, sink: { accept: ({ caller }) => (caller === 'slow' ? never : undefined) } })
  await app.plane.setDeployment('delay', [{ name: 'champion', share: 1, version: app.version(1) }])
  const slow = await app.predict(BODY, { 'x-caller': 'slow' })
  expect([slow.status, await slow.json()]).toEqual([504, expect.objectContaining({ code: 'PREDICTION_TIMEOUT' })])
  const text = await new Promise<string>((resolve) => {
    const socket = connect(app.port, '127.0.0.1', () =>
      socket.write(`POST ${PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"inst`),
    )
    socket.on('data', (chunk) => {
      resolve(chunk.toString())
      socket.destroy()
    })
  })
  expect(text).toMatch(/^HTTP\/1.1 408 [\s\S]*6 bytes of it came/)
  await app.close()
})

test('an answer waits for a sink that waits for the disk, and fails with it', async () => {
  let keep: () => void = () => {}
  let order = ''
  const app = await startPlane({
    sink: {
      accept: ({ caller }) =>
        caller === 'broken'
          ? Promise.reject(new Error('disk'))
          : new Promise<void>((resolve) => (keep = () => resolve(void (order += 'kept ')))),
    },
  })
  await app.plane.setDeployment('delay', [{ name: 'champion', share: 1, version: app.version(1) }])
  const answer = app.predict(BODY).then(({ status }) => (order += `answered ${status}`))
  await new Promise((resolve) => setTimeout(resolve, 50))
  keep()
  await answer
  expect(order).toBe('kept answered 200')
  expect((await app.predict(BODY, { 'x-caller': 'broken' })).status).toBe(500)
  await app.close()
})

test('a sink that throws does not take the prediction with it', async () => {
  const app = await startPlane({
    sink: {
      accept() {
        throw new Error('bug')
      },
    },
  })
  await app.plane.setDeployment('delay', [{ name: 'champion', share: 1, version: app.version(1) }])
  expect((await app.predict(BODY)).status).toBe(200)
  await app.close()
})

test('senders that go away leave nothing behind', async () => {
  const app = await startPlane()
  await app.plane.setDeployment('delay', [{ name: 'champion', share: 1, version: app.version(1) }])
  for (let i = 0; i < 20; i++)
    await new Promise<void>((resolve) => {
      const socket = connect(app.port, '127.0.0.1', () => {
        socket.write(`POST ${PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: ${BODY.length}\r\n\r\n${i % 2 === 0 ? BODY : '{'}`)
        setImmediate(() => socket.resetAndDestroy())
      })
      socket.on('close', () => resolve())
    })
  const reply = await app.predict(BODY)
  expect(reply.status).toBe(200)
  await app.close()
})

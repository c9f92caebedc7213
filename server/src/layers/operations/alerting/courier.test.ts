import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createDesk, findingAt, HOUR_MS, STARTED_AT } from '../../../../test/fixtures/incidents.ts'
import { startReceiver } from '../../../../test/fixtures/receivers.ts'
import { createManualClock } from '../../../kernel/clock.ts'
import type { Log } from '../../../kernel/log.ts'
import { openDatabase } from '../../../platform/db/open-database.ts'
import { parseChannelSettings } from './channel-settings.ts'
import { createConfiguredChannels } from './configured-channels.ts'
import { createCourier } from './courier.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** An incident whose channels are receivers that answer with these statuses. */
async function incidentTold(answers: Readonly<Record<string, readonly number[]>>, attemptsMax = 4) {
  const db = await openDatabase({ file: ':memory:', busyMsMax: 1_000 })
  stops.push(() => db.close())
  const receivers = new Map<string, Awaited<ReturnType<typeof startReceiver>>>()
  for (const [name, statuses] of Object.entries(answers)) {
    const receiver = await startReceiver(statuses)
    stops.push(() => receiver.stop())
    receivers.set(name, receiver)
  }
  const settings = Object.fromEntries(
    Array.from(receivers, ([name, { url }]) => [name, { type: 'webhook', url: `${url}/secret-path`, 'allow-private': true }]),
  )
  const clock = createManualClock(STARTED_AT)
  const lines: string[] = []
  const keep = (event: string, facts?: object) => void lines.push(`${event} ${JSON.stringify(facts)}`)
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep }
  const file = parseChannelSettings(JSON.stringify({ channels: settings }), 'channels.yaml', {})
  const channels = createConfiguredChannels({ file, folder: '/', log, clock })
  const desk = createDesk(db, { clock })
  const ends: string[] = []
  const options = {
    db,
    clock,
    log,
    channels,
    attemptsMax,
    random: () => 1,
    onEnd: (channel: string, end: string) => void ends.push(`${channel} ${end}`),
  }
  const fire = (at: number, state: 'breach' | 'ok') =>
    desk.desk.observe([findingAt(at, state)], { sustained: 1, clearAfter: 1, channels: Object.keys(answers) })
  const eventsOf = (name: string) =>
    receivers
      .get(name)!
      .bodies()
      .map((body) => body['notification_reason'])
  return { db, clock, desk: desk.desk, fire, courier: createCourier(options), options, receivers, eventsOf, ends, lines }
}

test('what fails is sent again later and later under the same id, and nothing overtakes it', async () => {
  const { courier, fire, clock, eventsOf, receivers, ends } = await incidentTold({ slow: [500, 503, 200], quick: [200] })
  await fire(0, 'breach')
  expect(await courier.deliverDue()).toBe(1)
  await fire(1, 'ok')
  expect(await courier.deliverDue()).toBe(1)
  expect([eventsOf('quick'), eventsOf('slow')]).toEqual([['open', 'resolve'], ['open']])
  clock.advance(4_999)
  expect(await courier.deliverDue()).toBe(0)
  clock.advance(1)
  await courier.deliverDue()
  clock.advance(10_000)
  expect(await courier.deliverDue()).toBe(1)
  expect(await courier.deliverDue()).toBe(1)
  expect(eventsOf('slow')).toEqual(['open', 'open', 'open', 'resolve'])
  const keys = receivers.get('slow')!.requests.map(({ headers }) => headers['idempotency-key'])
  expect([new Set(keys.slice(0, 3)).size, new Set(keys).size]).toEqual([1, 2])
  expect(ends.filter((end) => end.startsWith('slow'))).toEqual(['slow failed', 'slow failed', 'slow sent', 'slow sent'])
})

test('what cannot be sent is given up, loudly, shown in the health, and holds nothing back after that', async () => {
  const { courier, fire, clock, eventsOf, lines } = await incidentTold({ dead: [500, 500, 200], gone: [410] }, 2)
  await fire(0, 'breach')
  await courier.deliverDue()
  clock.advance(HOUR_MS)
  await courier.deliverDue()
  await fire(2, 'ok')
  await courier.deliverDue()
  expect([eventsOf('dead'), eventsOf('gone')]).toEqual([
    ['open', 'open', 'resolve'],
    ['open', 'resolve'],
  ])
  expect(await courier.health()).toEqual([
    { channel: 'console', waiting: 0, sent: 0, givenUp: 0 },
    {
      channel: 'dead',
      waiting: 0,
      sent: 1,
      givenUp: 1,
      lastSentAt: clock.now(),
      lastError: expect.stringMatching(/^DELIVERY_FAILED: 127\.0\.0\.1 .* 500/),
    },
    { channel: 'gone', waiting: 0, sent: 0, givenUp: 2, lastError: expect.stringMatching(/^DELIVERY_REFUSED/) },
  ])
  expect(lines.filter((line) => line.startsWith('an alert was given up'))).toHaveLength(3)
  expect(lines.join()).not.toContain('secret-path')
})

test('a message of a process that died while sending is sent by the next one, and not before', async () => {
  const { courier, db, fire, clock, eventsOf } = await incidentTold({ hook: [200] })
  await fire(0, 'breach')
  await db.kysely
    .updateTable('delivery')
    .set({ lease_until: clock.now() + 60_000, attempt: 1 })
    .execute()
  expect(await courier.deliverDue()).toBe(0)
  clock.advance(60_001)
  expect(await courier.deliverDue()).toBe(1)
  expect(eventsOf('hook')).toEqual(['open'])
})

test('two couriers on one store send each message once', async () => {
  const { options, fire, eventsOf } = await incidentTold({ a: [200], b: [200], c: [200] })
  await fire(0, 'breach')
  const couriers = [createCourier(options), createCourier(options)]
  await Promise.all(couriers.map((courier) => courier.deliverDue()))
  expect(['a', 'b', 'c'].map(eventsOf)).toEqual([['open'], ['open'], ['open']])
})

test('between start and stop it sends by itself, after letting time do its work', async () => {
  const { options, fire, clock, desk, eventsOf } = await incidentTold({ hook: [200] })
  await fire(0, 'breach')
  clock.advance(HOUR_MS)
  const courier = createCourier({ ...options, beforeLook: () => desk.tick() })
  courier.start()
  await expect.poll(() => eventsOf('hook'), { timeout: 5_000 }).toEqual(['open'])
  await courier.stop()
})

test('a message for a channel that is no longer set up is given up', async () => {
  const { options, fire, db } = await incidentTold({ hook: [200] })
  await fire(0, 'breach')
  const file = parseChannelSettings('', 'channels.yaml', {})
  const channels = createConfiguredChannels({ file, folder: '/', log: options.log, clock: options.clock })
  await createCourier({ ...options, channels }).deliverDue()
  expect(await db.kysely.selectFrom('delivery').select(['state', 'error']).execute()).toEqual([
    { state: 'given-up', error: expect.stringMatching(/^CHANNEL_UNKNOWN/) },
  ])
})

/** A receiver that takes connections and never answers. */
async function startSilentReceiver(): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {})))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  stops.push(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a channel that does not answer keeps no other channel waiting, and nothing that time asks for', async () => {
  const { options, fire, desk, clock, eventsOf, receivers } = await incidentTold({ hook: [200], silent: [200] })
  const url = { silent: await startSilentReceiver(), hook: receivers.get('hook')!.url }
  const channels = { hook: { type: 'webhook', url: url.hook, 'allow-private': true } }
  const silent = { type: 'webhook', url: url.silent, 'allow-private': true }
  const file = parseChannelSettings(JSON.stringify({ channels: { ...channels, silent } }), 'channels.yaml', {})
  const configured = createConfiguredChannels({ file, folder: '/', log: options.log, clock })
  let looks = 0
  const courier = createCourier({ ...options, channels: configured, beforeLook: async () => void (looks += 1) })
  stops.unshift(() => courier.stop())
  await fire(0, 'breach')
  courier.start()
  await expect.poll(() => eventsOf('hook')).toEqual(['open'])
  const before = looks
  await desk.resolve(1, { actor: 'kim', verdict: 'real' })
  await expect.poll(() => eventsOf('hook'), { timeout: 5_000 }).toEqual(['open', 'resolve'])
  expect(looks).toBeGreaterThan(before)
})

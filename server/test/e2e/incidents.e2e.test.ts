/** Incidents through the real program: commands without a server, a server that tells of them, and one that is killed meanwhile. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createManualClock } from '../../src/kernel/clock.ts'
import { openDatabase } from '../../src/platform/db/open-database.ts'
import { createDesk, findingAt } from '../fixtures/incidents.ts'
import { type RunningProgram, runProgram, runWell, startProgram } from '../fixtures/program.ts'
import { startReceiver } from '../fixtures/receivers.ts'

const stops: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

/** A project whose monitor has just found something, and channels that lead to `hook`. */
async function projectWithIncident(hook: string) {
  const cwd = mkdtempSync(path.join(tmpdir(), 'seaworthy-incidents-'))
  stops.push(() => rmSync(cwd, { recursive: true, force: true }))
  mkdirSync(path.join(cwd, '.seaworthy'))
  const settings = {
    channels: { hook: { type: 'webhook', url: 'env:HOOK', 'allow-private': true }, copy: { type: 'file', path: 'alerts.jsonl' } },
    'escalate-to': ['copy'],
  }
  writeFileSync(path.join(cwd, 'channels.yaml'), JSON.stringify(settings))
  await onStore(cwd, async (db) => {
    const { desk } = createDesk(db, { clock: createManualClock(Date.now()) })
    const evidence = { histogram: { labels: ['< 400', 'missing'], before: [0.98, 0.02], after: [0.6, 0.4] } }
    const found = { kind: 'data-quality', measure: 'missing', sentence: 'distance is missing in 40 % of rows', evidence } as const
    await desk.observe([findingAt(0, 'breach', { ...found, weight: 3 }), findingAt(0, 'breach')], {
      sustained: 1,
      channels: ['hook'],
    })
  })
  return { cwd, env: { SEAWORTHY_CHANNELS_FILE: 'channels.yaml', HOOK: hook } }
}

async function onStore(cwd: string, work: (db: Awaited<ReturnType<typeof openDatabase>>) => Promise<void>) {
  const db = await openDatabase({ file: path.join(cwd, '.seaworthy/metadata.sqlite'), busyMsMax: 10_000 })
  try {
    await work(db)
  } finally {
    await db.close()
  }
}
const start = async (options: Parameters<typeof startProgram>[0]): Promise<RunningProgram> => {
  const program = await startProgram(options)
  stops.push(() => program.stop('SIGKILL'))
  return program
}

test('commands show an incident, answer it, and say what they need, with and without a server', async () => {
  const receiver = await startReceiver()
  stops.push(() => receiver.stop())
  const options = await projectWithIncident(receiver.url)
  const shown = await runWell(['incidents', 'show', '1'], options)
  expect(shown).toMatch(/Incident 1 {2}open {2}warning {2}flight-delay/)
  expect(shown).toMatch(/before {2}█▁\n {2}after {3}▅▄\n.*missing, from 2 % to 40 %/)
  expect(shown).toMatch(/What that explains\n {2}distance in window 0: breach {2}\(by data-quality of distance\)/)
  expect(await runWell(['incidents'], options)).toMatch(
    /1 +open +flight-delay +2026-03-01 00:00 +distance is missing in 40 % of rows/,
  )
  expect(receiver.requests).toHaveLength(0)

  const server = await start(options)
  await expect.poll(() => receiver.bodies().map((body) => body['notification_reason']), { timeout: 15_000 }).toEqual(['open'])
  await runWell(['incidents', 'ack', '1', '--reason', 'I look'], options)
  await runWell(['incidents', 'resolve', '1', '--verdict', 'real'], options)
  await expect
    .poll(() => receiver.bodies().map((body) => body['notification_reason']), { timeout: 15_000 })
    .toEqual(['open', 'acknowledge', 'resolve'])
  expect(receiver.bodies()[1]).toMatchObject({ seaworthy: { actor: 'tester', reason: 'I look' } })
  await runWell(['alerts', 'test', 'copy'], options)
  expect(readFileSync(path.join(options.cwd, 'alerts.jsonl'), 'utf8')).toMatch(/A test of the channel copy, asked for by tester/)
  const channels = JSON.parse(await runWell(['alerts', '--json'], options)) as { items: { name: string; sent: number }[] }
  expect(channels.items).toMatchObject([
    { name: 'console' },
    { name: 'copy', escalation: true },
    { name: 'hook', sent: 3, waiting: 0, givenUp: 0 },
  ])
  expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/seaworthy_alerts_total\{channel="hook",end="sent"\} 3/)
  expect(JSON.parse(await runWell(['incidents', '--precision', '--json'], options))).toMatchObject({
    items: [{ measure: 'missing', precision: 1 }],
  })

  const refusals = [
    [['incidents', 'silence', '1'], 2, /A silence has an end and a reason/],
    [['incidents', 'ack', '1'], 1, /resolved by tester/],
    [['incidents', 'show', '7'], 4, /There is no incident 7/],
    [['alerts', 'test', 'slack'], 1, /not set up/],
  ] as const
  for (const [args, code, said] of refusals) {
    const refused = await runProgram(args, options)
    expect([args, refused.code, refused.stderr]).toEqual([args, code, expect.stringMatching(said)])
  }
}, 120_000)

test('a server that is killed while it sends leaves the message to the next one, under the same id', async () => {
  const heard: string[] = []
  let answers = false
  const hook = createServer((request, response) => {
    heard.push(String(request.headers['idempotency-key']))
    request.resume()
    if (answers) response.end('ok')
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => hook.once('listening', resolve))
  stops.push(() => (hook.closeAllConnections(), new Promise((resolve) => hook.close(resolve))))
  const options = await projectWithIncident(`http://127.0.0.1:${(hook.address() as AddressInfo).port}/`)
  const first = await start(options)
  await expect.poll(() => heard.length, { timeout: 15_000 }).toBe(1)
  await first.stop('SIGKILL')
  answers = true
  // The lease of the dead server ends after a minute, which is not waited for here.
  await onStore(
    options.cwd,
    async (db) => void (await db.kysely.updateTable('delivery').set({ lease_until: Date.now() }).execute()),
  )
  await start(options)
  await expect.poll(() => heard.length, { timeout: 15_000 }).toBe(2)
  expect(new Set(heard).size).toBe(1)
  const state = async () => {
    let said: unknown
    await onStore(
      options.cwd,
      async (db) => void (said = await db.kysely.selectFrom('delivery').select(['state', 'attempt']).execute()),
    )
    return said
  }
  await expect.poll(state, { timeout: 15_000 }).toEqual([{ state: 'sent', attempt: 2 }])
}, 120_000)

test('settings of channels that are wrong stop the start, and say which and not what', async () => {
  const options = await projectWithIncident('http://hooks.example.com/a-secret')
  writeFileSync(path.join(options.cwd, 'channels.yaml'), 'channels: { hook: { type: webhok, url: env:HOOK } }')
  const { code, stderr } = await runProgram(['start', '--port', '0'], options)
  expect([code, stderr]).toEqual([1, expect.stringMatching(/channels\.hook\.type: .* did you mean "webhook"/)])
  expect(stderr).not.toContain('a-secret')
}, 60_000)

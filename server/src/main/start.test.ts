import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createClient } from '@seaworthy/api/client'
import { listJobs } from '@seaworthy/api/platform'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from '../config/load-config.ts'
import { createManualClock } from '../kernel/clock.ts'
import { silentLog } from '../kernel/log.ts'
import { type StartedServer, startServer } from './start.ts'

let home: string
beforeEach(() => void (home = mkdtempSync(path.join(tmpdir(), 'seaworthy-start-'))))
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('a server with a clock of its own does at once what that clock has come to', async () => {
  const clock = createManualClock(Date.UTC(2001, 1, 15, 0, 1))
  const stop = new AbortController()
  const ready = Promise.withResolvers<{ url: string; server: StartedServer }>()
  const ended = startServer({
    version: '0.0.0',
    config: loadConfig({ SEAWORTHY_HTTP_PORT: '0' }),
    home,
    log: silentLog,
    environment: process.env,
    signal: stop.signal,
    clock,
    onReady: (url, server) => ready.resolve({ url, server }),
  })
  const { url, server } = await ready.promise
  const jobs = async () => (await createClient({ baseUrl: url }).call(listJobs)).items
  await server.catchUp(() => {})
  expect(await jobs()).toEqual([])

  await server.catchUp(() => clock.advance(30 * 86_400_000))
  const done = await jobs()
  expect(done.map(({ kind }) => kind).toSorted()).toEqual(
    expect.arrayContaining(['journal.compact', 'operations.monitor', 'retraining.watch']),
  )
  for (const { state, createdAt } of done) {
    expect(state).toBe('succeeded')
    expect(new Date(createdAt).toISOString()).toBe('2001-03-17T00:01:00.000Z')
  }
  stop.abort()
  await ended
}, 30_000)

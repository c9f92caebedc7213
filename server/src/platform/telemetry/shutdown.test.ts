import { expect, test } from 'vitest'
import { silentLog } from '../../kernel/log.ts'
import { createShutdown } from './shutdown.ts'

test('what was opened last is closed first, once, and a step that fails stops no other', async () => {
  const closed: string[] = []
  const shutdown = createShutdown({ msMax: 5_000, log: silentLog })
  shutdown.onEnd('database', () => closed.push('database'))
  shutdown.onEnd('journal', () => {
    throw new Error('disk gone')
  })
  shutdown.onEnd('server', async () => void closed.push('server'))
  expect(await Promise.all([shutdown.end('test'), shutdown.end('again')])).toEqual([true, true])
  expect(closed).toEqual(['server', 'database'])
  expect(shutdown.signal.aborted).toBe(true)
})

test('a step that never ends is cut short', async () => {
  const shutdown = createShutdown({ msMax: 20, log: silentLog })
  shutdown.onEnd('stuck', () => new Promise(() => {}))
  expect(await shutdown.end('test')).toBe(false)
})

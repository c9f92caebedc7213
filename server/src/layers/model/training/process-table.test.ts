import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { openProcessTable } from './process-table.ts'

test.runIf(process.platform === 'linux')('/proc and ps agree about a process, its group and its memory', async () => {
  const script = 'globalThis.kept = Buffer.alloc(100 * 2 ** 20, 1); console.log("ready"); setInterval(() => {}, 1000)'
  const child = spawn(process.execPath, ['-e', script], { detached: true, env: { ...process.env, MARK: 'only this one' } })
  try {
    await once(child.stdout, 'data')
    const pid = child.pid!
    const found = await Promise.all(
      (['linux', 'darwin'] as const).map(async (platform) => {
        const table = openProcessTable(platform)
        const row = (await table.list()).find((one) => one.pid === pid)
        return { row, bytes: await table.memoryBytes([pid], Number.POSITIVE_INFINITY) }
      }),
    )
    for (const { row, bytes } of found) {
      expect(row).toMatchObject({ pid, group: pid, session: pid, dead: false })
      expect(bytes).toBeGreaterThan(100 * 2 ** 20)
      expect(bytes).toBeLessThan(400 * 2 ** 20)
    }
    const linux = openProcessTable('linux')
    expect(linux.hasVariable(pid, 'MARK', 'only this one')).toBe(true)
    expect(linux.hasVariable(pid, 'MARK', 'only')).toBe(false)
    expect(linux.hasVariable(process.pid, 'MARK', 'only this one')).toBe(false)
  } finally {
    child.kill('SIGKILL')
  }
})

test('the same process has the same start each time it is looked at', async () => {
  const own = async () => (await openProcessTable().list()).find((row) => row.pid === process.pid)?.startedAt
  expect(await own()).toBe(await own())
})

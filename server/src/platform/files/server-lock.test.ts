import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { joinInside, makeOwnFolder, writeFileAtomic } from './atomic-file.ts'
import { PathEscapes, ServerAlreadyRunning, StorageUnwritable } from './errors.ts'
import { acquireServerLock, findServerAddress } from './server-lock.ts'

const AT_ONCE = { msMax: 0 }
let home: string
beforeEach(() => void (home = mkdtempSync(path.join(tmpdir(), 'seaworthy-lock-'))))
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('one owner at a time; a second is told where the first answers', async () => {
  const first = await acquireServerLock(home, AT_ONCE)
  await first.publish({ pid: process.pid, url: 'http://127.0.0.1:1', startedAt: 1 })
  const refused = await acquireServerLock(home, { msMax: 5_000 }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ServerAlreadyRunning)
  expect((refused as Error).message).toContain('http://127.0.0.1:1')
  first.release()
  expect(findServerAddress(home)).toBeUndefined()
  ;(await acquireServerLock(home, AT_ONCE)).release()
})

test('a short-lived owner is waited for', async () => {
  const first = await acquireServerLock(home, AT_ONCE)
  setTimeout(() => first.release(), 150)
  ;(await acquireServerLock(home, { msMax: 5_000 })).release()
})

test('who waits for long is told for whom, once', async () => {
  const first = await acquireServerLock(home, AT_ONCE)
  const told: unknown[] = []
  setTimeout(() => first.release(), 1_500)
  ;(await acquireServerLock(home, { msMax: 5_000, onWait: (pid) => told.push(pid) })).release()
  expect(told).toEqual([process.pid])
  const held = await acquireServerLock(home, AT_ONCE)
  await expect(acquireServerLock(home, AT_ONCE)).rejects.toThrow(`pid ${process.pid}`)
  held.release()
})

test('kill -9 frees the folder', async () => {
  const script = `import(${JSON.stringify(path.join(import.meta.dirname, 'server-lock.ts'))}).then(async ({ acquireServerLock }) => {
    await acquireServerLock(${JSON.stringify(home)}, { msMax: 0 }); console.log('held'); setInterval(() => {}, 1e6) })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => child.stdout.once('data', resolve))
  await expect(acquireServerLock(home, AT_ONCE)).rejects.toBeInstanceOf(ServerAlreadyRunning)
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  ;(await acquireServerLock(home, AT_ONCE)).release()
})

test('an atomic write leaves one file and no temporary one', async () => {
  await writeFileAtomic(path.join(home, 'a/b.json'), 'one')
  await writeFileAtomic(path.join(home, 'a/b.json'), 'two')
  expect(readdirSync(path.join(home, 'a'))).toEqual(['b.json'])
})

test('a folder is made with those above it, for its owner alone, and what cannot be made is told at once', () => {
  const folder = path.join(home, 'one/two/three')
  makeOwnFolder(folder)
  makeOwnFolder(folder)
  if (process.platform !== 'win32') expect(statSync(folder).mode & 0o777).toBe(0o700)
  writeFileSync(path.join(home, 'file'), '')
  expect(() => makeOwnFolder(path.join(home, 'file'))).toThrow(StorageUnwritable)
  expect(() => makeOwnFolder(path.join(home, 'file/below'))).toThrow(StorageUnwritable)
  if (process.platform === 'linux') expect(() => makeOwnFolder('/proc/none/below')).toThrow(StorageUnwritable)
})

test('a name that leads out of its folder is refused', () => {
  expect(joinInside('/x', 'a/b')).toBe(path.resolve('/x/a/b'))
  for (const bad of ['../y', '/etc/passwd', 'a/../../y', '', '.', 'a\0b'])
    expect(() => joinInside('/x', bad)).toThrow(PathEscapes)
})

/** A disk that is really full: a small tmpfs, where the system lets us mount one. The injected faults are in journal.test.ts. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createJournal } from './journal.ts'
import { decodeRecords, isOutcomeRecord } from './record.ts'
import { listSegments } from './segment-folder.ts'
import { readFrames } from './segment-reader.ts'

/** A file system of one megabyte, or undefined where this user may not mount one. */
function mountSmallDisk(): string | undefined {
  if (process.platform !== 'linux') return undefined
  const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
  onTestFinished(() => {
    if (mounted.status === 0) spawnSync('umount', [folder])
    rmSync(folder, { recursive: true, force: true })
  })
  return mounted.status === 0 ? folder : undefined
}

const served = (requestId: string) => ({
  requestId,
  deployment: 'd',
  model: 'm',
  version: 1,
  variant: 'champion',
  timeMs: 0,
  latencyMs: 0,
  caller: '',
  instances: 'x'.repeat(20_000),
  reply: '{}',
})
async function requestIdsIn(journalFolder: string): Promise<string[]> {
  const ids: string[] = []
  for (const segment of await listSegments(journalFolder)) {
    for await (const { payload } of readFrames(segment.path)) {
      for (const record of decodeRecords(payload)) if (!isOutcomeRecord(record)) ids.push(record.requestId)
    }
  }
  return ids
}

test.for(['interval', 'always'] as const)(
  'a full disk under sync %s loses nothing it kept, and heals when space returns',
  async (sync, { skip }) => {
    const disk = mountSmallDisk()
    if (disk === undefined) return skip('no tmpfs can be mounted here: run as root on Linux to test a really full disk')
    const ballast = path.join(disk, 'ballast')
    const { bavail, bsize } = statfsSync(disk)
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - 100_000))
    const limits = {
      bufferBytesMax: 10_000_000,
      segmentBytesMax: 10_000_000,
      segmentMsMax: 60_000,
      retryMsMin: 5,
      retryMsMax: 20,
    }
    const journal = createJournal({ folder: disk, sync, syncMs: 2, ...limits })
    const kept: string[] = []
    const serve = async (i: number) => {
      try {
        await journal.accept(served(`r${i}`))
        kept.push(`r${i}`)
      } catch (error) {
        expect(error).toMatchObject({ code: 'JOURNAL_UNAVAILABLE', status: 507 })
      }
    }
    for (let i = 0; i < 10; i++) await serve(i)
    await expect.poll(() => journal.health().state).toBe('degraded')
    expect(journal.health().explanation).toContain('the disk is full (ENOSPC)')
    rmSync(ballast)
    await expect.poll(() => journal.health().state).toBe('healthy')
    await serve(99)
    await journal.close()
    expect(await requestIdsIn(path.join(disk, 'd'))).toEqual(kept)
  },
)

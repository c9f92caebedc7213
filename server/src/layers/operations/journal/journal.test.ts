import { appendFileSync, existsSync, renameSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createIds } from '../../../kernel/ids.ts'
import type { ServedRequest } from '../../serving/data-plane.ts'
import { diskFiles, type FilePort } from './file-port.ts'
import { createJournal } from './journal.ts'
import type { JournalOptions } from './journal-port.ts'
import { decodeRecords, isOutcomeRecord, type JournalRecord } from './record.ts'
import { createSegmentReport, readFrames } from './segment-reader.ts'
import { folderNameOf, listSegments } from './segment-folder.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const nextId = createIds()
const served = (more: Partial<ServedRequest> = {}): ServedRequest => {
  const requestId = nextId()
  return {
    requestId,
    deployment: 'flight-delay',
    model: 'flight-delay',
    version: 1,
    variant: 'champion',
    timeMs: 1_000_000_000_000,
    latencyMs: 0.5,
    caller: 'Ødegård ✈',
    instances: '{"instances":[{"hour":9,"origin":"LAS"}]}',
    reply: `{"requestId":"${requestId}","predictions":[{"id":"${nextId()}","output":{"late":0.25}}]}`,
    ...more,
  }
}
const open = (more: Partial<JournalOptions> = {}) =>
  createJournal({
    folder,
    sync: 'interval',
    syncMs: 5,
    bufferBytesMax: 1_000_000,
    segmentBytesMax: 1_000_000,
    segmentMsMax: 60_000,
    retryMsMin: 5,
    retryMsMax: 20,
    ...more,
  })

async function recordsOf(journalFolder: string): Promise<JournalRecord[]> {
  const records: JournalRecord[] = []
  for (const segment of await listSegments(journalFolder)) {
    for await (const frame of readFrames(segment.path)) records.push(...decodeRecords(frame.payload))
  }
  return records
}
const requestIdsOf = async () =>
  (await recordsOf(path.join(folder, 'flight-delay'))).map((record) => (isOutcomeRecord(record) ? '' : record.requestId))

/** A disk whose calls fail with the given code while `state.code` is set, after half of a write went through. */
function brokenDisk(state: { code: string | undefined; calls: readonly string[] }): FilePort {
  const check = (call: string) => {
    if (state.code === undefined || !state.calls.includes(call)) return
    throw Object.assign(new Error(`${state.code}: ${call}`), { code: state.code })
  }
  return {
    ...diskFiles,
    async create(file) {
      check('create')
      const real = await diskFiles.create(file)
      return {
        ...real,
        async write(bytes, position) {
          if (state.code !== undefined && state.calls.includes('write'))
            await real.write(bytes.subarray(0, bytes.length / 2), position)
          check('write')
          await real.write(bytes, position)
        },
        async sync() {
          check('sync')
          await real.sync()
        },
        async truncate(bytes) {
          check('truncate')
          await real.truncate(bytes)
        },
      }
    },
    async rename(from, to) {
      check('rename')
      await diskFiles.rename(from, to)
    },
  }
}

test('a request comes back from its segment exactly as it was served', async () => {
  const journal = open()
  const request = served()
  expect(journal.accept(request)).toBeUndefined()
  await journal.close()
  const { deployment, ...record } = request
  expect(await recordsOf(path.join(folder, deployment))).toEqual([record])
})

test('under sync always the promise settles when the record is in the file, and many requests share one', async () => {
  const journal = open({ sync: 'always' })
  const requests = Array.from({ length: 50 }, () => served())
  const promises = new Set(requests.map((request) => journal.accept(request)))
  expect(promises.size).toBe(1)
  await Promise.all([...promises])
  expect(await requestIdsOf()).toEqual(requests.map((request) => request.requestId))
  await journal.close()
})

test('under sync interval records reach the disk without anyone asking', async () => {
  const journal = open()
  void journal.accept(served())
  await expect.poll(() => journal.health().stored).toBe(1)
  expect(await requestIdsOf()).toHaveLength(1)
  await journal.close()
})

test('a commit larger than one frame is written in several, and a record larger than a frame gets its own', async () => {
  const journal = open({ bufferBytesMax: 20_000_000, segmentBytesMax: 20_000_000 })
  const sizes = [700_000, 700_000, 3_000_000, 10]
  for (const size of sizes) void journal.accept(served({ instances: 'é'.repeat(size) }))
  await journal.close()
  const records = await recordsOf(path.join(folder, 'flight-delay'))
  expect(records.map((record) => (isOutcomeRecord(record) ? 0 : record.instances.length))).toEqual(sizes)
})

test('a segment that is large or old is sealed and the next one begun', async () => {
  const journal = open({ segmentBytesMax: 2_000 })
  for (let i = 0; i < 10; i++) {
    for (let j = 0; j < 5; j++) void journal.accept(served())
    await journal.flush()
  }
  const segments = await listSegments(path.join(folder, 'flight-delay'))
  expect(segments.filter((segment) => segment.state === 'sealed').length).toBeGreaterThan(2)
  await journal.close()
  expect(await requestIdsOf()).toHaveLength(50)
})

test('outcomes are on the disk when the promise settles, under either sync mode', async () => {
  const journal = open({ syncMs: 60_000 })
  await journal.recordOutcomes('flight-delay', [{ predictionId: 'p1', outcome: 1, observedAt: 5 }])
  expect(await recordsOf(path.join(folder, 'flight-delay'))).toMatchObject([
    { predictionId: 'p1', outcome: '1', observedAtMs: 5 },
  ])
  await expect(journal.recordOutcomes('flight-delay', [{ predictionId: 'p1', outcome: Number.NaN }])).rejects.toMatchObject({
    code: 'OUTCOMES_REFUSED',
  })
  await journal.close()
})

test('a full buffer drops predictions, counts them, and keeps answering', async () => {
  const journal = open({ bufferBytesMax: 2_000, syncMs: 60_000 })
  for (let i = 0; i < 100; i++) expect(journal.accept(served())).toBeUndefined()
  const { accepted, dropped } = journal.health('flight-delay')
  expect(accepted + dropped).toBe(100)
  expect(dropped).toBeGreaterThan(80)
  await journal.close()
  expect(await requestIdsOf()).toHaveLength(accepted)
})

test.each([
  ['ENOSPC', ['write']],
  ['ENOSPC', ['create']],
  ['EIO', ['sync']],
  ['EROFS', ['write', 'sync', 'truncate', 'create', 'rename']],
])('after %s at %s nothing is lost or doubled when the disk returns', async (code, calls) => {
  const disk: { code: string | undefined; calls: string[] } = { code: undefined, calls }
  const journal = open({ files: brokenDisk(disk) })
  const ids: string[] = []
  const serve = () => {
    const request = served()
    ids.push(request.requestId)
    void journal.accept(request)
  }
  if (!calls.includes('create') || calls.length > 1) {
    serve()
    await journal.flush()
  }
  disk.code = code
  serve()
  await expect.poll(() => journal.health().state).toBe('degraded')
  expect(journal.health().explanation).toContain(code === 'EIO' ? 'EIO' : `(${code})`)
  serve()
  await expect(journal.flush()).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE', status: 507 })
  disk.code = undefined
  await expect.poll(() => journal.health().state).toBe('healthy')
  serve()
  await journal.close()
  expect(await requestIdsOf()).toEqual(ids)
})

test('a full disk under sync always refuses with 507, stores none of the refused, and recovers by itself', async () => {
  const disk: { code: string | undefined; calls: string[] } = { code: undefined, calls: ['write'] }
  const journal = open({ sync: 'always', files: brokenDisk(disk) })
  await journal.accept(served({ requestId: 'first' }))
  disk.code = 'ENOSPC'
  await expect(journal.accept(served())).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE', status: 507 })
  await expect(journal.accept(served())).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' })
  expect(journal.health()).toMatchObject({ refused: 2, dropped: 0, queued: 0, bufferedBytes: 0 })
  disk.code = undefined
  await expect.poll(() => journal.health().state).toBe('healthy')
  await journal.accept(served({ requestId: 'last' }))
  await journal.close()
  expect(await requestIdsOf()).toEqual(['first', 'last'])
})

test('idle deployments give way when too many are open', async () => {
  const journal = open({ deploymentsMax: 2 })
  for (const deployment of ['a', 'b', 'c', 'd']) {
    void journal.accept(served({ deployment }))
    await journal.flush()
  }
  expect(journal.health()).toMatchObject({ stored: 4, dropped: 0 })
  await journal.close()
  expect(readdirSync(folder).toSorted()).toEqual(['a', 'b', 'c', 'd'])
})

test('a deployment cannot name its way out of the folder', () => {
  for (const name of ['../x', '/etc', '.', '..', '', 'A', 'con.', 'a/b', 'a\0b', 'x'.repeat(300)]) {
    expect(folderNameOf(name)).toMatch(/^_[0-9a-f]{32}$/)
  }
  expect(folderNameOf('flight-delay')).toBe('flight-delay')
})

/** A sealed segment of five frames with one record each. */
async function fiveFrames() {
  const journal = open({ sync: 'always' })
  const ids: string[] = []
  for (let i = 0; i < 5; i++) {
    const request = served()
    ids.push(request.requestId)
    await journal.accept(request)
  }
  await journal.close()
  const [segment] = await listSegments(path.join(folder, 'flight-delay'))
  const file = segment!.path
  const offsets: number[] = []
  for await (const frame of readFrames(file)) offsets.push(frame.offset)
  return { file, ids, offsets, bytes: readFileSync(file) }
}

test('a torn tail is reported at every possible cut, and what is before it is read', async () => {
  const { file, offsets, bytes } = await fiveFrames()
  const last = offsets[4]!
  for (let cut = last; cut < bytes.length; cut += 7) {
    writeFileSync(file, bytes.subarray(0, cut))
    const report = createSegmentReport()
    for await (const frame of readFrames(file, report)) void frame
    expect(report).toMatchObject({ frames: 4, validBytes: last, tornBytes: cut - last, damage: [] })
  }
})

test('a damaged frame in the middle is reported with its place, and what follows is found', async () => {
  const { file, ids, offsets, bytes } = await fiveFrames()
  const places = { marker: 0, length: 4, hugeLength: 7, checksum: 8, payload: 40 }
  for (const at of Object.values(places)) {
    const damaged = Buffer.from(bytes)
    damaged[offsets[2]! + at]! ^= 0x11
    writeFileSync(file, damaged)
    const report = createSegmentReport()
    for await (const frame of readFrames(file, report)) void frame
    expect(report.damage).toEqual([{ offset: offsets[2], bytes: offsets[3]! - offsets[2]! }])
    expect(await requestIdsOf()).toEqual(ids.toSpliced(2, 1))
  }
})

test('a segment whose header is gone still gives its records', async () => {
  const { file, ids, bytes } = await fiveFrames()
  bytes.fill(0, 0, 40)
  writeFileSync(file, bytes)
  expect(await requestIdsOf()).toEqual(ids)
})

test('what a dead process left open is cut, sealed and goes on in a new segment', async () => {
  const { file, ids, bytes } = await fiveFrames()
  rmSync(file)
  const orphan = file.replace('sealed', 'open')
  const text = bytes.toString('latin1').replace(/"token":"[0-9a-f]{16}"/, '"token":"0000000000000000"')
  const headerBytes = bytes.readUInt32LE(8)
  const changed = Buffer.from(text, 'latin1')
  changed.writeUInt32LE((await import('node:zlib')).crc32(changed.subarray(16, 16 + headerBytes)), 12)
  writeFileSync(orphan, changed)
  appendFileSync(orphan, bytes.subarray(-30))
  const journal = open()
  expect(await journal.recovered).toEqual([{ path: orphan, frames: 5, tornBytes: 30, damage: [] }])
  expect(existsSync(orphan)).toBe(false)
  expect(readFileSync(file)).toEqual(changed)
  const request = served()
  void journal.accept(request)
  await journal.close()
  expect(await requestIdsOf()).toEqual([...ids, request.requestId])
})

test('a segment that another journal of a living process writes is left alone', async () => {
  const first = open({ sync: 'always' })
  await first.accept(served())
  const second = open({ sync: 'always' })
  expect(await second.recovered).toEqual([])
  await Promise.all([first.accept(served()), second.accept(served())])
  await Promise.all([first.close(), second.close()])
  expect(await requestIdsOf()).toHaveLength(3)
})

test('a process that slept so long that its segment was sealed by another goes on in a new one', async () => {
  const journal = open({ sync: 'always' })
  const requests = [served(), served(), served()]
  await journal.accept(requests[0]!)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
  onTestFinished(() => void vi.useRealTimers())
  await journal.accept(requests[1]!)
  expect(await listSegments(path.join(folder, 'flight-delay'))).toHaveLength(1)
  const [{ path: file } = { path: '' }] = await listSegments(path.join(folder, 'flight-delay'))
  renameSync(file, file.replace('open', 'sealed'))
  vi.setSystemTime(Date.now() + 3_600_000)
  await journal.accept(requests[2]!)
  await journal.close()
  expect((await listSegments(path.join(folder, 'flight-delay'))).map((segment) => segment.state)).toEqual(['sealed', 'sealed'])
  expect(await requestIdsOf()).toEqual(requests.map((request) => request.requestId))
})

test('a segment that is sealed by two at once is sealed once, and nothing is left to be tried for ever', async () => {
  const warnings: string[] = []
  const warn = (event: string) => void warnings.push(event)
  const rename = async (from: string, to: string) => {
    await pause(20)
    await diskFiles.rename(from, to)
  }
  const log = { debug: () => {}, info: () => {}, warn, error: warn }
  const journal = open({ syncMs: 1, log, files: { ...diskFiles, rename } })
  for (let i = 0; i < 5; i++) {
    void journal.accept(served())
    await journal.flush()
    const rotated = journal.rotate()
    // Requests go on meanwhile, and their commits look after segments, too.
    for (let j = 0; j < 10; j++) {
      void journal.accept(served())
      await pause(2)
    }
    await rotated
  }
  await journal.close()
  expect(warnings).toEqual([])
  expect((await listSegments(path.join(folder, 'flight-delay'))).every(({ state }) => state === 'sealed')).toBe(true)
  expect(await requestIdsOf()).toHaveLength(55)
})

test('where somebody waits for each record, one that no lane has room for is refused and not dropped in silence', async () => {
  const journal = open({ sync: 'always', deploymentsMax: 1 })
  const first = journal.accept(served({ deployment: 'a' }))
  await expect(journal.accept(served({ deployment: 'b' }))).rejects.toMatchObject({ code: 'JOURNAL_BUSY' })
  await first
  expect(journal.health()).toMatchObject({ stored: 1, dropped: 0, refused: 1 })
  await journal.close()
})

test.each([
  ['large', 'x'.repeat(300_000)],
  ['of the size of a third of a frame', 'x'.repeat(86_000)],
  ['in letters of three bytes', '✈'.repeat(30_000)],
])('what waits for a broken disk takes no more memory than it may when its records are %s', async (_, instances) => {
  const bufferBytesMax = 8_000_000
  const journal = open({ bufferBytesMax, files: brokenDisk({ code: 'EIO', calls: ['create'] }) })
  void journal.accept(served())
  await journal.flush().catch(() => {})
  const before = process.memoryUsage().arrayBuffers
  while (journal.health().dropped === 0) void journal.accept(served({ instances }))
  expect(journal.health().bufferedBytes).toBeLessThanOrEqual(bufferBytesMax)
  expect(journal.health().bufferedBytes).toBeGreaterThan(0.9 * bufferBytesMax)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1.5 * bufferBytesMax)
  await journal.close()
})

/**
 * Turns sealed segments into Parquet, and small files of a closed day into one. The protocol that makes it exact under
 * kill -9 is drawn in manifest.ts. Only sealed segments are touched: the open ones belong to those who write them, and
 * what dead writers left is sealed first.
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Clock } from '../../../kernel/clock.ts'
import { createIds } from '../../../kernel/ids.ts'
import type { Log } from '../../../kernel/log.ts'
import { withCompactionLock } from './compaction-lock.ts'
import { diskFiles } from './file-port.ts'
import type { SegmentKind } from './frame.ts'
import { EMPTY_MANIFEST, type Manifest, type ParquetFile, parquetPath, readManifest, writeManifest } from './manifest.ts'
import {
  appendStaging,
  createStaging,
  describeParquet,
  layouts,
  outcomeCells,
  parquetSource,
  predictionCells,
  removeDoubles,
  writeParquet,
  writeStaging,
} from './parquet-writer.ts'
import { findPredictionRows } from './prediction.ts'
import { isOutcomeRecord, type JournalRecord } from './record.ts'
import { recoverJournal } from './recovery.ts'
import { createSegmentReport, type SegmentReport } from './segment-reader.ts'
import { bytesOf, listSegments, type SegmentFile, segmentStem } from './segment-folder.ts'
import type { Cell, SqlEngine, SqlSession } from '../../../platform/sql/sql-engine.ts'
import { readRecords } from './uncompacted.ts'

/** Segments joined into one set of Parquet files: as many as this, or this many bytes. Bounds memory and the work a crash repeats. */
const BATCH_SEGMENTS_MAX = 256
const BATCH_BYTES_MAX = 256 * 1024 * 1024
/** Rows handed to the engine at once. */
const APPEND_ROWS = 1_024
/** Small files of a day that is over become one when there are this many. */
const MERGE_FILES_MIN = 2
const DAY_MS = 86_400_000

export interface CompactionOptions {
  /** Folder of one journal, as `journalFolderOf` names it. */
  readonly journal: string
  readonly engine: SqlEngine
  readonly clock: Clock
  readonly log: Log
  readonly signal?: AbortSignal
  onProgress?(at: { readonly done: number; readonly total: number; readonly note: string }): Promise<void> | void
}
export interface CompactionReport {
  readonly segments: number
  readonly predictions: number
  readonly outcomes: number
  readonly files: number
  readonly merged: number
  /** Requests whose texts could not be read; their segments are kept in `damaged/`. */
  readonly unreadable: number
  /** Segments with damage inside, moved to `damaged/` after what is readable was taken. */
  readonly damaged: number
}

interface Work extends CompactionOptions {
  readonly session: SqlSession
  readonly nextId: () => string
  readonly report: { -readonly [K in keyof CompactionReport]: CompactionReport[K] }
}

/**
 * Compacts everything that is sealed. Stops at the next batch when `signal` aborts; what is done stays done. Throws
 * CompactionRunning, and what the disk throws; either way nothing is lost and the next run goes on.
 */
export async function compactJournal(options: CompactionOptions): Promise<CompactionReport> {
  return withCompactionLock(options.journal, async () => {
    const session = await options.engine.session()
    const report = { segments: 0, predictions: 0, outcomes: 0, files: 0, merged: 0, unreadable: 0, damaged: 0 }
    const work: Work = { ...options, session, nextId: createIds(options.clock), report }
    try {
      await recoverJournal(options.journal, options.log)
      let manifest = await settle(work)
      for (const kind of ['predictions', 'outcomes'] as const) manifest = await compactKind(work, manifest, kind)
      await mergeDays(work, manifest)
      return report
    } finally {
      session.close()
    }
  })
}

/** Finishes or sweeps what an earlier compaction left, and returns the manifest that holds. */
async function settle(work: Work): Promise<Manifest> {
  const { journal } = work
  const found = await readManifest(journal)
  const present = await listParquet(journal)
  if (found === 'damaged' || (found === 'missing' && present.some(({ path: file }) => file.endsWith('.parquet')))) {
    return adopt(work, present, found)
  }
  const manifest = found === 'missing' ? EMPTY_MANIFEST : found
  if (found === 'missing') await writeManifest(journal, manifest)
  const known = new Set(manifest.files.map((file) => file.path))
  for (const file of present) if (!known.has(file.path)) await rm(parquetPath(journal, file), { force: true })
  const consumed = new Set(manifest.consumed)
  for (const segment of await listSegments(journal))
    if (consumed.has(segmentStem(segment.name))) await rm(segment.path, { force: true })
  await diskFiles.syncFolder(journal)
  return manifest
}

/** Builds a manifest from the files, because there is none to trust. */
async function adopt(work: Work, present: readonly PresentFile[], why: string): Promise<Manifest> {
  const { journal, log, session } = work
  const files: ParquetFile[] = []
  for (const { path: relative, kind, day } of present) {
    if (!relative.endsWith('.parquet')) continue
    try {
      files.push(await describeParquet(session, kind, journal, relative, day))
    } catch (error) {
      log.error('A Parquet file of the journal cannot be read and is left out', {
        journal,
        file: relative,
        reason: String(error),
      })
    }
  }
  const suspects = (await listSegments(journal)).map((segment) => segmentStem(segment.name))
  log.error('The manifest of a journal was lost and is rebuilt from its files', { journal, why, files: files.length })
  const manifest: Manifest = { format: 1, files, consumed: [], suspects }
  await writeManifest(journal, manifest)
  return manifest
}

async function compactKind(work: Work, before: Manifest, kind: SegmentKind): Promise<Manifest> {
  const consumed = new Set(before.consumed)
  const sealed = (await listSegments(work.journal)).filter(
    (segment) => segment.kind === kind && segment.state === 'sealed' && !consumed.has(segmentStem(segment.name)),
  )
  let manifest = before
  for (let done = 0; done < sealed.length;) {
    work.signal?.throwIfAborted()
    const batch = await takeBatch(sealed.slice(done))
    try {
      manifest = await compactBatch(work, manifest, kind, batch)
      done += batch.length
    } catch (error) {
      if (!(error instanceof SegmentUnreadable)) throw error
      work.log.error('A journal segment cannot be read and waits for the next compaction', {
        segment: error.segment,
        reason: error.message,
      })
      sealed.splice(
        sealed.findIndex((each) => each.path === error.segment),
        1,
      )
    }
    await work.onProgress?.({ done, total: sealed.length, note: `${kind} of ${path.basename(work.journal)}` })
  }
  return manifest
}

/** The disk did not give a segment. The others of its batch must not wait for it. */
class SegmentUnreadable extends Error {
  readonly segment: string
  constructor(segment: string, cause: unknown) {
    super(String(cause), { cause })
    this.segment = segment
  }
}

async function takeBatch(segments: readonly SegmentFile[]): Promise<SegmentFile[]> {
  const batch: SegmentFile[] = []
  let bytes = 0
  for (const segment of segments.slice(0, BATCH_SEGMENTS_MAX)) {
    bytes += await bytesOf(segment.path)
    if (batch.length > 0 && bytes > BATCH_BYTES_MAX) break
    batch.push(segment)
  }
  return batch
}

async function compactBatch(work: Work, before: Manifest, kind: SegmentKind, batch: readonly SegmentFile[]): Promise<Manifest> {
  const { session, journal, report } = work
  await createStaging(session, kind)
  const damaged = new Set<string>()
  for (const segment of batch) if (!(await stage(work, kind, segment))) damaged.add(segment.path)
  const stems = batch.map((segment) => segmentStem(segment.name))
  const isSuspect = stems.some((stem) => before.suspects.includes(stem))
  const existing = before.files.filter((file) => file.kind === kind).map((file) => parquetPath(journal, file))
  await removeDoubles(session, kind, isSuspect ? existing : [])
  const files = await writeStaging(session, kind, journal, work.nextId())
  const manifest: Manifest = {
    format: 1,
    files: [...before.files, ...files],
    consumed: [...before.consumed, ...stems],
    suspects: before.suspects.filter((stem) => !stems.includes(stem)),
  }
  await writeManifest(journal, manifest)
  for (const segment of batch)
    await (damaged.has(segment.path) ? keepDamaged(journal, segment) : rm(segment.path, { force: true }))
  await diskFiles.syncFolder(journal)
  report[kind] += files.reduce((total, file) => total + file.rows, 0)
  report.files += files.length
  report.segments += batch.length
  report.damaged += damaged.size
  const forgotten = { ...manifest, consumed: [] }
  await writeManifest(journal, forgotten)
  return forgotten
}

/** Puts the rows of a segment into the staging table; false when not all of it could be read. */
async function stage(work: Work, kind: SegmentKind, segment: SegmentFile): Promise<boolean> {
  const report: SegmentReport = createSegmentReport()
  let rows: Cell[][] = []
  let unreadable = 0
  for await (const batch of readable(segment.path, report)) {
    for (const record of batch) {
      const found = cellsOf(record, kind, report.header?.deployment ?? path.basename(work.journal))
      if (found === undefined) unreadable++
      else rows.push(...found)
    }
    if (rows.length < APPEND_ROWS) continue
    await appendStaging(work.session, kind, rows)
    rows = []
  }
  if (rows.length > 0) await appendStaging(work.session, kind, rows)
  work.report.unreadable += unreadable
  const { damage, tornBytes } = report
  const isWhole = damage.length === 0 && tornBytes === 0 && unreadable === 0
  if (!isWhole) {
    const facts = { segment: segment.path, damage, tornBytes, unreadable }
    work.log.error('A journal segment is damaged; what is readable was kept, the file goes to damaged/', facts)
  }
  return isWhole
}

async function* readable(file: string, report: SegmentReport): AsyncGenerator<JournalRecord[]> {
  try {
    yield* readRecords(file, { report })
  } catch (error) {
    throw new SegmentUnreadable(file, error)
  }
}

/** The rows of one record, or undefined when it holds none that could be read. */
function cellsOf(record: JournalRecord, kind: SegmentKind, deployment: string): Cell[][] | undefined {
  if (isOutcomeRecord(record)) return kind === 'outcomes' ? [outcomeCells(record)] : undefined
  return kind === 'predictions' ? findPredictionRows(record)?.map((row) => predictionCells(row, deployment)) : undefined
}

async function keepDamaged(journal: string, segment: SegmentFile): Promise<void> {
  const folder = path.join(journal, 'damaged')
  await mkdir(folder, { recursive: true })
  await rename(segment.path, path.join(folder, segment.name))
  await diskFiles.syncFolder(folder)
}

/** Joins the files of each day that is over. Outcomes keep every change; nothing is thrown away here. */
async function mergeDays(work: Work, before: Manifest): Promise<void> {
  const today = new Date(work.clock.now() - DAY_MS / 24).toISOString().slice(0, 10)
  let manifest = before
  const days = Map.groupBy(
    before.files.filter((file) => file.day < today),
    (file) => `${file.kind}/${file.day}`,
  )
  for (const files of days.values()) {
    if (files.length < MERGE_FILES_MIN) continue
    work.signal?.throwIfAborted()
    const { kind, day } = files[0]!
    const source = `SELECT * FROM ${parquetSource(files.map((file) => parquetPath(work.journal, file)))}`
    const merged = await writeParquet(work.session, kind, work.journal, source, day, work.nextId())
    manifest = { ...manifest, files: [...manifest.files.filter((file) => !files.includes(file)), merged] }
    await writeManifest(work.journal, manifest)
    for (const file of files) await rm(parquetPath(work.journal, file), { force: true })
    work.report.merged += files.length
  }
}

interface PresentFile {
  readonly path: string
  readonly kind: SegmentKind
  readonly day: string
}

/** Every file in the Parquet folders, whether it counts or not. */
async function listParquet(journal: string): Promise<PresentFile[]> {
  const found: PresentFile[] = []
  for (const kind of ['predictions', 'outcomes'] as const) {
    const { folder } = layouts[kind]
    const names = await readdir(path.join(journal, folder), { recursive: true }).catch(() => [])
    for (const name of names.map((each) => each.split(path.sep).join('/'))) {
      const day = /^date=(\d{4}-\d{2}-\d{2})\/part-[0-9a-z]+\.parquet(\.writing)?$/.exec(name)?.[1]
      if (day !== undefined) found.push({ path: `${folder}/${name}`, kind, day })
    }
  }
  return found
}

/**
 * Deletes whole files of a journal, oldest first, by age and by size. Never deleted: the open segment. Deleted only when
 * the journal is beyond twice its size, and said loudly: segments that are not in Parquet yet. Each deletion is logged.
 */
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Clock } from '../../../kernel/clock.ts'
import type { Log } from '../../../kernel/log.ts'
import { withCompactionLock } from './compaction-lock.ts'
import { type Manifest, type ParquetFile, parquetPath, readManifest, writeManifest } from './manifest.ts'
import { bytesOf, isMissing, listSegments } from './segment-folder.ts'

const DAY_MS = 86_400_000
/** Times keepBytes at which even segments that are not in Parquet yet are deleted. A full disk would cost more. */
export const HARD_CAP = 2

export interface RetentionOptions {
  readonly journal: string
  readonly keepDays: number
  readonly keepBytes: number
  readonly clock: Clock
  readonly log: Log
}
export interface RetentionReport {
  readonly files: number
  readonly bytes: number
  /** Rows of Parquet files that went. */
  readonly rows: number
  /** Segments that went although they were not in Parquet yet. */
  readonly uncompacted: number
}

interface Weighed {
  readonly path: string
  readonly bytes: number
}

/** Applies age, size and hard cap to one journal. Throws CompactionRunning. */
export async function retainJournal(options: RetentionOptions): Promise<RetentionReport> {
  return withCompactionLock(options.journal, async () => {
    const damaged = await retainDamaged(options)
    const parquet = await retainParquet(options, damaged.bytesLeft)
    const uncompacted = await capSegments({
      ...options,
      keepBytes: Math.max(0, HARD_CAP * options.keepBytes - parquet.bytesLeft),
    })
    return {
      files: damaged.files + parquet.files + uncompacted.files,
      bytes: damaged.bytes + parquet.bytes + uncompacted.bytes,
      rows: parquet.rows,
      uncompacted: uncompacted.files,
    }
  })
}

/**
 * Deletes the oldest sealed segments until those that are left weigh at most keepBytes. A data plane without a control
 * plane calls it with the hard cap, because there nobody compacts.
 */
export async function capSegments({ journal, keepBytes, log }: Omit<RetentionOptions, 'keepDays' | 'clock'>) {
  const segments = await Promise.all(
    (await listSegments(journal)).map(async (each) => ({ ...each, bytes: await bytesOf(each.path) })),
  )
  let total = segments.reduce((sum, each) => sum + each.bytes, 0)
  let [files, bytes] = [0, 0]
  for (const segment of segments) {
    if (total <= keepBytes) break
    if (segment.state === 'open') continue
    await rm(segment.path, { force: true })
    total -= segment.bytes
    bytes += segment.bytes
    files++
    log.error('A journal segment was deleted before it was in Parquet, because the journal is far beyond its size', {
      segment: segment.path,
      bytes: segment.bytes,
      keepBytes,
    })
  }
  return { files, bytes }
}

async function retainParquet({ journal, keepDays, keepBytes, clock, log }: RetentionOptions, otherBytes: number) {
  const manifest = await readManifest(journal)
  if (typeof manifest === 'string') return { files: 0, bytes: 0, rows: 0, bytesLeft: otherBytes }
  const lastMs = clock.now() - keepDays * DAY_MS
  let total = manifest.files.reduce((sum, file) => sum + file.bytes, otherBytes)
  const expired: ParquetFile[] = []
  for (const file of manifest.files.toSorted((a, b) => a.toMs - b.toMs)) {
    if (file.toMs >= lastMs && total <= keepBytes) continue
    expired.push(file)
    total -= file.bytes
  }
  if (expired.length > 0) await deleteParquet(journal, manifest, expired)
  for (const { path: file, rows, bytes, day, toMs } of expired) {
    log.info('A journal file was deleted', { journal, file, day, rows, bytes, why: toMs < lastMs ? 'age' : 'size' })
  }
  const sum = (of: (file: ParquetFile) => number) => expired.reduce((all, file) => all + of(file), 0)
  return { files: expired.length, bytes: sum((file) => file.bytes), rows: sum((file) => file.rows), bytesLeft: total }
}

/** First out of the manifest, then off the disk: a crash in between leaves files that the next compaction sweeps. */
async function deleteParquet(journal: string, manifest: Manifest, expired: readonly ParquetFile[]): Promise<void> {
  await writeManifest(journal, { ...manifest, files: manifest.files.filter((file) => !expired.includes(file)) })
  for (const file of expired) await rm(parquetPath(journal, file), { force: true })
}

async function retainDamaged({ journal, keepDays, keepBytes, clock, log }: RetentionOptions) {
  const folder = path.join(journal, 'damaged')
  const lastMs = clock.now() - keepDays * DAY_MS
  let [files, bytes, bytesLeft] = [0, 0, 0]
  for (const file of (await listWeighed(folder)).toReversed()) {
    const modifiedMs = (await stat(file.path)).mtimeMs
    if (modifiedMs >= lastMs && bytesLeft + file.bytes <= keepBytes) {
      bytesLeft += file.bytes
      continue
    }
    await rm(file.path, { force: true })
    files++
    bytes += file.bytes
    log.info('A damaged journal segment was deleted', { file: file.path, bytes: file.bytes })
  }
  return { files, bytes, bytesLeft }
}

/** Files of a folder with their sizes, oldest first: their names begin with their time. */
async function listWeighed(folder: string): Promise<Weighed[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  const weighed: Weighed[] = []
  for (const name of names.toSorted())
    weighed.push({ path: path.join(folder, name), bytes: await bytesOf(path.join(folder, name)) })
  return weighed
}

import { open, rename, rm, stat } from 'node:fs/promises'
import type { Log } from '../../../kernel/log.ts'
import { diskFiles } from './file-port.ts'
import { type Damage, createSegmentReport, readFrames, readSegmentHeader } from './segment-reader.ts'
import { isMissing, listJournalFolders, listSegments, type SegmentFile } from './segment-folder.ts'
import { isSegmentHeld } from './segment-owner.ts'

/** A file without a readable header may be in the making by another process for this long, milliseconds. */
const HEADERLESS_MS_MIN = 60_000

export interface RecoveredSegment {
  readonly path: string
  readonly frames: number
  /** Bytes that were cut off its end: a commit that nobody was told about. */
  readonly tornBytes: number
  readonly damage: readonly Damage[]
}

/**
 * Seals what dead writers left open: cuts the torn tail, deletes what holds nothing, renames the rest. Segments of living
 * processes are left alone. Safe to run at any time and by several processes at once: each step gives the same file.
 */
export async function recoverJournals(folder: string, log: Log): Promise<RecoveredSegment[]> {
  try {
    const journals = await listJournalFolders(folder)
    return (await Promise.all(journals.map((journal) => recoverJournal(journal, log)))).flat()
  } catch (error) {
    log.error('The journals could not be looked at', { folder, reason: String(error) })
    return []
  }
}

/** The same for one deployment's folder. */
export async function recoverJournal(journal: string, log: Log): Promise<RecoveredSegment[]> {
  const recovered: RecoveredSegment[] = []
  for (const segment of await listSegments(journal)) {
    if (segment.state === 'sealed') continue
    const found = await recoverSegment(segment, journal, log)
    if (found !== undefined) recovered.push(found)
  }
  return recovered
}

async function recoverSegment(segment: SegmentFile, journal: string, log: Log): Promise<RecoveredSegment | undefined> {
  try {
    if (await isInUse(segment)) return undefined
    const report = createSegmentReport()
    for await (const frame of readFrames(segment.path, report)) void frame
    if (report.frames === 0) {
      await rm(segment.path, { force: true })
    } else {
      if (report.tornBytes > 0) await cut(segment.path, report.validBytes)
      await rename(segment.path, segment.path.replace(/open$/, 'sealed'))
    }
    await diskFiles.syncFolder(journal)
    const { frames, tornBytes, damage } = report
    if (tornBytes > 0) log.warn('A journal segment had a torn tail, which was cut', { segment: segment.path, tornBytes })
    if (damage.length > 0) log.error('A journal segment is damaged', { segment: segment.path, damage })
    return { path: segment.path, frames, tornBytes, damage }
  } catch (error) {
    if (isMissing(error)) return undefined
    log.error('A journal segment could not be recovered', { segment: segment.path, reason: String(error) })
    return undefined
  }
}

async function isInUse(segment: SegmentFile): Promise<boolean> {
  const silentMs = Date.now() - (await stat(segment.path)).mtimeMs
  const header = await readSegmentHeader(segment.path)
  return header === undefined ? silentMs < HEADERLESS_MS_MIN : isSegmentHeld(segment.path, header.owner, silentMs)
}

async function cut(file: string, bytes: number): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.truncate(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

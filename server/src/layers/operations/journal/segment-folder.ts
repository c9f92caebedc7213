/**
 * Where things of a journal lie.
 *
 *     journal/
 *       flight-delay/                                  one folder a deployment
 *         predictions-<id>.open                        being written by one process
 *         predictions-<id>.sealed                      whole and never written again; waits for compaction
 *         outcomes-<id>.open | .sealed
 *         damaged/                                     segments whose readable part was compacted, kept for a person
 *         parquet/date=2001-02-03/part-<id>.parquet    predictions by day
 *         outcomes/date=2001-02-04/part-<id>.parquet   outcomes by the day they were recorded
 *         manifest.json                                which Parquet files count, and which segments they replace
 *
 * Segment ids sort by time and hold the randomness of their process, so two processes never share a file.
 */
import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { SegmentKind } from './frame.ts'

const NAME_SAFE = /^[a-z0-9][a-z0-9_-]{0,99}$/
const SEGMENT_NAME = /^(predictions|outcomes)-([0-9a-z]{8,64})\.(open|sealed)$/

export interface SegmentFile {
  readonly path: string
  readonly name: string
  readonly kind: SegmentKind
  readonly id: string
  readonly state: 'open' | 'sealed'
}

/** Folder name of a deployment. A name that could leave the folder, or collide on some file system, becomes its hash. */
export const folderNameOf = (deployment: string): string =>
  NAME_SAFE.test(deployment) ? deployment : `_${createHash('sha256').update(deployment).digest('hex').slice(0, 32)}`

export const journalFolderOf = (folder: string, deployment: string): string => path.join(folder, folderNameOf(deployment))

/** Name of a segment without its state, the one under which the manifest knows it. */
export const segmentStem = (name: string): string => name.replace(/\.(open|sealed)$/, '')

/** Folders of all journals below `folder`, or none when there is no such folder. */
export async function listJournalFolders(folder: string): Promise<string[]> {
  const entries = await readEntries(folder)
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(folder, entry.name))
    .toSorted()
}

/** Segments of one journal, oldest first. */
export async function listSegments(journalFolder: string): Promise<SegmentFile[]> {
  const found: SegmentFile[] = []
  for (const entry of await readEntries(journalFolder)) {
    const match = SEGMENT_NAME.exec(entry.name)
    if (match === null || !entry.isFile()) continue
    const [name, kind, id, state] = match as unknown as [string, SegmentKind, string, 'open' | 'sealed']
    found.push({ path: path.join(journalFolder, name), name, kind, id, state })
  }
  return found.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}

/** Bytes of a file; 0 when it is gone. */
export async function bytesOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if (isMissing(error)) return 0
    throw error
  }
}

export const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'

async function readEntries(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

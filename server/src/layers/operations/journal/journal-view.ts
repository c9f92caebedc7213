/**
 * What a reader sees of a journal: segments and Parquet files that together hold every record once.
 *
 * A reader takes no lock. It lists the segments first and reads the manifest after, so a compaction that commits in
 * between moves rows from one side to the other and never shows them twice; when a file vanishes under its hands it
 * starts over with the new manifest.
 */
import { EMPTY_MANIFEST, type ParquetFile, readManifest } from './manifest.ts'
import { isMissing, journalFolderOf, listSegments, type SegmentFile, segmentStem } from './segment-folder.ts'
import type { SqlEngine, SqlSession } from '../../../platform/sql/sql-engine.ts'

const ATTEMPTS_MAX = 5

/** What a journal consists of at one moment. */
export interface JournalView {
  readonly journal: string
  readonly deployment: string
  readonly segments: readonly SegmentFile[]
  readonly files: readonly ParquetFile[]
}
/** Runs `work` on a view, again on a fresh one when files of it were compacted away meanwhile. */
export async function readView<T>(
  source: { readonly folder: string; readonly engine: SqlEngine },
  deployment: string,
  work: (view: JournalView, session: SqlSession) => Promise<T>,
): Promise<T> {
  const journal = journalFolderOf(source.folder, deployment)
  for (let attempt = 1; ; attempt++) {
    const view = await viewOf(journal, deployment)
    const session = await source.engine.session()
    try {
      return await work(view, session)
    } catch (error) {
      const isGone = isMissing(error) || /no files found|cannot open file/i.test(String(error))
      if (!isGone || attempt === ATTEMPTS_MAX) throw error
    } finally {
      session.close()
    }
  }
}

async function viewOf(journal: string, deployment: string): Promise<JournalView> {
  const segments = await listSegments(journal)
  const found = await readManifest(journal)
  const manifest = typeof found === 'string' ? EMPTY_MANIFEST : found
  const consumed = new Set(manifest.consumed)
  const pending = segments.filter((segment) => !consumed.has(segmentStem(segment.name)))
  return { journal, deployment, segments: pending, files: manifest.files }
}

/**
 * The manifest says which Parquet files of a journal count, and which segments they stand for. It is what makes
 * compaction exact: everything before its rename is invisible, everything after it is done.
 *
 *     1  write part.parquet.writing, sync it, rename it to part.parquet       crash: a file that no manifest names; swept
 *     2  write manifest.json.writing, sync it, rename it to manifest.json     the commit
 *     3  delete the segments that it names as consumed                        crash: the next compaction deletes them
 *
 * An empty manifest is written before the first Parquet file, so a folder with files and no manifest has lost it. Then
 * every file is adopted, and the segments that lie beside become suspects: their rows are kept only where no file has them.
 */
import { open, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { diskFiles } from './file-port.ts'
import type { SegmentKind } from './frame.ts'
import { isMissing } from './segment-folder.ts'

export interface ParquetFile {
  /** Relative to the journal's folder, with forward slashes. */
  readonly path: string
  readonly kind: SegmentKind
  readonly day: string
  readonly rows: number
  readonly bytes: number
  /** Time of the first and the last row, milliseconds since 1970: of the request, or when an outcome was recorded. */
  readonly fromMs: number
  readonly toMs: number
  /** Predictions by version; empty for outcomes. */
  readonly versions: readonly { readonly version: number; readonly predictions: number }[]
}
export interface Manifest {
  readonly format: 1
  readonly files: readonly ParquetFile[]
  /** Segments, without their state, whose rows are in the files; they may still lie in the folder. */
  readonly consumed: readonly string[]
  /** Segments of which nobody knows whether their rows are in the files. */
  readonly suspects: readonly string[]
}

export const EMPTY_MANIFEST: Manifest = Object.freeze({ format: 1, files: [], consumed: [], suspects: [] })
const MANIFEST_FILE = 'manifest.json'

/** The manifest, or why there is none. */
export async function readManifest(journal: string): Promise<Manifest | 'missing' | 'damaged'> {
  try {
    const found = JSON.parse(await readFile(path.join(journal, MANIFEST_FILE), 'utf8')) as Partial<Manifest> | null
    const isWhole = found?.format === 1 && [found.files, found.consumed, found.suspects].every(Array.isArray)
    return isWhole ? (found as Manifest) : 'damaged'
  } catch (error) {
    if (isMissing(error)) return 'missing'
    if (error instanceof SyntaxError) return 'damaged'
    throw error
  }
}

/** Replaces the manifest at once: a reader sees the old or the new one. */
export async function writeManifest(journal: string, manifest: Manifest): Promise<void> {
  const file = path.join(journal, MANIFEST_FILE)
  const handle = await open(`${file}.writing`, 'w', 0o640)
  try {
    await handle.writeFile(JSON.stringify(manifest))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.writing`, file)
  await diskFiles.syncFolder(journal)
}

export const parquetPath = (journal: string, file: Pick<ParquetFile, 'path'>): string =>
  path.join(journal, ...file.path.split('/'))

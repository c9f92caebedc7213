/** The data of a check: a file that was brought now, which is pinned first, or the snapshot that was pinned last. */
import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Table } from '../../../kernel/table.ts'
import type { BlobStore } from '../../../platform/blobs/blob-store.ts'
import type { SqlEngine } from '../../../platform/sql/sql-engine.ts'
import { readTable } from '../../../platform/tables/read-table.ts'
import type { ModelRegistry, Snapshot, VersionDetail } from '../../model/index.ts'
import { CheckDataSeen, CheckUploadMissing } from './errors.ts'

/** Rows times columns of an evaluation snapshot; 50 million cells take 400 MB. */
const CELLS_MAX = 50_000_000

export interface EvaluationServices {
  readonly registry: ModelRegistry
  readonly blobs: BlobStore
  readonly sqlEngine: SqlEngine
  /** Where the file lies while it is read. */
  readonly tempFolder: string
}
export interface EvaluationFile {
  readonly digest: string
  readonly name: string
  /** Is it for this check alone, and does not become the data of later ones? */
  readonly once?: boolean | undefined
}
export interface EvaluationData {
  readonly snapshot: Pick<Snapshot, 'digest' | 'rows' | 'source'>
  readonly table: Table
}

/** Undefined when none was brought and none is pinned. Throws CheckUploadMissing, CheckDataSeen, and what reading throws. */
export async function evaluationDataOf(
  detail: Pick<VersionDetail, 'model' | 'version' | 'lineage'>,
  { evaluation: brought, actor }: { readonly evaluation?: EvaluationFile | undefined; readonly actor: string },
  services: EvaluationServices,
  signal: AbortSignal,
): Promise<EvaluationData | undefined> {
  const { model, version, lineage } = detail
  const pinned = brought === undefined ? await services.registry.findSnapshot(model, 'evaluation') : undefined
  const file = brought ?? (pinned && { digest: pinned.digest, name: pinned.source })
  if (file === undefined) return undefined
  if (lineage.snapshotDigest === file.digest) throw new CheckDataSeen({ model, version, file: file.name })
  if ((await services.blobs.find(file.digest)) === undefined)
    throw new CheckUploadMissing({ file: file.name, digest: file.digest })
  const table = await readDataBlob(file, services, signal)
  const facts = { digest: file.digest, purpose: 'evaluation', model, source: file.name, rows: table.rowCount } as const
  if (brought?.once === true) return { snapshot: facts, table }
  const snapshot = pinned ?? (await services.registry.pinSnapshot(facts, { actor }))
  return { snapshot, table }
}

/** A data file that is kept as a blob, in memory. Throws BlobMissing, DataTooLarge, and what reading throws. */
export async function readDataBlob(
  { digest, name }: EvaluationFile,
  services: Omit<EvaluationServices, 'registry'>,
  signal: AbortSignal,
): Promise<Table> {
  const folder = await mkdtemp(path.join(services.tempFolder, 'check-'))
  try {
    const file = path.join(folder, 'evaluation')
    await services.blobs.materialise(digest, file)
    return await readTable(services.sqlEngine, { path: file, name }, { cellsMax: CELLS_MAX, signal })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

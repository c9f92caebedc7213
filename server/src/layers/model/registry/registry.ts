/** Models, versions and aliases, as the rest of the program sees them. Versions never change; aliases move. */
import type { Authorship, Page, PageRequest } from '../../../kernel/page.ts'
import type { FileReply } from '../../../kernel/file-reply.ts'
import type { Instance } from '../../../kernel/table.ts'
import type { Tx } from '../../../platform/db/database.ts'
import type { Lineage, OpenedPackage, PackageFile } from '../package/package.ts'
import type { Signature } from '../signature/signature.ts'

export interface ModelRecord {
  readonly name: string
  readonly createdAt: number
  readonly versionLast: number
  readonly aliases: Readonly<Record<string, number>>
}
export interface VersionRecord {
  readonly model: string
  readonly version: number
  /** sha256 of `manifest.json`. */
  readonly digest: string
  readonly format: string
  /** Of the whole package, in bytes. */
  readonly bytes: number
  readonly createdAt: number
  readonly createdBy: string
  readonly runId?: string
  readonly aliases: readonly string[]
}
/** What a package says of its version. */
export interface VersionDetail extends VersionRecord {
  readonly signature: Signature
  readonly metrics: Readonly<Record<string, number>>
  readonly environment: unknown
  readonly lineage: Lineage
  /** Of the key that signed the package. */
  readonly keyId: string
  readonly files: readonly PackageFile[]
  readonly sample: readonly Instance[]
  readonly contractText?: string
}

/** The exact data that something was trained or judged on. Its file is a blob. */
export interface Snapshot {
  readonly digest: string
  readonly purpose: 'training' | 'evaluation'
  readonly model: string
  readonly rows: number
  readonly bytes: number
  /** Name of the file it came as; its ending tells the format. */
  readonly source: string
  readonly createdAt: number
}

/** The files of a version that is to be made, in a folder of their own; all but the manifest. */
export interface PackageDraft {
  readonly model: string
  readonly modelFormat: string
  /** Folder that holds the files of the package. */
  readonly folder: string
  /** Path of the model file inside it. */
  readonly modelFile: string
  readonly runId?: string | undefined
}

export interface ModelRegistry {
  listModels(page: PageRequest): Promise<Page<ModelRecord>>
  /** Throws ModelNotFound with the nearest name. */
  getModel(name: string): Promise<ModelRecord>
  /** Newest first. Throws ModelNotFound. */
  listVersions(model: string, page: PageRequest): Promise<Page<VersionRecord>>
  /** Throws ModelNotFound, VersionNotFound with the versions there are. */
  getVersion(model: string, version: number): Promise<VersionRecord>
  getVersionDetail(model: string, version: number): Promise<VersionDetail>
  /** Points an alias at a version; recorded, in a transaction of its own or in `tx`. Throws VersionNotFound. */
  setAlias(change: { model: string; alias: string; version: number } & Authorship, tx?: Tx): Promise<ModelRecord>
  /**
   * Makes a version of a draft: allots the number, seals and signs the manifest and records it in one transaction.
   * The same content again (equal files, whatever their number) gives the version that is there, `created` false.
   */
  addVersion(draft: PackageDraft, by: Authorship): Promise<{ readonly version: VersionRecord; readonly created: boolean }>
  /** The package, verified and laid out on disk. */
  openVersion(model: string, version: number): Promise<OpenedPackage>
  /** The package in its single-file form. */
  archiveVersion(model: string, version: number): Promise<FileReply>
  /**
   * Makes data that is kept as a blob the last of its purpose; recorded. Pinning it again changes nothing but that order.
   * Throws ModelNotFound, BlobMissing.
   */
  pinSnapshot(snapshot: Omit<Snapshot, 'bytes' | 'createdAt'>, by: Authorship): Promise<Snapshot>
  /** The snapshot that was pinned last for this purpose. */
  findSnapshot(model: string, purpose: Snapshot['purpose']): Promise<Snapshot | undefined>
  /** Throws SnapshotNotFound. */
  getSnapshot(model: string, purpose: Snapshot['purpose'], digest: string): Promise<Snapshot>
}

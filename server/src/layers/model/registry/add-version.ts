/**
 * Making a version. Its files become blobs first: a blob that no row names harms nobody, so a kill at any place leaves either
 * no version or a whole one. Then one transaction takes the number, seals the manifest with it, and writes row and audit entry.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { canonicalJson } from '../../../kernel/canonical-json.ts'
import type { Authorship } from '../../../kernel/page.ts'
import type { Tx } from '../../../platform/db/database.ts'
import { PackageMalformed, PackageTooLarge } from '../package/errors.ts'
import { listFiles, readDocuments } from '../package/package-folder.ts'
import { FILES_MAX, MANIFEST_FILE, PACKAGE_FORMAT } from '../package/package-format.ts'
import { faultOfPaths } from '../package/package-path.ts'
import type { PackageFile, PackageManifest } from '../package/package.ts'
import { sealManifest } from '../package/sealed-manifest.ts'
import type { PackageDraft, VersionRecord } from './registry.ts'
import { authorOf, checkName, holdModel, type RegistryStore } from './registry-store.ts'
import { findContent, versionOf } from './version-records.ts'

interface Content {
  readonly files: readonly PackageFile[]
  readonly bytes: number
  readonly digest: string
}
interface Addition {
  readonly draft: PackageDraft
  readonly content: Content
  readonly by: Authorship
  readonly createdAt: number
}
interface Added {
  readonly version: VersionRecord
  readonly created: boolean
}

export async function addVersion(store: RegistryStore, draft: PackageDraft, by: Authorship): Promise<Added> {
  checkName('model', draft.model)
  const content = await storeFiles(store, draft)
  const known = await findContent(store.db.kysely, draft.model, content.digest)
  if (known !== undefined) return { version: known, created: false }
  const addition = { draft, content, by, createdAt: store.clock.now() }
  return store.db.transaction((tx) => record(store, tx, addition))
}

/** Keeps the files as blobs. Throws PackageMalformed and PackageTooLarge for what could not be opened again. */
async function storeFiles({ blobs, bytesMax }: RegistryStore, draft: PackageDraft): Promise<Content> {
  const place = draft.model
  const sizes = await listFiles(draft.folder, place, FILES_MAX)
  const names = [...sizes.keys()].toSorted()
  if (names.length > FILES_MAX)
    throw new PackageTooLarge({ package: place, what: 'files', found: names.length, limit: FILES_MAX })
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  if (bytes > bytesMax) throw new PackageTooLarge({ package: place, what: 'bytes', found: bytes, limit: bytesMax })
  const fault = faultOfPaths([MANIFEST_FILE, ...names])
  if (fault !== undefined) throw new PackageMalformed({ package: place, file: fault.path, reason: fault.reason })
  if (!sizes.has(draft.modelFile)) throw new PackageMalformed({ package: place, file: draft.modelFile, reason: 'it is missing' })
  await readDocuments(
    draft.folder,
    place,
    names.map((name) => ({ path: name, bytes: sizes.get(name)! })),
  )
  const files: PackageFile[] = []
  for (const name of names) {
    const blob = await blobs.put(createReadStream(path.join(draft.folder, name)), bytesMax)
    files.push({ path: name, bytes: blob.bytes, sha256: blob.digest })
  }
  const { modelFormat, modelFile } = draft
  const digest = createHash('sha256').update(canonicalJson({ files, modelFile, modelFormat })).digest('hex')
  return { files, bytes, digest }
}

async function record(store: RegistryStore, tx: Tx, { draft, content, by, createdAt }: Addition): Promise<Added> {
  const { model } = draft
  await tx
    .insertInto('model')
    .values({ name: model, created_at: createdAt, version_last: 0 })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  await holdModel(tx, model)
  // Somebody may have pushed the same between the first look and the hold.
  const known = await findContent(tx, model, content.digest)
  if (known !== undefined) return { version: known, created: false }
  const { version_last: version } = await tx
    .updateTable('model')
    .set((eb) => ({ version_last: eb('version_last', '+', 1) }))
    .where('name', '=', model)
    .returning('version_last')
    .executeTakeFirstOrThrow()
  const { bytes: document, digest } = sealManifest(manifestOf(version, { draft, content, by, createdAt }), store.key)
  // The number, and with it the manifest, is only known here; whoever sees the row must find the blob.
  await store.blobs.put(document)
  const row = {
    model,
    version,
    digest,
    format: draft.modelFormat,
    bytes: content.bytes + document.byteLength,
    run_id: draft.runId ?? null,
    created_at: createdAt,
    created_by: by.actor,
    content_digest: content.digest,
  }
  await tx.insertInto('version').values(row).execute()
  const after = { digest, bytes: row.bytes, format: row.format, run: draft.runId }
  await store.audit.append(tx, { action: 'version.push', subject: `${model}@${version}`, ...authorOf(by), after })
  return { version: versionOf(row, {}), created: true }
}

const manifestOf = (version: number, { draft, content, by, createdAt }: Addition): PackageManifest => ({
  format: PACKAGE_FORMAT,
  model: draft.model,
  version,
  createdAt,
  createdBy: by.actor,
  modelFormat: draft.modelFormat,
  modelFile: draft.modelFile,
  files: content.files,
})

/** A version's package, read from its blobs: what it says, laid out on disk, or as one file. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { z } from 'zod'
import type { FileReply } from '../../../kernel/file-reply.ts'
import type { BlobStore } from '../../../platform/blobs/blob-store.ts'
import { PackageMalformed, PackageTooLarge } from '../package/errors.ts'
import { archiveName, packArchive } from '../package/package-archive.ts'
import { openCached } from '../package/package-cache.ts'
import { CONTRACT_FILE, DOCUMENT_BYTES_MAX, MANIFEST_FILE, SAMPLE_FILE, SIGNATURE_FILE } from '../package/package-format.ts'
import { Lineage, type OpenedPackage, type PackageFile, type PackageManifest } from '../package/package.ts'
import { type ManifestLimits, parseManifest } from '../package/sealed-manifest.ts'
import { parseSample, parseSignature } from '../package/signature-shape.ts'
import type { RegistryStore } from './registry-store.ts'
import type { VersionDetail, VersionRecord } from './registry.ts'

const Metrics = z.record(z.string(), z.number())

/** What was taken in was measured then; a limit that was lowered since does not lock it up. */
const LIMITS: ManifestLimits = { bytesMax: Number.POSITIVE_INFINITY }
const placeOf = ({ model, version }: VersionRecord) => `${model}@${version}`

interface StoredManifest {
  readonly document: Buffer
  readonly manifest: PackageManifest
  readonly keyId: string
}

async function readManifest(blobs: BlobStore, version: VersionRecord): Promise<StoredManifest> {
  const document = await blobs.read(version.digest)
  const { manifest, keyId } = parseManifest(document, placeOf(version), LIMITS)
  return { document, manifest, keyId }
}

/** Laid out in the folder of packages, verified. Throws BlobMissing, BlobCorrupt, StorageFull. */
export async function openStored({ blobs, packagesFolder }: RegistryStore, version: VersionRecord): Promise<OpenedPackage> {
  const fill = async (folder: string) => {
    const { document, manifest } = await readManifest(blobs, version)
    for (const file of manifest.files) await blobs.materialise(file.sha256, path.join(folder, file.path))
    await mkdir(folder, { recursive: true })
    await writeFile(path.join(folder, MANIFEST_FILE), document, { flag: 'wx' })
  }
  return openCached({ cacheFolder: packagesFolder, digest: version.digest, place: placeOf(version), limits: LIMITS, fill })
}

export async function archiveStored({ blobs }: RegistryStore, version: VersionRecord): Promise<FileReply> {
  const { document, manifest } = await readManifest(blobs, version)
  return packArchive(archiveName(version.model, version.version), [
    { path: MANIFEST_FILE, bytes: document.byteLength, open: () => Readable.from([document]) },
    ...manifest.files.map(({ path: name, bytes, sha256 }) => ({ path: name, bytes, open: () => blobs.openStream(sha256) })),
  ])
}

export async function describeStored({ blobs }: RegistryStore, version: VersionRecord): Promise<VersionDetail> {
  const { manifest, keyId } = await readManifest(blobs, version)
  const byPath = new Map(manifest.files.map((file) => [file.path, file]))
  const refuse = (file: string) => (reason: string) => new PackageMalformed({ package: placeOf(version), file, reason })
  const read = async (name: string, absent?: string): Promise<string> => {
    const file = byPath.get(name)
    if (file !== undefined) return readText(blobs, file, placeOf(version))
    if (absent === undefined) throw refuse(name)('it is missing')
    return absent
  }
  const json = async (name: string): Promise<unknown> => JSON.parse(await read(name, '{}')) as unknown
  const contractText = byPath.has(CONTRACT_FILE) ? await read(CONTRACT_FILE) : undefined
  const signature = parseSignature(await read(SIGNATURE_FILE), refuse(SIGNATURE_FILE))
  return Object.freeze<VersionDetail>({
    ...version,
    signature,
    sample: parseSample(await read(SAMPLE_FILE), signature, refuse(SAMPLE_FILE)),
    metrics: Metrics.parse(await json('metrics.json')),
    environment: await json('environment.json'),
    lineage: Lineage.parse(await json('lineage.json')),
    keyId,
    files: manifest.files,
    ...(contractText === undefined ? {} : { contractText }),
  })
}

async function readText(blobs: BlobStore, file: PackageFile, place: string): Promise<string> {
  if (file.bytes > DOCUMENT_BYTES_MAX)
    throw new PackageTooLarge({ package: place, what: `bytes of ${file.path}`, found: file.bytes, limit: DOCUMENT_BYTES_MAX })
  return (await blobs.read(file.sha256)).toString()
}

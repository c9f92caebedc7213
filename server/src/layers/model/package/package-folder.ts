/** A package as a folder: what lies in it, whether that is what was signed, and what its documents say. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, opendir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { PackageChanged, PackageMalformed, PackageMissing, PackageTooLarge } from './errors.ts'
import type { OpenedPackage, PackageFile } from './package.ts'
import {
  CONTRACT_FILE,
  DOCUMENT_BYTES_MAX,
  FILES_MAX,
  MANIFEST_BYTES_MAX,
  MANIFEST_FILE,
  SAMPLE_FILE,
  SIGNATURE_FILE,
} from './package-format.ts'
import { type ManifestLimits, parseManifest, type ReadManifest } from './sealed-manifest.ts'
import { parseSample, parseSignature } from './signature-shape.ts'

/** Folders beside files that a walk looks into before it gives up. */
const ENTRIES_PER_FILE_MAX = 4

/** Opens a folder after every byte of it was compared with its manifest. Throws as openPackage does. */
export async function openFolder(folder: string, limits: ManifestLimits, place = path.basename(folder)): Promise<OpenedPackage> {
  const read = parseManifest(await readManifestFile(folder, place), place, limits)
  await verifyFiles(folder, place, read.manifest.files)
  return Object.freeze({ ...(await readDocuments(folder, place, read.manifest.files)), ...placeIn(folder, read) })
}

const placeIn = (folder: string, { manifest, digest, keyId }: ReadManifest) => ({
  manifest,
  digest,
  keyId,
  folder,
  modelFile: path.join(folder, manifest.modelFile),
})

/** The same package after its folder was moved. */
export const moved = (opened: OpenedPackage, folder: string): OpenedPackage =>
  Object.freeze({ ...opened, ...placeIn(folder, opened) })

async function readManifestFile(folder: string, place: string): Promise<Buffer> {
  const file = path.join(folder, MANIFEST_FILE)
  const found = await lstat(file).catch(() => undefined)
  if (found === undefined) throw new PackageMissing({ package: place, reason: `it has no ${MANIFEST_FILE}` })
  if (!found.isFile()) throw new PackageMalformed({ package: place, file: MANIFEST_FILE, reason: 'it is not a plain file' })
  if (found.size > MANIFEST_BYTES_MAX)
    throw new PackageTooLarge({ package: place, what: 'bytes of manifest', found: found.size, limit: MANIFEST_BYTES_MAX })
  return readFile(file)
}

/** Throws PackageChanged, with the first file that is missing, too much, or not what the manifest says. */
async function verifyFiles(folder: string, place: string, files: readonly PackageFile[]): Promise<void> {
  const found = await listFiles(folder, place, files.length + 1)
  const changed = (file: string, reason: string) => new PackageChanged({ package: place, file, reason })
  for (const { path: name, bytes } of files) {
    const size = found.get(name)
    if (size === undefined) throw changed(name, 'it is missing')
    if (size !== bytes) throw changed(name, `it has ${size} bytes instead of ${bytes}`)
    found.delete(name)
  }
  found.delete(MANIFEST_FILE)
  const [extra] = found.keys()
  if (extra !== undefined) throw changed(extra, 'the manifest does not name it')
  for (const { path: name, sha256 } of files) {
    const digest = await digestOfFile(path.join(folder, name))
    if (digest !== sha256) throw changed(name, `its sha256 is ${digest} instead of ${sha256}`)
  }
}

async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1_024 * 1_024 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/**
 * Every file in a folder with its size, by path with forward slashes. Stops beyond `filesMax` files; throws PackageMalformed
 * for a link or a device: what it leads to is not a part of the package.
 */
export async function listFiles(folder: string, place: string, filesMax = FILES_MAX): Promise<Map<string, number>> {
  const files = new Map<string, number>()
  const waiting = ['']
  let entries = 0
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop())
    for await (const entry of await opendir(path.join(folder, at))) {
      const name = at === '' ? entry.name : `${at}/${entry.name}`
      entries += 1
      if (entry.isDirectory()) waiting.push(name)
      else if (!entry.isFile())
        throw new PackageMalformed({ package: place, file: name, reason: 'it is a link or something special, not a plain file' })
      else files.set(name, (await stat(path.join(folder, name))).size)
      if (files.size > filesMax || entries > filesMax * ENTRIES_PER_FILE_MAX) return files
    }
  return files
}

/** What the engine needs of the documents of a folder. Throws PackageMalformed. */
export async function readDocuments(
  folder: string,
  place: string,
  files: readonly Pick<PackageFile, 'path' | 'bytes'>[],
): Promise<Pick<OpenedPackage, 'signature' | 'sample' | 'contractText'>> {
  const refuse = (file: string) => (reason: string) => new PackageMalformed({ package: place, file, reason })
  const read = async (name: string): Promise<string | undefined> => {
    const file = files.find((one) => one.path === name)
    if (file === undefined) return undefined
    if (file.bytes > DOCUMENT_BYTES_MAX) throw refuse(name)(`it is larger than ${DOCUMENT_BYTES_MAX} bytes`)
    return readFile(path.join(folder, name), 'utf8')
  }
  const [signatureJson, sample, contractText] = await Promise.all([read(SIGNATURE_FILE), read(SAMPLE_FILE), read(CONTRACT_FILE)])
  if (signatureJson === undefined) throw refuse(SIGNATURE_FILE)('it is missing')
  if (sample === undefined) throw refuse(SAMPLE_FILE)('it is missing')
  const signature = parseSignature(signatureJson, refuse(SIGNATURE_FILE))
  return {
    signature,
    sample: parseSample(sample, signature, refuse(SAMPLE_FILE)),
    ...(contractText === undefined ? {} : { contractText }),
  }
}

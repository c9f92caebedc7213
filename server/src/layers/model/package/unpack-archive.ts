/**
 * Reading a single-file package that anyone may have made. Nothing is written that the manifest, checked first, does not
 * name; no file grows beyond the size it has there; everything but plain files is refused.
 */
import { createReadStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Header } from 'tar-stream'
import { AppError } from '../../../kernel/errors.ts'
import { storageFailure } from '../../../platform/files/atomic-file.ts'
import { PackageArchiveRefused, PackageTooLarge } from './errors.ts'
import type { OpenedPackage } from './package.ts'
import { openCached } from './package-cache.ts'
import { FILES_MAX, MANIFEST_BYTES_MAX, MANIFEST_FILE } from './package-format.ts'
import { type ManifestLimits, parseManifest, type ReadManifest } from './sealed-manifest.ts'

/** Header, padding and a long name of one entry, in bytes. */
const ENTRY_OVERHEAD_BYTES_MAX = 4_096

export interface ArchiveOptions extends ManifestLimits {
  /** Where single-file packages are unpacked, by digest. */
  readonly cacheFolder: string
}

interface Entry extends AsyncIterable<Buffer> {
  readonly header: Header
}

/** Unpacks into the cache, or finds it there, and opens it. */
export async function openArchive(file: string, bytes: number, options: ArchiveOptions): Promise<OpenedPackage> {
  const place = path.basename(file)
  const limit = options.bytesMax + MANIFEST_BYTES_MAX + (options.filesMax ?? FILES_MAX) * ENTRY_OVERHEAD_BYTES_MAX
  if (bytes > limit) throw new PackageTooLarge({ package: place, what: 'bytes', found: bytes, limit })
  const document = await readManifestEntry(file, place)
  const read = parseManifest(document, place, options)
  return openCached({
    cacheFolder: options.cacheFolder,
    digest: read.digest,
    place,
    limits: options,
    fill: (folder) => unpack(file, place, read, document, folder),
  })
}

async function readManifestEntry(file: string, place: string): Promise<Buffer> {
  let document: Buffer | undefined
  await eachEntry(file, place, async (entry) => {
    document = await readManifest(entry, place)
    return 'stop'
  })
  if (document === undefined) throw new PackageArchiveRefused({ package: place, reason: 'it is empty' })
  return document
}

async function readManifest(entry: Entry, place: string): Promise<Buffer> {
  const { name, size } = entry.header
  const refuse = (reason: string) => new PackageArchiveRefused({ package: place, entry: name, reason })
  if (name !== MANIFEST_FILE) throw refuse(`${MANIFEST_FILE} must be the first`)
  if (size > MANIFEST_BYTES_MAX) throw refuse(`it is larger than ${MANIFEST_BYTES_MAX} bytes`)
  const chunks: Buffer[] = []
  for await (const chunk of entry) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function unpack(file: string, place: string, { manifest }: ReadManifest, document: Buffer, folder: string): Promise<void> {
  const expected = new Map(manifest.files.map((one) => [one.path, one]))
  const known = new Set([MANIFEST_FILE, ...expected.keys()])
  let first = true
  await eachEntry(file, place, async (entry) => {
    const { name, size } = entry.header
    const refuse = (reason: string) => new PackageArchiveRefused({ package: place, entry: name, reason })
    if (first) {
      first = false
      if (!document.equals(await readManifest(entry, place))) throw refuse('it changed while it was read')
      await writeFile(path.join(folder, MANIFEST_FILE), document, { flag: 'wx' })
      return 'go on'
    }
    const one = expected.get(name)
    if (one === undefined) throw refuse(known.has(name) ? 'it is there twice' : 'the manifest does not name it')
    if (size !== one.bytes) throw refuse(`it has ${size} bytes instead of ${one.bytes}`)
    expected.delete(name)
    const target = path.join(folder, name)
    await mkdir(path.dirname(target), { recursive: true })
    // By iteration: a pipeline from an entry that was cut off in the meantime would never end.
    await writeFile(target, entry, { flag: 'wx' })
    return 'go on'
  })
}

/** Calls `visit` with each entry in turn, which must read it to its end unless it stops. */
async function eachEntry(file: string, place: string, visit: (entry: Entry) => Promise<'go on' | 'stop'>): Promise<void> {
  const { extract } = await import('tar-stream')
  const entries = extract()
  const source = createReadStream(file, { highWaterMark: 1_024 * 1_024 })
  source.on('error', (error) => entries.destroy(error))
  source.pipe(entries)
  try {
    for await (const entry of entries as AsyncIterable<unknown> as AsyncIterable<Entry>) {
      refuseSpecial(entry.header, place)
      if ((await visit(entry)) === 'stop') return
    }
  } catch (error) {
    throw error instanceof AppError ? error : explained(error, place)
  } finally {
    source.destroy()
    entries.destroy()
  }
}

function refuseSpecial({ name, type }: Omit<Header, 'type'> & { readonly type: string | null }, place: string): void {
  if (type === 'file') return
  const kind = type === null ? 'special entry' : type.replaceAll('-', ' ')
  throw new PackageArchiveRefused({ package: place, entry: name, reason: `it is a ${kind}, not a plain file` })
}

/** What the reader of tar says of a damaged file, in plain words; the disk's own troubles as they are. */
function explained(error: unknown, place: string): unknown {
  const storage = storageFailure(place, error)
  if (storage !== error || !(error instanceof Error) || 'syscall' in error) return storage
  const reason = /unexpected end|stream was destroyed/i.test(error.message)
    ? 'it ends too early, or has something behind its end'
    : /header|invalid/i.test(error.message)
      ? 'it is not an uncompressed tar, it is damaged, or it has something behind its end'
      : undefined
  return reason === undefined ? error : new PackageArchiveRefused({ package: place, reason }, { cause: error })
}

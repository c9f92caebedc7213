/**
 * A package as one file: an uncompressed tar of plain files, `manifest.json` first, the others in the order of the
 * manifest, all metadata fixed. So the archive is a function of the manifest, its size is known before its first byte, and a
 * reader knows what may follow before anything follows.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Header, Pack } from 'tar-stream'
import type { FileReply } from '../../../kernel/file-reply.ts'
import type { OpenedPackage } from './package.ts'
import { MANIFEST_FILE } from './package-format.ts'

const BLOCK_BYTES = 512

export interface ArchiveEntry {
  readonly path: string
  readonly bytes: number
  readonly open: () => Promise<Readable> | Readable
}

export const archiveName = (model: string, version: number) => `${model}-${version}.seaworthy`

/** The single-file form of a package. `entries` begin with the manifest. The stream fails when a file has another size. */
export async function packArchive(name: string, entries: readonly ArchiveEntry[]): Promise<FileReply> {
  return Object.freeze({
    name,
    bytes: (await headerBytes(entries)) + entries.reduce((sum, { bytes }) => sum + paddedBytes(bytes), 0),
    stream: Readable.from(chunksOf(entries), { objectMode: false }),
  })
}

/** Nothing is opened before the first chunk is asked for, and all is closed when the reader goes away. */
async function* chunksOf(entries: readonly ArchiveEntry[]): AsyncGenerator<Uint8Array> {
  const { pack } = await import('tar-stream')
  const content = pack()
  const feeding = feed(content, entries)
  try {
    yield* content as AsyncIterable<Uint8Array>
  } finally {
    content.destroy()
    await feeding
  }
}

/** The single-file form of a package that lies in a folder. */
export async function archiveFolder({ folder, manifest }: OpenedPackage): Promise<FileReply> {
  const entryOf = async (name: string): Promise<ArchiveEntry> => {
    const file = path.join(folder, name)
    return { path: name, bytes: (await stat(file)).size, open: () => createReadStream(file) }
  }
  const entries = await Promise.all([MANIFEST_FILE, ...manifest.files.map((file) => file.path)].map(entryOf))
  return packArchive(archiveName(manifest.model, manifest.version), entries)
}

const paddedBytes = (bytes: number) => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES
const headerOf = ({ path: name, bytes }: ArchiveEntry): Pick<Header, 'name' | 'size' | 'type' | 'mode' | 'mtime'> => ({
  name,
  size: bytes,
  type: 'file',
  mode: 0o644,
  mtime: new Date(0),
})

async function feed(content: Pack, entries: readonly ArchiveEntry[]): Promise<void> {
  try {
    for (const entry of entries)
      await pipeline(await entry.open(), content.entry(headerOf(entry)) as unknown as NodeJS.WritableStream)
    content.finalize()
  } catch (cause) {
    content.destroy(cause instanceof Error ? cause : new Error(String(cause)))
  }
}

/** Bytes of all headers and of the end mark: those of the same archive with empty files, since no header depends on a size. */
async function headerBytes(entries: readonly ArchiveEntry[]): Promise<number> {
  const { pack } = await import('tar-stream')
  const empty = pack()
  for (const entry of entries) empty.entry(headerOf({ ...entry, bytes: 0 }), Buffer.alloc(0))
  empty.finalize()
  let bytes = 0
  for await (const chunk of empty as AsyncIterable<Uint8Array>) bytes += chunk.byteLength
  return bytes
}

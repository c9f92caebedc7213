/**
 * Blobs as files: `sha256/ab/cdef...`. A file is written under a temporary name, synced and renamed to its digest, so a name
 * is a promise that its content is whole. What a kill leaves is a temporary file, swept when the store is next opened.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, mkdir, open, opendir, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable, Transform } from 'node:stream'
import { syncFolder, telling, TEMPORARY, temporaryName } from '../files/atomic-file.ts'
import type { Blob, BlobStore } from './blob-store.ts'
import { BlobCorrupt, BlobMissing, BlobTooLarge } from './errors.ts'

const DIGEST = /^[0-9a-f]{64}$/

export async function openFilesystemBlobs(folder: string): Promise<BlobStore> {
  const root = path.join(folder, 'sha256')
  const incoming = path.join(folder, 'incoming')
  await telling(folder, async () => {
    await mkdir(root, { recursive: true })
    await rm(incoming, { recursive: true, force: true })
    await mkdir(incoming, { recursive: true })
  })
  const fileOf = (digest: string): string => {
    if (!DIGEST.test(digest)) throw new BlobMissing({ digest: digest.slice(0, 80) })
    return path.join(root, digest.slice(0, 2), digest.slice(2))
  }
  const sizeOf = async (digest: string): Promise<number | undefined> =>
    stat(fileOf(digest)).then(
      ({ size }) => size,
      () => undefined,
    )
  const openStream = async (digest: string): Promise<Readable> => {
    if ((await sizeOf(digest)) === undefined) throw new BlobMissing({ digest })
    return createReadStream(fileOf(digest)).compose(verifier(digest)) as Readable
  }

  return Object.freeze<BlobStore>({
    put: (content, bytesMax = Number.POSITIVE_INFINITY) => telling(folder, () => store(incoming, content, bytesMax, fileOf)),
    openStream,
    async read(digest) {
      const chunks: Buffer[] = []
      for await (const chunk of await openStream(digest)) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks)
    },
    async find(digest) {
      const bytes = await sizeOf(digest)
      return bytes === undefined ? undefined : { digest, bytes }
    },
    materialise: (digest, file) =>
      telling(file, async () => {
        if ((await sizeOf(digest)) === undefined) throw new BlobMissing({ digest })
        await mkdir(path.dirname(file), { recursive: true })
        const half = temporaryName(file)
        try {
          await copyFile(fileOf(digest), half)
          await verifyFile(half, digest)
          await rename(half, file)
        } catch (error) {
          await rm(half, { force: true })
          throw error
        }
        await syncFolder(path.dirname(file))
      }),
    async *list() {
      for await (const entry of await opendir(root))
        for (const rest of await readdir(path.join(root, entry.name))) if (!rest.endsWith(TEMPORARY)) yield entry.name + rest
    },
    remove: (digest) => rm(fileOf(digest), { force: true }),
  })
}

async function store(
  incoming: string,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  bytesMax: number,
  fileOf: (digest: string) => string,
): Promise<Blob> {
  const half = temporaryName(path.join(incoming, 'blob'))
  const hash = createHash('sha256')
  let bytes = 0
  try {
    const handle = await open(half, 'wx')
    try {
      for await (const chunk of content instanceof Uint8Array ? [content] : content) {
        bytes += chunk.byteLength
        if (bytes > bytesMax) throw new BlobTooLarge({ bytesMax })
        hash.update(chunk)
        await handle.writeFile(chunk)
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    const digest = hash.digest('hex')
    const file = fileOf(digest)
    await mkdir(path.dirname(file), { recursive: true })
    await rename(half, file)
    await syncFolder(path.dirname(file))
    await syncFolder(path.dirname(path.dirname(file)))
    return { digest, bytes }
  } catch (error) {
    await rm(half, { force: true })
    throw error
  }
}

/** Lets everything through and fails at the end when it was not what its name says. */
function verifier(digest: string): Transform {
  const hash = createHash('sha256')
  return new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      done(null, chunk)
    },
    flush(done) {
      const found = hash.digest('hex')
      done(found === digest ? null : new BlobCorrupt({ digest, found }))
    },
  })
}

async function verifyFile(file: string, digest: string): Promise<void> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  const found = hash.digest('hex')
  if (found !== digest) throw new BlobCorrupt({ digest, found })
}

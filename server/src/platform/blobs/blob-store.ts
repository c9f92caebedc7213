import type { Readable } from 'node:stream'

export interface Blob {
  /** sha256 of the content, 64 hexadecimal digits: the name and the proof. */
  readonly digest: string
  readonly bytes: number
}

/** Files by their content. The same content is kept once; what is read has been verified. */
export interface BlobStore {
  /** Keeps a file; when it resolves, a power cut does not lose it. Throws BlobTooLarge, StorageFull, StorageUnwritable. */
  put(content: Uint8Array | AsyncIterable<Uint8Array>, bytesMax?: number): Promise<Blob>
  /** The whole content. Throws BlobMissing, BlobCorrupt. For small files: it lies in memory. */
  read(digest: string): Promise<Buffer>
  /** Size in bytes, or undefined when it is not here. */
  find(digest: string): Promise<Blob | undefined>
  /** The content as a stream that fails at its end when it was changed. Throws BlobMissing. */
  openStream(digest: string): Promise<Readable>
  /** A verified copy at `file`, there wholly or not at all. */
  materialise(digest: string, file: string): Promise<void>
  /** Digests of everything here, for clearing away what nothing refers to. */
  list(): AsyncIterable<string>
  remove(digest: string): Promise<void>
}

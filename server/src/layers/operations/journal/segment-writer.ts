import path from 'node:path'
import { encodeSegmentHeader, type SegmentKind } from './frame.ts'
import type { AppendFile, FilePort } from './file-port.ts'
import { holdSegment, releaseSegment, thisOwner } from './segment-owner.ts'

export interface SegmentWriterOptions {
  readonly files: FilePort
  readonly folder: string
  readonly deployment: string
  readonly kind: SegmentKind
  readonly id: string
  readonly nowMs: number
}

/**
 * One open segment. `append` and `sync` throw what the disk throws; after that `repair` must succeed before anything else
 * is written: it cuts the file back to what is known to be on the disk, so that no half frame stays and none comes twice.
 */
export interface SegmentWriter {
  readonly path: string
  readonly createdMs: number
  bytes(): number
  append(frame: Uint8Array): Promise<void>
  sync(): Promise<void>
  repair(): Promise<void>
  /** Closes the file and marks it as whole; an empty one is deleted. */
  seal(): Promise<void>
  /** Lets go of a file that cannot even be cut; recovery finds it later. */
  abandon(): Promise<void>
}

/** Creates the file and its header, and returns when both are on the disk. */
export async function createSegmentWriter(options: SegmentWriterOptions): Promise<SegmentWriter> {
  const { files, folder } = options
  const stem = path.join(folder, `${options.kind}-${options.id}`)
  const file = `${stem}.open`
  const header = encodeSegmentHeader({
    kind: options.kind,
    deployment: options.deployment,
    createdMs: options.nowMs,
    owner: thisOwner,
  })
  await files.makeFolder(folder)
  holdSegment(file)
  try {
    const handle = await createWithHeader(files, folder, file, header)
    return createWriter({ files, folder, file, handle, headerBytes: header.byteLength, createdMs: options.nowMs, stem })
  } catch (error) {
    await files.remove(file).catch(() => undefined)
    releaseSegment(file)
    throw error
  }
}

async function createWithHeader(files: FilePort, folder: string, file: string, header: Buffer): Promise<AppendFile> {
  const handle = await files.create(file)
  try {
    await handle.write(header, 0)
    await handle.sync()
    await files.syncFolder(folder)
    return handle
  } catch (error) {
    await handle.close().catch(() => undefined)
    throw error
  }
}

interface Opened {
  readonly files: FilePort
  readonly folder: string
  readonly file: string
  readonly stem: string
  readonly handle: AppendFile
  readonly headerBytes: number
  readonly createdMs: number
}

function createWriter({ files, folder, file, stem, handle, headerBytes, createdMs }: Opened): SegmentWriter {
  let written = headerBytes
  let synced = headerBytes
  let isClosed = false
  const close = async () => {
    if (!isClosed) await handle.close()
    isClosed = true
  }
  return Object.freeze({
    path: file,
    createdMs,
    bytes: () => written,
    async append(frame: Uint8Array) {
      await handle.write(frame, written)
      written += frame.byteLength
    },
    async sync() {
      await handle.sync()
      synced = written
    },
    async repair() {
      await handle.truncate(synced)
      await handle.sync()
      written = synced
    },
    async seal() {
      await close()
      if (synced === headerBytes) await files.remove(file)
      else await files.rename(file, `${stem}.sealed`)
      await files.syncFolder(folder)
      releaseSegment(file)
    },
    async abandon() {
      await close().catch(() => undefined)
      releaseSegment(file)
    },
  })
}

import { mkdir, open, rename, rm, utimes } from 'node:fs/promises'

/** A file that only grows, except when a commit that failed is cut off again. */
export interface AppendFile {
  /** Writes all of `bytes` at `position`, or throws. */
  write(bytes: Uint8Array, position: number): Promise<void>
  /** Returns when what was written is on the disk (fdatasync). */
  sync(): Promise<void>
  truncate(bytes: number): Promise<void>
  close(): Promise<void>
}

/** What the journal asks of the disk: few calls, so that a test can make each of them fail. */
export interface FilePort {
  /** Creates a file that must not exist yet. */
  create(file: string): Promise<AppendFile>
  makeFolder(folder: string): Promise<void>
  /** Makes creations and renames in `folder` last. */
  syncFolder(folder: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  remove(file: string): Promise<void>
  /** Sets the time of a file to now: a sign of life. False when the file is gone. */
  touch(file: string): Promise<boolean>
}

/** The real disk. The calls run on libuv's threads, so the event loop goes on meanwhile. */
export const diskFiles: FilePort = Object.freeze({
  async create(file: string): Promise<AppendFile> {
    const handle = await open(file, 'wx', 0o640)
    return Object.freeze({
      async write(bytes: Uint8Array, position: number) {
        for (let done = 0; done < bytes.byteLength;) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, position + done)
          done += bytesWritten
        }
      },
      sync: () => handle.datasync(),
      truncate: (bytes: number) => handle.truncate(bytes),
      close: () => handle.close(),
    })
  },
  async makeFolder(folder: string) {
    await mkdir(folder, { recursive: true })
  },
  async syncFolder(folder: string) {
    if (process.platform === 'win32') return
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  rename,
  remove: (file: string) => rm(file, { force: true }),
  async touch(file: string) {
    try {
      const now = new Date()
      await utimes(file, now, now)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  },
})

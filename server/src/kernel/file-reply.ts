import type { Readable } from 'node:stream'

/** A file on its way to a caller. */
export interface FileReply {
  readonly name: string
  readonly bytes: number
  readonly stream: Readable
}

import type { Readable } from 'node:stream'

/** A stream of server-sent events: text in the format of `text/event-stream`. Destroyed when its reader goes. */
export interface EventReply {
  readonly events: Readable
}

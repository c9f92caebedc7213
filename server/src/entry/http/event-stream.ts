/**
 * Changes in the format of server-sent events (WHATWG HTML, 9.2), as fast as their reader takes them. What waits lies with the
 * listener, which is bounded; the stream itself holds one buffer.
 */
import { Readable } from 'node:stream'
import type { ChangeListener } from '../../layers/collaboration/index.ts'

/** A browser comes back after this time, in milliseconds. */
const RETRY_MS = 1_000

/** Sends a comment every `heartbeatMs`, so that what lies in between keeps the connection. Ends when `stopping` aborts. */
export function createEventStream(listener: ChangeListener, heartbeatMs: number, stopping: AbortSignal): Readable {
  let wanted = false
  const stream = new Readable({
    read() {
      wanted = true
      send()
    },
    destroy(error, done) {
      clearInterval(heartbeat)
      stopping.removeEventListener('abort', end)
      listener.close()
      done(error)
    },
  })
  const send = () => {
    while (wanted) {
      const next = listener.take()
      if (next === undefined) return
      wanted = stream.push(`id: ${next.id}\ndata: ${JSON.stringify(next.change)}\n\n`)
    }
  }
  const end = () => void stream.push(null)
  const heartbeat = setInterval(() => wanted && (wanted = stream.push(': \n\n')), heartbeatMs)
  heartbeat.unref()
  listener.onChange(send)
  stream.push(`retry: ${RETRY_MS}\n\n`)
  if (stopping.aborted) end()
  else stopping.addEventListener('abort', end, { once: true })
  return stream
}

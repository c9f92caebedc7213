import type { ServerResponse } from 'node:http'

/** Longest time to let a sender finish sending what is thrown away, in milliseconds: a reset would cost it the answer. */
const LINGER_MS = 1_000

/**
 * Ends an answer whose text was written, and which closes the connection, while the request may still be arriving. The text is
 * written before, because an end without more to come may wait for a body that is still on its way.
 */
export function lingerThenEnd(response: ServerResponse): void {
  const { req: request } = response
  request.removeAllListeners('data')
  request.resume()
  const end = () => {
    clearTimeout(timer)
    response.end()
  }
  const timer = setTimeout(end, LINGER_MS)
  if (request.complete) end()
  else request.once('end', end).once('close', end)
}

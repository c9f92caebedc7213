import { readRunOutput, type Run } from '@seaworthy/api/model'
import { useEffect, useState } from 'react'
import { client } from '../../api/client.ts'

/** The end of what is longer, in characters: what a browser scrolls without a stop. */
const SHOWN_MAX = 200_000
const WAIT_MS = 15_000
const RETRY_MS = 3_000

/** What a run has printed, growing while it runs. The server answers when there is more, so nothing is asked in vain. */
export function useRunOutput(run: string, state: Run['state'] | undefined): string {
  const [text, setText] = useState('')
  const isKnown = state !== undefined && state !== 'queued'
  const isOver = isKnown && state !== 'running'
  useEffect(() => {
    if (!isKnown) return undefined
    const stopping = new AbortController()
    setText('')
    void follow(run, stopping.signal, (piece) => setText((before) => (before + piece).slice(-SHOWN_MAX)))
    return () => stopping.abort()
  }, [run, isKnown, isOver])
  return text
}

async function follow(run: string, signal: AbortSignal, add: (piece: string) => void): Promise<void> {
  let from = 0
  for (;;) {
    try {
      const output = await client.call(readRunOutput, { params: { run }, query: { from, waitMs: WAIT_MS }, signal })
      if (signal.aborted) return
      if (output.text !== '') add(output.text)
      const isAtEnd = output.next === from
      from = output.next
      if (!output.isLive && isAtEnd) return
    } catch {
      // The page says by its other queries that the server is away; this one goes on when it is back.
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
    if (signal.aborted) return
  }
}

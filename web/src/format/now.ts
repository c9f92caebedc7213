import { useSyncExternalStore } from 'react'

const STEP_MS = 10_000

let now = Date.now()
const listeners = new Set<() => void>()
let timer: number | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= window.setInterval(() => {
    now = Date.now()
    listeners.forEach((tell) => tell())
  }, STEP_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    window.clearInterval(timer)
    timer = undefined
  }
}

/** The time, moved on every ten seconds; one timer for all that show it. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now)

/** The time, by the clock of the server: what it wrote down was so long ago by its own clock, whatever that of this machine says. */
import { useSyncExternalStore } from 'react'

const STEP_MS = 10_000
/** The `date` of an answer has whole seconds and was on its way: a smaller difference is none. */
const SAME_MS = 5_000

let offsetMs = 0
let now = Date.now()
const listeners = new Set<() => void>()
let timer: number | undefined

function tick(): void {
  now = serverNow()
  listeners.forEach((tell) => tell())
}

/** Milliseconds since 1970, as the server would say now. */
export const serverNow = (): number => Date.now() + offsetMs

/** Takes the time from the `date` header of an answer. */
export function hearServerTime(date: string | null): void {
  const told = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(told) || Math.abs(told - serverNow()) < SAME_MS) return
  const offset = told - Date.now()
  offsetMs = Math.abs(offset) < SAME_MS ? 0 : offset
  tick()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= window.setInterval(tick, STEP_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    window.clearInterval(timer)
    timer = undefined
  }
}

/** The time, moved on every ten seconds; one timer for all that show it. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now)

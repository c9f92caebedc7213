/** Where the cursor is in a chart, told to its legend alone: a move of the mouse must not draw the whole page again. */
export interface CursorReading {
  /** Index of the time under the cursor; undefined while it is elsewhere. */
  get(): number | undefined
  set(index: number | undefined): void
  subscribe(listener: () => void): () => void
}

export function createReading(): CursorReading {
  const listeners = new Set<() => void>()
  let at: number | undefined
  return Object.freeze<CursorReading>({
    get: () => at,
    set(index) {
      if (index === at) return
      at = index
      listeners.forEach((tell) => tell())
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })
}

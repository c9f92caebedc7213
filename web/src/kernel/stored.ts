/** One word that this browser keeps, seen by all tabs. Where storage is off, it is kept as long as the page. */
export interface Stored {
  read(): string | undefined
  write(value: string | undefined): void
  subscribe(listener: () => void): () => void
}

export function createStored(key: string): Stored {
  const listeners = new Set<() => void>()
  let value = read()
  function read(): string | undefined {
    try {
      return localStorage.getItem(key) ?? undefined
    } catch {
      return undefined
    }
  }
  const tell = () => listeners.forEach((listener) => listener())
  addEventListener('storage', (event) => {
    if (event.key !== key) return
    value = event.newValue ?? undefined
    tell()
  })
  return Object.freeze<Stored>({
    read: () => value,
    write(next) {
      value = next
      try {
        if (next === undefined) localStorage.removeItem(key)
        else localStorage.setItem(key, next)
      } catch {
        // Storage is off.
      }
      tell()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })
}

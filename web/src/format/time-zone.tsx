import { createContext, type ReactNode, use, useMemo, useSyncExternalStore } from 'react'
import { createStored } from '../kernel/stored.ts'

const stored = createStored('seaworthy.time-zone')
const LOCAL = Intl.DateTimeFormat().resolvedOptions().timeZone

interface ChosenZone {
  readonly zone: string
  /** Of this machine. */
  readonly local: string
  choose(zone: string): void
}
const ZoneContext = createContext<ChosenZone>({ zone: 'UTC', local: LOCAL, choose: () => {} })

/** The zone in which every time on the screen is written: chosen here, that of this machine by default. */
export function TimeZoneProvider({ children }: { readonly children: ReactNode }) {
  const chosen = useSyncExternalStore(stored.subscribe, stored.read)
  const value = useMemo<ChosenZone>(
    () => ({ zone: isZone(chosen) ? chosen : LOCAL, local: LOCAL, choose: (zone) => stored.write(zone) }),
    [chosen],
  )
  return <ZoneContext value={value}>{children}</ZoneContext>
}
export const useTimeZone = () => use(ZoneContext)

function isZone(name: string | undefined): name is string {
  if (name === undefined) return false
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

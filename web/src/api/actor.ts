/** Who works at this screen: written beside each change in the audit log. Kept in this browser. */
import { useSyncExternalStore } from 'react'
import { createStored } from '../kernel/stored.ts'

const stored = createStored('seaworthy.actor')

export const currentActor = (): string | undefined => stored.read()
export const setActor = (name: string) => stored.write(name.trim().slice(0, 200) || undefined)
export const useActor = (): string | undefined => useSyncExternalStore(stored.subscribe, stored.read)

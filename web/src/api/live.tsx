import type { ChangeEvent } from '@seaworthy/api/events'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react'
import { type ConnectionState, type LiveConnection, openLiveConnection } from './live-connection.ts'
import { refresh } from './refresh.ts'
import type { Topic } from './topics.ts'

const LiveContext = createContext<LiveConnection | undefined>(undefined)
const neverChanges = () => () => {}

/** Keeps what is on the screen as it is on the server. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient()
  const [connection, setConnection] = useState<LiveConnection>()
  useEffect(() => {
    const opened = openLiveConnection({
      url: '/v1/events',
      onTopics: (topics) => void refresh(queries, [...topics] as Topic[]),
      onRegained: () => void queries.invalidateQueries(),
    })
    setConnection(opened)
    return () => opened.close()
  }, [queries])
  return <LiveContext value={connection}>{children}</LiveContext>
}

/** Whether what is shown is kept up to date right now. */
export function useLive(): ConnectionState {
  const connection = use(LiveContext)
  return useSyncExternalStore(connection?.subscribe ?? neverChanges, () => connection?.state() ?? 'connecting')
}

/** Every event as it comes, for what is drawn live; queries are refreshed without it. */
export function useLiveEvents(hear: (event: ChangeEvent) => void): void {
  const connection = use(LiveContext)
  const onEvent = useEffectEvent(hear)
  useEffect(() => connection?.listen((event) => onEvent(event)), [connection])
}

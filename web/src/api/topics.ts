import type { EventTopic } from '@seaworthy/api/events'

/** What changes under a page. The server tells a topic when something of it changed; queries say which topics they show. */
export type Topic = Exclude<EventTopic, 'resync'>

/** Told every second or so while there is traffic: what shows them is read again less often. */
export const BUSY_TOPICS: ReadonlySet<EventTopic> = new Set(['traffic', 'predictions'])

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: { readonly topics?: readonly Topic[] }
  }
}

import { watchEvents } from '@seaworthy/api/events'
import { createEventStream } from './event-stream.ts'
import { route } from './services.ts'

const HEARTBEAT_MS = 15_000
/** Told once a second for each deployment, so a page asks for those that it shows. */
const OFTEN = new Set(['traffic', 'predictions'])

export const eventsRoutes = [
  route(watchEvents, async ({ query: { after, deployment }, lastEventId }, { events, stopping }) => {
    const listener = await events.listen(
      lastEventId ?? after,
      (change) => deployment === undefined || !OFTEN.has(change.topic) || change.deployment === deployment,
    )
    return { events: createEventStream(listener, HEARTBEAT_MS, stopping) }
  }),
]

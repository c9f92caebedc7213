/**
 * The one connection on which the server tells what changed. It reconnects by itself: at once, then after longer and longer
 * pauses. A page that nobody looks at gives its connection back, because a browser opens six to a server and no more.
 */
import { ChangeEvent, type EventTopic } from '@seaworthy/api/events'
import { BUSY_TOPICS } from './topics.ts'

export type ConnectionState = 'connecting' | 'live' | 'lost'

export interface LiveConnection {
  state(): ConnectionState
  subscribe(listener: () => void): () => void
  /** Every event as it comes, for what is drawn live. */
  listen(listener: (event: ChangeEvent) => void): () => void
  close(): void
}
export interface LiveOptions {
  readonly url: string
  /** Topics that changed, collected over a moment. */
  onTopics(topics: ReadonlySet<EventTopic>): void
  /** Connected again after a time without, or events were lost: anything may have changed. */
  onRegained(): void
}

const COLLECT_MS = 250
const COLLECT_BUSY_MS = 4_000
const PAUSE_MS_MIN = 500
const PAUSE_MS_MAX = 10_000
/** A tab in the background keeps its connection for this long. */
const HIDDEN_MS_MAX = 60_000

export function openLiveConnection({ url, onTopics, onRegained }: LiveOptions): LiveConnection {
  const hearers = new Set<(event: ChangeEvent) => void>()
  const deliver = (topics: ReadonlySet<EventTopic>) => (topics.has('resync') ? onRegained() : onTopics(topics))
  const calm = collector(COLLECT_MS, deliver)
  const busy = collector(COLLECT_BUSY_MS, deliver)
  const sign = createSign()
  let source: EventSource | undefined
  let pauseMs = PAUSE_MS_MIN
  let missed = false
  let lastId = ''
  let retry: number | undefined

  const connect = () => {
    source?.close()
    source = new EventSource(lastId === '' ? url : `${url}?after=${encodeURIComponent(lastId)}`)
    source.addEventListener('open', () => {
      pauseMs = PAUSE_MS_MIN
      sign.become('live')
      if (missed) onRegained()
      missed = false
    })
    source.addEventListener('message', ({ data, lastEventId }) => {
      lastId = lastEventId
      const event = eventOf(data)
      if (event === undefined) return
      hearers.forEach((hear) => hear(event))
      ;(BUSY_TOPICS.has(event.topic) ? busy : calm).add(event.topic)
    })
    source.addEventListener('error', () => {
      sleep()
      sign.become('lost')
      retry = window.setTimeout(connect, pauseMs)
      pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)
    })
  }
  const sleep = () => {
    missed = true
    window.clearTimeout(retry)
    source?.close()
  }
  const wake = () => {
    if (source?.readyState !== EventSource.CLOSED) return
    window.clearTimeout(retry)
    connect()
  }
  const unwatch = watchAttention(wake, sleep)
  connect()
  return Object.freeze<LiveConnection>({
    state: sign.state,
    subscribe: sign.subscribe,
    listen(listener) {
      hearers.add(listener)
      return () => hearers.delete(listener)
    },
    close() {
      unwatch()
      sleep()
      calm.stop()
      busy.stop()
    },
  })
}

/** The state that is shown, and who is told when it changes. */
function createSign() {
  const listeners = new Set<() => void>()
  let state: ConnectionState = 'connecting'
  return {
    state: () => state,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    become(next: ConnectionState) {
      if (state === next) return
      state = next
      listeners.forEach((listener) => listener())
    },
  }
}

/** `wake` when somebody looks again or the network is back, `sleep` when nobody has looked for a while. */
function watchAttention(wake: () => void, sleep: () => void): () => void {
  let timer: number | undefined
  const onChange = () => {
    window.clearTimeout(timer)
    if (document.hidden) timer = window.setTimeout(sleep, HIDDEN_MS_MAX)
    else wake()
  }
  document.addEventListener('visibilitychange', onChange)
  addEventListener('online', onChange)
  return () => {
    window.clearTimeout(timer)
    document.removeEventListener('visibilitychange', onChange)
    removeEventListener('online', onChange)
  }
}

function eventOf(data: unknown): ChangeEvent | undefined {
  try {
    return ChangeEvent.safeParse(JSON.parse(String(data))).data
  } catch {
    return undefined
  }
}

/** What came within a time, once and together. */
function collector(ms: number, deliver: (topics: ReadonlySet<EventTopic>) => void) {
  let collected = new Set<EventTopic>()
  let timer: number | undefined
  const end = () => {
    const topics = collected
    collected = new Set()
    timer = undefined
    deliver(topics)
  }
  return Object.freeze({
    add(topic: EventTopic) {
      collected.add(topic)
      timer ??= window.setTimeout(end, ms)
    },
    stop: () => window.clearTimeout(timer),
  })
}

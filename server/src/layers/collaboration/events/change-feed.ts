/**
 * The feed of changes that pages listen to. The store is asked once a second, and at once after a commit of this process, while
 * anybody listens and for a minute longer, so that a connection that broke finds what it missed.
 */
import type { Clock } from '../../../kernel/clock.ts'
import type { Log } from '../../../kernel/log.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { Change } from './change.ts'
import { type ChangeHub, type ChangeListener, createChangeHub } from './change-hub.ts'
import { createChangeWatch } from './change-watch.ts'

const ASK_MS = 1_000
/** After a commit others follow; they are told together. */
const COLLECT_MS = 40
const LINGER_MS = 60_000
const RECENT_MAX = 1_000
const WAITING_MAX = 500

export interface ChangeFeed {
  /** Throws TooManyListeners, and what the store throws. */
  listen(after?: string, wants?: (change: Change) => boolean): Promise<ChangeListener>
  /** Of what is in no store. Nothing is kept while nobody listens. */
  publish(changes: readonly Change[]): void
  /** Something was committed in this process. */
  wake(): void
  stop(): Promise<void>
}

export interface ChangeFeedOptions {
  readonly db: Database
  readonly clock: Clock
  readonly ids: () => string
  readonly log: Log
  readonly listenersMax: number
}

export function createChangeFeed({ db, clock, ids, log, listenersMax }: ChangeFeedOptions): ChangeFeed {
  const newHub = () =>
    createChangeHub({ name: ids(), now: clock.now, listenersMax, recentMax: RECENT_MAX, waitingMax: WAITING_MAX })
  const watch = createChangeWatch({ db, clock })
  let hub: ChangeHub = newHub()
  let running: Promise<void> | undefined
  let begun: Promise<void> | undefined
  let leftMs = 0
  let wakeUp: () => void = () => {}
  let isStopped = false

  async function run(): Promise<void> {
    while (!isStopped) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ASK_MS)
        timer.unref()
        wakeUp = () => void setTimeout(resolve, COLLECT_MS).unref()
      })
      if (hub.listeners > 0) leftMs = performance.now()
      else if (performance.now() - leftMs > LINGER_MS) break
      if (isStopped) break
      try {
        hub.publish(await watch.next())
      } catch (error) {
        log.warn('changes cannot be read', { error: String(error) })
      }
    }
    // What happens from now on is seen by nobody, so ids of this hub must not be gone on from.
    hub = newHub()
    running = undefined
    begun = undefined
  }
  return Object.freeze<ChangeFeed>({
    async listen(after, wants) {
      leftMs = performance.now()
      begun ??= watch.begin()
      await begun.catch((error: unknown) => {
        // The next one asks the store again.
        begun = undefined
        throw error
      })
      leftMs = performance.now()
      const listener = hub.listen(after, wants)
      running ??= run()
      return listener
    },
    publish: (changes) => (hub.listeners > 0 ? hub.publish(changes) : undefined),
    wake: () => wakeUp(),
    async stop() {
      isStopped = true
      wakeUp()
      await running
    },
  })
}

/**
 * Brings every open release forward, once a moment, in the process that has the data plane. It keeps nothing that it could
 * not do without: what a release is in stands in its rows, so a driver that comes after a kill goes on with what it finds.
 */
import { AppError } from '../../../kernel/errors.ts'
import { advanceRelease, createReleaseMemory, type ReleaseMemory } from './advance-release.ts'
import { readOpen } from './release-records.ts'
import type { ReleaseServices } from './release-services.ts'

const LOOK_MS = 500

export interface ReleaseDriver {
  /** Looks at every open release now; resolves when all are as far as they can be. Called by itself between start and stop. */
  advance(): Promise<void>
  start(): void
  /** Takes no more, and waits for the look under way. */
  stop(): Promise<void>
}

/** `before` runs ahead of each look: what has to be recorded before releases go on. */
export function createReleaseDriver(services: ReleaseServices, before: () => Promise<void> = async () => {}): ReleaseDriver {
  const { db, log } = services
  const memories = new Map<string, ReleaseMemory>()
  let looking: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let isUnderWay = false
  /** Told once, not at every look. */
  let isFailing = false

  async function look(): Promise<void> {
    await before()
    const open = await readOpen(db.kysely)
    const ids = new Set(open.map(({ id }) => id))
    for (const id of memories.keys()) if (!ids.has(id)) memories.delete(id)
    for (const release of open) {
      const memory = memories.get(release.id) ?? createReleaseMemory()
      memories.set(release.id, memory)
      await advanceRelease(release, memory, services).catch((cause: unknown) => {
        // Somebody changed it in the same moment: the next look sees how it is now.
        if (cause instanceof AppError && cause.status === 409) return
        log.error('a release cannot be brought forward', { release: release.id, error: stackOf(cause) })
      })
    }
  }
  const advance = () => {
    looking = looking.then(look).then(
      () => void (isFailing = false),
      (cause: unknown) => {
        if (!isFailing) log.warn('releases cannot be read', { error: String(cause) })
        isFailing = true
      },
    )
    return looking
  }
  return Object.freeze<ReleaseDriver>({
    advance,
    start() {
      timer ??= setInterval(() => {
        if (isUnderWay) return
        isUnderWay = true
        void advance().finally(() => (isUnderWay = false))
      }, LOOK_MS).unref()
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      await looking
    },
  })
}

const stackOf = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))

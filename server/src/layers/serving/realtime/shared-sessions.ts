/**
 * Loaded models by the digest of their version: one that serves in two places, or changes its share, is loaded once. One that
 * works apart, as a shadow does, is loaded for itself, in a thread of its own, so that it holds up nobody's answer.
 */
import type { Log } from '../../../kernel/log.ts'
import { loadModel, type ModelSession, type ServableVersion, type SessionOptions } from '../../model/data-plane.ts'

/** One hold of a loaded model. */
export interface SessionHold {
  readonly session: ModelSession
  /** Another hold of the same model, at once. Not after this one was released. */
  again(): SessionHold
  /** Closes the model when nobody holds it any more. Once. */
  release(): Promise<void>
}

export interface SharedSessions {
  /** Loads, or joins what is loaded. */
  acquire(version: ServableVersion, place?: 'shared' | 'apart'): Promise<SessionHold>
}

/** Below every time that a run can take: the model moves into a thread of its own. */
const ALWAYS_IN_WORKER_MS = -1

export function createSharedSessions(options: SessionOptions, log: Log): SharedSessions {
  const shared = new Map<string, Shared>()
  const hold = (key: string, entry: Shared): SessionHold => {
    entry.users += 1
    return Object.freeze<SessionHold>({
      session: entry.session,
      again: () => hold(key, entry),
      async release() {
        entry.users -= 1
        if (entry.users > 0) return
        shared.delete(key)
        await entry.session.close()
      },
    })
  }
  return Object.freeze<SharedSessions>({
    async acquire(version, place = 'shared') {
      const key = `${version.digest}/${place}`
      const known = shared.get(key)
      if (known !== undefined) return hold(key, known)
      const workerRunMsMin = place === 'apart' ? ALWAYS_IN_WORKER_MS : options.workerRunMsMin
      const session = await loadModel(version, { ...options, workerRunMsMin, log })
      const { batchRowsBest, rowMs, runMs, inWorker, memoryBytes } = session
      const facts = { batchRowsBest, rowMs, runMs, inWorker, memoryBytes }
      log.info('model ready', { model: version.model, version: version.version, ...facts })
      const meanwhile = shared.get(key)
      const entry = meanwhile ?? { session, users: 0 }
      shared.set(key, entry)
      const held = hold(key, entry)
      if (meanwhile !== undefined) await session.close()
      return held
    },
  })
}

interface Shared {
  readonly session: ModelSession
  users: number
}

/** Loaded models by the digest of their version: one that serves in two places, or changes its share, is loaded once. */
import type { Log } from '../../../kernel/log.ts'
import { loadModel, type ModelSession, type ServableVersion, type SessionOptions } from '../../model/data-plane.ts'

export interface SharedSessions {
  /** Loads, or joins what is loaded. Each call is paired with one `release`. */
  acquire(version: ServableVersion): Promise<ModelSession>
  /** Closes the model when nobody holds it any more. */
  release(digest: string): Promise<void>
}

export function createSharedSessions(options: SessionOptions, log: Log): SharedSessions {
  const shared = new Map<string, { readonly session: ModelSession; users: number }>()
  const join = (digest: string): ModelSession | undefined => {
    const entry = shared.get(digest)
    if (entry !== undefined) entry.users += 1
    return entry?.session
  }
  return Object.freeze({
    async acquire(version: ServableVersion) {
      const known = join(version.digest)
      if (known !== undefined) return known
      const session = await loadModel(version, { ...options, log })
      const { batchRowsBest, rowMs, runMs, inWorker, memoryBytes } = session
      log.info('model ready', {
        model: version.model,
        version: version.version,
        batchRowsBest,
        rowMs,
        runMs,
        inWorker,
        memoryBytes,
      })
      const meanwhile = join(version.digest)
      if (meanwhile !== undefined) await session.close()
      else shared.set(version.digest, { session, users: 1 })
      return meanwhile ?? session
    },
    async release(digest: string) {
      const entry = shared.get(digest)
      if (entry === undefined) return
      entry.users -= 1
      if (entry.users > 0) return
      shared.delete(digest)
      await entry.session.close()
    },
  })
}

/**
 * The deployments that answer now. A new version is loaded and warmed beside the old one, takes its place between two
 * requests, and the old one is closed when the last request that it holds is answered: no request sees the change.
 */
import type { Clock } from '../../../kernel/clock.ts'
import type { Log } from '../../../kernel/log.ts'
import { loadModel, type ModelSession, type ServableVersion, type SessionOptions } from '../../model/data-plane.ts'
import type { InputRules } from './input-policy.ts'
import { createPredictor, type Predictor } from './predictor.ts'
import type { BodyLimits } from './request-body.ts'
import type { PredictionSink } from './served-request.ts'

/** A version that is to take a share of a deployment's requests. */
export interface VariantSpec {
  readonly name: string
  /** 0 to 1; the shares of a deployment are taken in proportion. */
  readonly share: number
  readonly version: ServableVersion
  /** The contract: what it says about inputs. */
  readonly rules?: InputRules | undefined
}

export interface LiveVariant {
  readonly name: string
  readonly share: number
  readonly predictor: Predictor
}
export interface LiveDeployment {
  readonly name: string
  readonly variants: readonly LiveVariant[]
  /** The variant that answers a request: always the same for one request id. */
  pick(requestId: string): LiveVariant
}

export interface LiveDeploymentsOptions extends BodyLimits {
  readonly session: SessionOptions
  readonly rowsWaitingMax: number
  readonly sink: PredictionSink | undefined
  readonly ids: () => string
  readonly clock: Clock
  readonly log: Log
}

export interface LiveDeployments {
  /** Names that are being loaded for the first time. */
  readonly loadingCount: number
  find(name: string): LiveDeployment | undefined
  list(): readonly LiveDeployment[]
  /** Loads and warms what is new, then swaps. When a version cannot be loaded, throws and leaves the old ones serving. */
  set(name: string, specs: readonly VariantSpec[]): Promise<void>
  remove(name: string): Promise<void>
  /** Waits for the requests that are queued and closes all models. */
  close(): Promise<void>
}

interface SharedSession {
  readonly session: ModelSession
  users: number
}

export function createLiveDeployments(options: LiveDeploymentsOptions): LiveDeployments {
  const { log } = options
  const live = new Map<string, LiveDeployment>()
  const sessions = new Map<string, SharedSession>()
  const changes = new Map<string, Promise<unknown>>()
  const loading = new Set<string>()
  const retiring = new Set<Promise<void>>()

  /** One change of a deployment after the other, in the order of the calls. */
  function inTurn<T>(name: string, change: () => Promise<T>): Promise<T> {
    const turn = (changes.get(name) ?? Promise.resolve()).then(change, change)
    changes.set(name, turn)
    return turn
  }
  async function acquire(version: ServableVersion): Promise<ModelSession> {
    const known = sessions.get(version.digest)
    if (known !== undefined) {
      known.users += 1
      return known.session
    }
    const session = await loadModel(version, { ...options.session, log })
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
    const meanwhile = sessions.get(version.digest)
    if (meanwhile === undefined) {
      sessions.set(version.digest, { session, users: 1 })
      return session
    }
    await session.close()
    meanwhile.users += 1
    return meanwhile.session
  }
  async function release(digest: string): Promise<void> {
    const shared = sessions.get(digest)
    if (shared === undefined) return
    shared.users -= 1
    if (shared.users > 0) return
    sessions.delete(digest)
    await shared.session.close()
  }
  function retire(deployment: LiveDeployment | undefined): void {
    for (const { predictor } of deployment?.variants ?? []) {
      const done = predictor.batcher
        .drained()
        .then(() => release(predictor.version.digest))
        .catch((cause: unknown) => log.error('a model could not be closed', { error: String(cause) }))
        .then(() => void retiring.delete(done))
      retiring.add(done)
    }
  }
  async function load(name: string, specs: readonly VariantSpec[]): Promise<LiveVariant[]> {
    const variants: LiveVariant[] = []
    try {
      for (const { name: variant, share, version, rules = {} } of specs) {
        const session = await acquire(version)
        variants.push({
          name: variant,
          share,
          predictor: createPredictor({ ...options, deployment: name, variant, version, session, rules }),
        })
      }
      return variants
    } catch (cause) {
      for (const { predictor } of variants) await release(predictor.version.digest)
      throw cause
    }
  }
  function swap(name: string, next: LiveDeployment | undefined): void {
    const old = live.get(name)
    if (next === undefined) live.delete(name)
    else live.set(name, next)
    retire(old)
  }

  return Object.freeze({
    get loadingCount() {
      return loading.size
    },
    find: (name: string) => live.get(name),
    list: () => [...live.values()],
    set(name: string, specs: readonly VariantSpec[]) {
      if (!live.has(name)) loading.add(name)
      return inTurn(name, async () => {
        try {
          const variants = await load(name, specs)
          swap(name, { name, variants, pick: createPicker(variants) })
        } finally {
          loading.delete(name)
        }
      })
    },
    remove: (name: string) => inTurn(name, async () => swap(name, undefined)),
    async close() {
      await Promise.allSettled(changes.values())
      for (const name of live.keys()) swap(name, undefined)
      await Promise.all(retiring)
    },
  })
}

/** Spreads requests over the variants by a hash of the request id, so that a retry meets the same version. */
function createPicker(variants: readonly LiveVariant[]): (requestId: string) => LiveVariant {
  const first = variants[0]!
  if (variants.length === 1) return () => first
  const total = variants.reduce((sum, { share }) => sum + share, 0)
  return (requestId) => {
    let point = uniform(requestId) * total
    for (const variant of variants) {
      point -= variant.share
      if (point < 0) return variant
    }
    return first
  }
}

/** FNV-1a with a final mix, as a number in 0..1. */
function uniform(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return ((hash ^ (hash >>> 13)) >>> 0) / 4294967296
}

/**
 * The deployments that answer now. A new version is loaded and warmed beside the old one, takes its place between two
 * requests, and the old one is closed when the last request that it holds is answered: no request sees the change.
 */
import type { Clock } from '../../../kernel/clock.ts'
import type { Log } from '../../../kernel/log.ts'
import type { ServableVersion, SessionOptions } from '../../model/data-plane.ts'
import type { InputRules } from './input-policy.ts'
import { createPredictor, type Predictor } from './predictor.ts'
import type { BodyLimits } from './request-body.ts'
import type { PredictionSink } from './served-request.ts'
import { createSharedSessions } from './shared-sessions.ts'
import { createVariantPicker } from './variant-picker.ts'

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

export function createLiveDeployments(options: LiveDeploymentsOptions): LiveDeployments {
  const { log } = options
  const live = new Map<string, LiveDeployment>()
  const sessions = createSharedSessions(options.session, log)
  const turns = createTurns()
  const loading = new Set<string>()
  const retiring = new Set<Promise<void>>()

  function retire(deployment: LiveDeployment | undefined): void {
    for (const { predictor } of deployment?.variants ?? []) {
      const done = predictor.batcher
        .drained()
        .then(() => sessions.release(predictor.version.digest))
        .catch((cause: unknown) => log.error('a model could not be closed', { error: String(cause) }))
        .then(() => void retiring.delete(done))
      retiring.add(done)
    }
  }
  async function load(name: string, specs: readonly VariantSpec[]): Promise<LiveVariant[]> {
    const variants: LiveVariant[] = []
    try {
      for (const { name: variant, share, version, rules = {} } of specs) {
        const session = await sessions.acquire(version)
        variants.push({
          name: variant,
          share,
          predictor: createPredictor({ ...options, deployment: name, variant, version, session, rules }),
        })
      }
      return variants
    } catch (cause) {
      for (const { predictor } of variants) await sessions.release(predictor.version.digest)
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
      return turns.take(name, async () => {
        try {
          const variants = await load(name, specs)
          swap(name, { name, variants, pick: createVariantPicker(variants) })
        } finally {
          loading.delete(name)
        }
      })
    },
    remove: (name: string) => turns.take(name, async () => swap(name, undefined)),
    async close() {
      await turns.over()
      for (const name of live.keys()) swap(name, undefined)
      await Promise.all(retiring)
    },
  })
}

/** One change of a deployment after the other, in the order of the calls. */
function createTurns() {
  const last = new Map<string, Promise<unknown>>()
  return {
    take<T>(name: string, change: () => Promise<T>): Promise<T> {
      const turn = (last.get(name) ?? Promise.resolve()).then(change, change)
      last.set(name, turn)
      return turn
    },
    over: async () => void (await Promise.allSettled(last.values())),
  }
}

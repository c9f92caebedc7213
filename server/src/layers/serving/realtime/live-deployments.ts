/**
 * The deployments that answer now. A new version is loaded and warmed beside the old one, takes its place between two
 * requests, and the old one is closed when the last request that it holds is answered: no request sees the change.
 */
import type { Clock } from '../../../kernel/clock.ts'
import type { Log } from '../../../kernel/log.ts'
import type { ServableVersion, SessionOptions } from '../../model/data-plane.ts'
import { createShadowLane, SHADOW, type ShadowLane } from '../traffic/shadow-lane.ts'
import { createSplit } from '../traffic/split.ts'
import { createVariantCounts, type TrafficCounts, type VariantCounts } from '../traffic/variant-counts.ts'
import type { InputRules } from './input-policy.ts'
import { createPredictor, type Predictor } from './predictor.ts'
import type { BodyLimits } from './request-body.ts'
import type { PredictionSink } from './served-request.ts'
import { createSharedSessions, type SessionHold } from './shared-sessions.ts'

/** `answer`: its share of the requests is answered by it. `shadow`: its share of them is copied to it after the answer. */
export type VariantRole = 'answer' | 'shadow'

/** A version that is to take part in a deployment's traffic. */
export interface VariantSpec {
  /** champion | challenger | standby. A standby has share 0: it is loaded, warm, and asked nothing. */
  readonly name: string
  /** Default: answer. */
  readonly role?: VariantRole
  /** 0 to 1; the shares of those that answer are taken in proportion. */
  readonly share: number
  readonly version: ServableVersion
  /** The contract: what it says about inputs. */
  readonly rules?: InputRules | undefined
  /** When it cannot be loaded, the others serve without it. */
  readonly isOptional?: boolean
}

export interface LiveVariant {
  readonly name: string
  readonly role: VariantRole
  readonly share: number
  readonly predictor: Predictor
  readonly counts: VariantCounts
}
interface HeldVariant extends LiveVariant {
  readonly hold: SessionHold
}
export interface LiveDeployment {
  readonly name: string
  readonly variants: readonly LiveVariant[]
  /** Input whose value is the key of a request that brings none; undefined while one version answers all. */
  readonly keyInput: string | undefined
  /** The variant that answers: always the same for one key. */
  pick(key: string): LiveVariant
  /** Takes copies of answered requests, while there is a shadow. */
  readonly shadow: ShadowLane | undefined
}

/** What a version did since this process began. */
export interface VariantTraffic {
  readonly version: number
  readonly role: VariantRole
  readonly counts: TrafficCounts
  /** Rows that wait for its model or run. */
  readonly rowsWaiting: number
  /** Calls of its model by their rows, on `BATCH_ROWS_BOUNDS`. */
  readonly batches: readonly number[]
}
/** A version that was to serve and could not be loaded; the deployment serves without it. */
export interface LeftOut {
  readonly name: string
  readonly version: number
  readonly explanation: string
}
/** `isOvertaken`: traffic was switched while this was being loaded, and what was loaded is not used. */
export interface SetOutcome {
  readonly isOvertaken: boolean
  readonly leftOut: readonly LeftOut[]
}

export interface LiveDeploymentsOptions extends BodyLimits {
  readonly session: SessionOptions
  readonly rowsWaitingMax: number
  readonly timeoutMsMax: number
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
  /**
   * Loads and warms what is new, then swaps. When a version that is not optional cannot be loaded, throws and leaves the old
   * ones serving.
   */
  set(name: string, specs: readonly VariantSpec[]): Promise<SetOutcome>
  /**
   * Gives all requests to a version that is loaded here, between two of them, whatever is being loaded meanwhile; the
   * champion before it stays loaded as the standby. False, and nothing changed, when the version is not loaded or its
   * model is down.
   */
  switchTo(name: string, version: number): boolean
  /** Of the versions that are loaded. */
  traffic(name: string): readonly VariantTraffic[]
  remove(name: string): Promise<void>
  /** Waits for the requests that are queued and closes all models. */
  close(): Promise<void>
}

interface Held extends LiveDeployment {
  readonly variants: readonly HeldVariant[]
}

export function createLiveDeployments(options: LiveDeploymentsOptions): LiveDeployments {
  const live = new Map<string, Held>()
  const turns = createTurns()
  const loading = new Set<string>()
  /** Raised by each switch, so that a load which began before it is not used. */
  const switches = new Map<string, number>()
  const parts = createParts(options)

  function swap(name: string, variants: readonly HeldVariant[]): void {
    const old = live.get(name)
    if (variants.length === 0) live.delete(name)
    else live.set(name, deploymentOf(name, variants, options.timeoutMsMax))
    old?.shadow?.close()
    parts.retire(old?.variants ?? [])
    parts.keepCounts(name, variants)
  }
  async function set(name: string, specs: readonly VariantSpec[], seen: number | undefined): Promise<SetOutcome> {
    try {
      const { variants, leftOut } = await parts.load(name, specs)
      const isOvertaken = switches.get(name) !== seen
      if (isOvertaken) parts.retire(variants)
      else swap(name, variants)
      return { isOvertaken, leftOut }
    } finally {
      loading.delete(name)
    }
  }
  return Object.freeze<LiveDeployments>({
    get loadingCount() {
      return loading.size
    },
    find: (name) => live.get(name),
    list: () => [...live.values()],
    set(name, specs) {
      if (!live.has(name)) loading.add(name)
      const seen = switches.get(name)
      return turns.take(name, () => set(name, specs, seen))
    },
    switchTo(name, version) {
      const next = switched(live.get(name)?.variants ?? [], version)
      if (next === undefined) return false
      switches.set(name, (switches.get(name) ?? 0) + 1)
      swap(
        name,
        next.map(({ variant, as, share }) => parts.again(name, variant, as, share)),
      )
      return true
    },
    traffic: (name) =>
      (live.get(name)?.variants ?? []).map(({ role, counts, predictor }) => ({
        ...{ role, version: predictor.version.version, counts: counts.read() },
        ...{ rowsWaiting: predictor.batcher.rowsWaiting, batches: [...predictor.batcher.batches] },
      })),
    remove: (name) => turns.take(name, async () => swap(name, [])),
    async close() {
      await turns.over()
      for (const name of live.keys()) swap(name, [])
      await parts.retired()
    },
  })
}

/** Who serves after a switch, and as what; undefined when that version cannot. */
function switched(variants: readonly HeldVariant[], version: number) {
  const next = variants.find(
    ({ role, predictor }) => role === 'answer' && predictor.version.version === version && predictor.session.model.isAlive,
  )
  if (next === undefined) return undefined
  const champion = variants.find(({ name }) => name === 'champion')
  const standby = champion === next ? variants.find(({ name }) => name === 'standby') : champion
  return [
    { variant: next, as: 'champion', share: 1 },
    ...(standby === undefined ? [] : [{ variant: standby, as: 'standby', share: 0 }]),
  ]
}

function deploymentOf(name: string, variants: readonly HeldVariant[], timeoutMsMax: number): Held {
  const answering = variants.filter(({ role }) => role === 'answer')
  const shadow = variants.find(({ role }) => role === 'shadow')
  const isShared = answering.filter(({ share }) => share > 0).length > 1
  return {
    name,
    variants,
    keyInput: isShared ? answering[0]!.predictor.rules.serving?.['routing-key'] : undefined,
    pick: createSplit(answering, name),
    shadow: shadow && createShadowLane({ ...shadow, salt: name, timeoutMsMax }),
  }
}

/** Loads, makes and closes variants. */
function createParts(options: LiveDeploymentsOptions) {
  const { log, ids } = options
  const sessions = createSharedSessions(options.session, log)
  const retiring = new Set<Promise<void>>()
  const counted = new Map<string, Map<string, VariantCounts>>()

  const make = (deployment: string, { name, role = 'answer', share, version, rules = {} }: VariantSpec, hold: SessionHold) => {
    const counts = countsOf(deployment, `${version.version}/${role}`)
    const variant = role === 'shadow' ? SHADOW : name
    const predictor = createPredictor({ ...options, deployment, variant, version, session: hold.session, rules })
    return { name, role, share, counts, hold, predictor } satisfies HeldVariant
  }
  function countsOf(deployment: string, key: string): VariantCounts {
    const known = counted.get(deployment) ?? new Map<string, VariantCounts>()
    counted.set(deployment, known)
    const counts = known.get(key) ?? createVariantCounts(ids())
    known.set(key, counts)
    return counts
  }
  function retire(variants: readonly HeldVariant[]): void {
    for (const { predictor, hold } of variants) {
      const done = predictor.batcher
        .drained()
        .then(() => hold.release())
        .catch((cause: unknown) => log.error('a model could not be closed', { error: String(cause) }))
        .then(() => void retiring.delete(done))
      retiring.add(done)
    }
  }
  return {
    retire,
    retired: async () => void (await Promise.all(retiring)),
    /** The same version under another name, at once. */
    again: (deployment: string, { hold, predictor }: HeldVariant, name: string, share: number): HeldVariant =>
      make(deployment, { name, share, version: predictor.version, rules: predictor.rules }, hold.again()),
    keepCounts(deployment: string, variants: readonly HeldVariant[]): void {
      const kept = new Set(variants.map(({ counts }) => counts))
      const known = counted.get(deployment)
      for (const [key, counts] of known ?? []) if (!kept.has(counts)) known?.delete(key)
      if (known?.size === 0) counted.delete(deployment)
    },
    async load(deployment: string, specs: readonly VariantSpec[]) {
      const variants: HeldVariant[] = []
      const leftOut: LeftOut[] = []
      try {
        for (const spec of specs) {
          try {
            const hold = await sessions.acquire(spec.version, spec.role === 'shadow' ? 'apart' : 'shared')
            variants.push(make(deployment, spec, hold))
          } catch (cause) {
            if (spec.isOptional !== true) throw cause
            const explanation = cause instanceof Error ? cause.message : String(cause)
            leftOut.push({ name: spec.name, version: spec.version.version, explanation })
          }
        }
        return { variants, leftOut }
      } catch (cause) {
        retire(variants)
        throw cause
      }
    },
  }
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

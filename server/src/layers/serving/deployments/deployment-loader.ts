/**
 * Brings the data plane to what the repository says. The repository is the intention and the data plane follows it: a launch
 * asks for it at once and waits, a change that another process made is seen by its revision, and what could not be loaded is
 * tried again, while the version that served before goes on serving.
 */
import { type Clock, systemClock } from '../../../kernel/clock.ts'
import type { Log } from '../../../kernel/log.ts'
import type { OpenedPackage } from '../../model/index.ts'
import type { DataPlane } from '../realtime/data-plane.ts'
import { parseInputRules } from '../realtime/input-policy.ts'
import type { VariantSpec } from '../realtime/live-deployments.ts'
import type { DeploymentRecord, DeploymentRepository } from './deployment.ts'

/** A deployment that could not be loaded is tried again after this time, in milliseconds, or when it changes. */
const RETRY_MS = 30_000

export interface DeploymentLoaderOptions {
  readonly deployments: Pick<DeploymentRepository, 'find' | 'listLive'>
  readonly openVersion: (model: string, version: number) => Promise<OpenedPackage>
  readonly dataPlane: Pick<DataPlane, 'setDeployment' | 'removeDeployment'>
  readonly log: Log
  readonly clock?: Clock
}

/** How one deployment is here, in this process. */
export interface LoadedDeployment {
  readonly name: string
  /** The last revision that was loaded; 0 when none ever was. */
  readonly revision: number
  readonly state: 'serving' | 'failed'
  /** Why the newest revision does not serve. */
  readonly explanation?: string
}

export interface DeploymentLoader {
  /** Loads everything that is live. One that cannot be loaded stops none of the others; it is logged and in `health()`. */
  loadAll(): Promise<void>
  /** Loads one as it is now, or takes it down, and waits until it is warm. On failure throws; the old version goes on serving. */
  reload(name: string): Promise<void>
  /** Looks for changes of other processes every `intervalMs`, until `stop`. */
  watch(intervalMs: number): void
  /** Ends watching and waits for what is being loaded. */
  stop(): Promise<void>
  health(): { readonly healthy: boolean; readonly deployments: readonly LoadedDeployment[] }
}

interface Place {
  /** Loaded here; 0: nothing. */
  revision: number
  failure?: { readonly revision: number; readonly atMs: number; readonly explanation: string } | undefined
  /** One change after the other, each from the record as it is when its turn comes. */
  turn: Promise<unknown>
}

export function createDeploymentLoader(options: DeploymentLoaderOptions): DeploymentLoader {
  const { deployments, log, clock = systemClock } = options
  const places = new Map<string, Place>()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined

  const inTurn = (name: string): Promise<void> => {
    const place = places.get(name) ?? { revision: 0, turn: Promise.resolve() }
    places.set(name, place)
    const load = () => follow(name, place, options, clock, () => places.delete(name))
    const turn = place.turn.then(load, load)
    place.turn = turn.catch(() => {})
    return turn
  }
  async function look(): Promise<void> {
    const live = await deployments.listLive()
    const isDue = ({ name, revision }: DeploymentRecord) => {
      const place = places.get(name)
      if (place === undefined) return true
      const { failure } = place
      if (failure?.revision === revision) return clock.now() - failure.atMs >= RETRY_MS
      return place.revision !== revision
    }
    const names = new Set(live.map(({ name }) => name))
    const gone = [...places.keys()].filter((name) => !names.has(name))
    for (const name of [...live.filter(isDue).map((record) => record.name), ...gone])
      await inTurn(name).catch((cause: unknown) =>
        log.error('a deployment cannot be loaded', { deployment: name, error: String(cause) }),
      )
  }
  const lookOnce = () => {
    looking ??= look().finally(() => (looking = undefined))
    return looking
  }

  return Object.freeze<DeploymentLoader>({
    loadAll: lookOnce,
    reload: inTurn,
    watch(intervalMs) {
      clearInterval(timer)
      const again = () => lookOnce().catch((cause: unknown) => log.warn('deployments cannot be read', { error: String(cause) }))
      timer = setInterval(() => void again(), intervalMs).unref()
    },
    async stop() {
      clearInterval(timer)
      await looking?.catch(() => {})
      await Promise.all([...places.values()].map(({ turn }) => turn))
    },
    health() {
      const states = [...places].map(([name, place]) => stateOf(name, place))
      return { healthy: states.every(({ state }) => state === 'serving'), deployments: states }
    },
  })
}

async function follow(
  name: string,
  place: Place,
  { deployments, openVersion, dataPlane, log }: DeploymentLoaderOptions,
  clock: Clock,
  forget: () => void,
): Promise<void> {
  const record = await deployments.find(name)
  if (record === undefined || record.state === 'stopped') {
    forget()
    return dataPlane.removeDeployment(name)
  }
  const { revision } = record
  try {
    await dataPlane.setDeployment(name, await specsOf(record, openVersion))
    place.revision = revision
    place.failure = undefined
    log.info('deployment loaded', { deployment: name, revision, versions: record.variants.map(({ version }) => version) })
  } catch (cause) {
    const explanation = cause instanceof Error ? cause.message : String(cause)
    place.failure = { revision, atMs: clock.now(), explanation }
    throw cause
  }
}

async function specsOf(
  { model, contractText, variants }: DeploymentRecord,
  openVersion: DeploymentLoaderOptions['openVersion'],
): Promise<VariantSpec[]> {
  const rules = await parseInputRules(contractText)
  return Promise.all(
    variants.map(async ({ name, share, version }) => {
      const { digest, signature, modelFile, sample } = await openVersion(model, version)
      return { name, share, rules, version: { model, version, digest, signature, modelFile, sample } }
    }),
  )
}

function stateOf(name: string, { revision, failure }: Place): LoadedDeployment {
  if (failure !== undefined) return { name, revision, state: 'failed', explanation: failure.explanation }
  return { name, revision, state: 'serving' }
}

/**
 * Brings the data plane to what the repository says. The repository is the intention and the data plane follows it: a launch
 * asks for it at once and waits, a change that another process made is seen by its revision, and what could not be loaded is
 * tried again, while the version that served before goes on serving. A challenger or a standby that cannot be loaded is left
 * out, so that what is tried can never take down what works, and is tried again at ever longer intervals.
 *
 * One thing goes before the repository: a rollback that it could not record yet (`pinOf`).
 */
import { type Clock, systemClock } from '../../../kernel/clock.ts'
import type { Log } from '../../../kernel/log.ts'
import type { OpenedPackage } from '../../model/index.ts'
import type { DataPlane } from '../realtime/data-plane.ts'
import { parseInputRules } from '../realtime/input-policy.ts'
import type { LeftOut, VariantSpec } from '../realtime/live-deployments.ts'
import type { DeploymentRecord, DeploymentRepository, VariantRecord } from './deployment.ts'

const CHAMPION = 'champion'
/** A deployment that could not be loaded is tried again after this time, in milliseconds, or when it changes. */
const RETRY_MS = 30_000
/** What was left out is tried again after the same time, which doubles with each try up to this one. */
const LEFT_OUT_RETRY_MS_MAX = 600_000

export interface DeploymentLoaderOptions {
  readonly deployments: Pick<DeploymentRepository, 'find' | 'listLive'>
  readonly openVersion: (model: string, version: number) => Promise<OpenedPackage>
  readonly dataPlane: Pick<DataPlane, 'setDeployment' | 'removeDeployment'>
  /** The version that has to answer whatever the record says, and the contract it served under. */
  readonly pinOf?: (name: string) => PinnedVersion | undefined
  readonly log: Log
  readonly clock?: Clock
}

export interface PinnedVersion {
  readonly version: number
  /** Default: the deployment's. */
  readonly contractText?: string | undefined
}

/** How one deployment is here, in this process. */
export interface LoadedDeployment {
  readonly name: string
  /** The last revision that was loaded; 0 when none ever was. */
  readonly revision: number
  readonly state: 'serving' | 'failed'
  /** Why the newest revision does not serve. */
  readonly explanation?: string
  /** Versions besides the champion that could not be loaded. */
  readonly leftOut?: readonly LeftOut[]
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
  leftOut?: readonly LeftOut[]
  /** When what was left out is tried again, and after which pause the time after that. */
  again?: { readonly atMs: number; readonly pauseMs: number } | undefined
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
      const { failure, again } = place
      if (failure?.revision === revision) return clock.now() - failure.atMs >= RETRY_MS
      return place.revision !== revision || (again !== undefined && clock.now() >= again.atMs)
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
  options: DeploymentLoaderOptions,
  clock: Clock,
  forget: () => void,
): Promise<void> {
  const { deployments, dataPlane, log } = options
  const record = await deployments.find(name)
  if (record === undefined || record.state === 'stopped') {
    forget()
    return dataPlane.removeDeployment(name)
  }
  const { revision, variants } = record
  try {
    const outcome = await load(record, options)
    // Traffic was switched by hand meanwhile: what is wanted now has to be asked again.
    if (outcome === 'overtaken') return follow(name, place, options, clock, forget)
    place.again = outcome.length === 0 ? undefined : nextTry(place, revision, clock)
    place.revision = revision
    place.failure = undefined
    place.leftOut = outcome
    log.info('deployment loaded', { deployment: name, revision, versions: variants.map(({ version }) => version) })
    for (const left of outcome) log.error('a version was left out', { deployment: name, ...left })
  } catch (cause) {
    const explanation = cause instanceof Error ? cause.message : String(cause)
    place.failure = { revision, atMs: clock.now(), explanation }
    throw cause
  }
}

/** A version that cannot be loaded costs as much as one that can, and the champion needs the machine. */
function nextTry({ again, revision: before }: Place, revision: number, clock: Clock): Place['again'] {
  const pauseMs = again === undefined || before !== revision ? RETRY_MS : again.pauseMs
  return { atMs: clock.now() + pauseMs, pauseMs: Math.min(2 * pauseMs, LEFT_OUT_RETRY_MS_MAX) }
}

async function load(
  record: DeploymentRecord,
  { openVersion, dataPlane, pinOf = () => undefined }: DeploymentLoaderOptions,
): Promise<readonly LeftOut[] | 'overtaken'> {
  const { name } = record
  const pin = pinOf(name)
  const specs: VariantSpec[] = []
  const unopened: LeftOut[] = []
  for (const variant of pin === undefined ? record.variants : pinned(record, pin)) {
    try {
      specs.push(await specOf(record, variant, openVersion))
    } catch (cause) {
      if (variant.name === CHAMPION) throw cause
      const explanation = cause instanceof Error ? cause.message : String(cause)
      unopened.push({ name: variant.name, version: variant.version, explanation })
    }
  }
  if (pinOf(name) !== pin) return 'overtaken'
  const { isOvertaken, leftOut } = await dataPlane.setDeployment(name, specs)
  return isOvertaken ? 'overtaken' : [...unopened, ...leftOut]
}

/** All traffic to the pinned version; the champion of the record stays at hand. */
function pinned({ variants }: DeploymentRecord, { version, contractText }: PinnedVersion): readonly VariantRecord[] {
  const champion = variants.find(({ name }) => name === CHAMPION)
  if (champion === undefined || champion.version === version) return champion === undefined ? variants : [champion]
  const own = contractText === undefined ? {} : { contractText }
  return [
    { ...champion, version, share: 1, ...own },
    { ...champion, name: 'standby', share: 0 },
  ]
}

async function specOf(
  record: DeploymentRecord,
  { name, role, share, version, contractText = record.contractText }: VariantRecord,
  openVersion: DeploymentLoaderOptions['openVersion'],
): Promise<VariantSpec> {
  const { model } = record
  const [rules, opened] = await Promise.all([parseInputRules(contractText), openVersion(model, version)])
  const { digest, signature, modelFile, sample } = opened
  const servable = { model, version, digest, signature, modelFile, sample }
  return { name, role, share, rules, isOptional: name !== CHAMPION, version: servable }
}

function stateOf(name: string, { revision, failure, leftOut = [] }: Place): LoadedDeployment {
  const left = leftOut.length === 0 ? {} : { leftOut }
  if (failure !== undefined) return { name, revision, state: 'failed', explanation: failure.explanation, ...left }
  return { name, revision, state: 'serving', ...left }
}

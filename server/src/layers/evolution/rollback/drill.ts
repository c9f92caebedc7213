/**
 * The rehearsal: the live deployment is given to the version before and back, while its callers go on calling and requests
 * of our own, which nobody keeps, watch every moment of it. What is not rehearsed does not work when it is needed.
 */
import type { Authorship } from '../../../kernel/page.ts'
import type { LiveDeployment } from '../../serving/data-plane.ts'
import { RollbackDrillImpossible } from './errors.ts'
import type { RollbackServices } from './roll-back.ts'

/** Requests of our own that are always under way. */
const PROBES = 4
/** How long the former version answers, in milliseconds: callers of this time get its answers. */
const AWAY_MS = 500
/** Before the first switch, and after the last. */
const MARGIN_MS = 100
/** Between two requests of one probe, so that the drill loads the server with at most this many a second: 4 · 250. */
const PROBE_PAUSE_MS = 4

/** One switch, in milliseconds from its call. */
export interface SwitchTimes {
  readonly switchMs: number
  /** The last answer of the version that was left; absent when none came after the call. */
  readonly lastOldAnswerMs?: number
  readonly firstNewAnswerMs?: number
}
export interface DrillResult {
  readonly deployment: string
  readonly champion: number
  readonly standby: number
  readonly there: SwitchTimes
  readonly back: SwitchTimes
  /** Of callers and of our own, during the drill; `failed` must be 0. */
  readonly callerRequests: number
  readonly probeRequests: number
  readonly failed: number
  readonly recorded: boolean
}

interface Answer {
  readonly version: number
  readonly atMs: number
}

/** Throws RollbackDrillImpossible. */
export async function drillRollback(deployment: string, by: Authorship, services: RollbackServices): Promise<DrillResult> {
  const { traffic } = services
  const { champion, standby } = pairOf(deployment, traffic.find(deployment))
  const answers: Answer[] = []
  const before = totals(deployment, services)
  const probes = startProbes(deployment, answers, services)
  const { there, back } = await thereAndBack({ deployment, champion, standby }, services).finally(probes.stop)
  const { sent, failed } = await probes.stop()
  const after = totals(deployment, services)
  const result = {
    ...{ deployment, champion, standby },
    there: timesOf(there, answers, { old: champion, fresh: standby }),
    back: timesOf(back, answers, { old: standby, fresh: champion }),
    ...{ callerRequests: after.requests - before.requests, probeRequests: sent },
    failed: failed + after.failures - before.failures,
  }
  return { ...result, recorded: await record(result, by, services) }
}

interface Pair {
  readonly deployment: string
  readonly champion: number
  readonly standby: number
}

async function thereAndBack({ deployment, champion, standby }: Pair, services: RollbackServices) {
  const { traffic } = services
  await pause(MARGIN_MS)
  const there = switchNow(deployment, standby, services)
  await pause(AWAY_MS)
  // Somebody may have launched or rolled back meanwhile; that is not undone.
  if (championOf(traffic.find(deployment)) !== standby)
    throw new RollbackDrillImpossible({ deployment, explanation: 'its traffic was changed by somebody during the drill' })
  try {
    const back = switchNow(deployment, champion, services)
    await pause(MARGIN_MS)
    return { there, back }
  } catch (cause) {
    // It cannot answer any more as it is loaded: it is loaded anew, and the version before answers until then.
    await traffic.reload(deployment)
    throw cause
  }
}

const versionOf = (live: LiveDeployment | undefined, name: string) =>
  live?.variants.find((variant) => variant.name === name)?.predictor.version.version
const championOf = (live: LiveDeployment | undefined) => versionOf(live, 'champion')

function pairOf(deployment: string, live: LiveDeployment | undefined) {
  const refuse = (explanation: string) => new RollbackDrillImpossible({ deployment, explanation })
  if (live === undefined) throw refuse('no server serves it here')
  if (versionOf(live, 'challenger') !== undefined) throw refuse('a release is under way')
  const [champion, standby] = [championOf(live), versionOf(live, 'standby')]
  if (champion === undefined || standby === undefined) throw refuse('no version was champion before')
  return { champion, standby }
}

interface Switch {
  readonly startMs: number
  readonly switchMs: number
}

function switchNow(deployment: string, version: number, { traffic }: RollbackServices): Switch {
  const startMs = performance.now()
  if (!traffic.switchTo(deployment, version))
    throw new RollbackDrillImpossible({ deployment, explanation: `version ${version} does not answer` })
  return { startMs, switchMs: performance.now() - startMs }
}

function timesOf(
  { startMs, switchMs }: Switch,
  answers: readonly Answer[],
  { old, fresh }: { readonly old: number; readonly fresh: number },
): SwitchTimes {
  const since = answers.filter(({ atMs }) => atMs >= startMs && atMs < startMs + AWAY_MS)
  const last = since.findLast(({ version }) => version === old)?.atMs
  const first = since.find(({ version }) => version === fresh)?.atMs
  return {
    switchMs,
    ...(last === undefined ? {} : { lastOldAnswerMs: last - startMs }),
    ...(first === undefined ? {} : { firstNewAnswerMs: first - startMs }),
  }
}

/** Of the versions that answer. */
function totals(deployment: string, { traffic }: RollbackServices): { readonly requests: number; readonly failures: number } {
  let [requests, failures] = [0, 0]
  for (const { role, counts } of traffic.counts(deployment)) {
    if (role !== 'answer') continue
    requests += counts.requests
    failures += counts.failures
  }
  return { requests, failures }
}

function startProbes(deployment: string, answers: Answer[], { traffic, ids }: RollbackServices) {
  let isOver = false
  let [sent, failed] = [0, 0]
  async function probe(): Promise<void> {
    while (!isOver) {
      sent += 1
      const answer = await ask(traffic.find(deployment), ids()).catch(() => undefined)
      if (answer === undefined) failed += 1
      else answers.push(answer)
      await pause(PROBE_PAUSE_MS)
    }
  }
  const probes = Promise.all(Array.from({ length: PROBES }, probe))
  return {
    async stop() {
      isOver = true
      await probes
      return { sent, failed }
    },
  }
}

/** One request on the way of all others, without the socket; undefined when it failed. */
function ask(live: LiveDeployment | undefined, requestId: string): Promise<Answer | undefined> {
  if (live === undefined) return Promise.resolve(undefined)
  const { predictor } = live.pick(requestId)
  const body = Buffer.from(JSON.stringify({ instances: [predictor.version.sample[0] ?? {}] }))
  return new Promise((resolve) =>
    predictor.predict({
      ...{ requestId, caller: 'drill', body, startMs: performance.now(), isProbe: true },
      isGone: () => false,
      answer: (failure) =>
        resolve(failure === undefined ? { version: predictor.version.version, atMs: performance.now() } : undefined),
    }),
  )
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function record(
  result: Omit<DrillResult, 'recorded'>,
  by: Authorship,
  { db, audit, log }: RollbackServices,
): Promise<boolean> {
  const subject = `deployment/${result.deployment}`
  try {
    await db.transaction((tx) => audit.append(tx, { action: 'rollback.drill', subject, ...by, after: result }))
    return true
  } catch (cause) {
    log.error('a drill could not be recorded', { deployment: result.deployment, error: String(cause) })
    return false
  }
}

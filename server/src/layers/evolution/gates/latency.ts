/**
 * How long does it take to answer at the stated load? The version is served over HTTP on this machine, with the settings of this
 * installation, and asked at the rate of `at-requests-per-second` with rows of the evaluation snapshot, one a request. Latency
 * counts from the moment a request was due (load/load-generator.ts). A percentile comes with an interval that is exact for
 * any distribution, and the whole interval decides.
 *
 * What it cannot know is how busy this machine is otherwise. So the generator measures how late it was itself; when that is
 * more than a tenth of the bound at the percentile in question, a bad value says nothing of the version and is not enough data.
 * A good value stands: the delays are in it, and without them it would be better still. A busy machine is given time and
 * measured again; of the loads the one counts during which the generator was least late, whatever its latencies were.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { instancesOf } from '../../../kernel/table.ts'
import { LATENCY_PERCENTILES } from '../../../contract/sufficiency.ts'
import { orderStatisticInterval, rowsForUpperEnd } from '../../../stats/order-statistic-interval.ts'
import { parseInputRules } from '../../serving/data-plane.ts'
import type { GateResult } from '../check/check.ts'
import { CONFIDENCE, defineGate, type GateContext } from './contract.ts'
import { type LoadResult, runLoad } from './load/load-run.ts'
import type { LoadMeasurement } from './load/load-message.ts'
import { servedInstances, spreadRows } from './real-rows.ts'
import { boundOf, count, type Judgement, judge, numbersOf, shown } from './verdict.ts'

/** Length of the load, in milliseconds; a slow rate is given more time, to have the requests that its percentile needs. */
const LOAD_MS = 10_000
const LOAD_MS_MAX = 60_000
const REQUESTS_MAX = 200_000
/** Times as many requests as the interval needs at least, so that its upper end is not the slowest request of all. */
const REQUESTS_SPARE = 2
const WARM_UP_MS = 1_000
/** Different rows that are asked. */
const BODIES_MAX = 200
/**
 * A load that was less than this share of the stated one says nothing, when the generator was also late (at its p99, by more
 * milliseconds than this). When it was in time, it was the version that did not take the load.
 */
const RATE_SHARE_MIN = 0.98
const DELAY_MS_MAX = 5
/** Share of requests without an answer beyond which no percentile is good enough. */
const UNANSWERED_SHARE_MAX = 0.01
/** The generator's own delay that is let pass, as a share of the bound. */
const DELAY_SHARE_MAX = 0.1
/** Loads in all on a machine that is busy, and the pause before the next one, in milliseconds. */
const LOADS_MAX = 3
const PAUSE_MS = 2_000
const SEED = 912

type Percentile = keyof typeof LATENCY_PERCENTILES

export const latencyGate = defineGate({
  id: 'latency',
  title: 'Time to answer under load',
  needs: 'real-rows',
  applies: ({ sufficient }) => sufficient.latency !== undefined,
  async measure(context) {
    const { contract, realRows } = context
    const latency = contract.sufficient.latency!
    const rate = latency['at-requests-per-second']
    const asked = (Object.keys(LATENCY_PERCENTILES) as Percentile[]).filter((id) => latency[id] !== undefined)
    const requests = requestsFor(rate, Math.max(...asked.map((id) => LATENCY_PERCENTILES[id])))
    const strictest = Math.min(...asked.map((id) => latency[id]!.max))
    const result = await quietLoad(context, rate, requests, strictest)
    return asked.map((id): GateResult => {
      const bound = boundOf(latency[id]!)
      const head = {
        gate: 'latency',
        path: `sufficient.latency.${id}`,
        measured: `${id.replace('-ms', '')} at ${count(rate)} requests/s`,
        bound,
        unit: 'ms',
      }
      if (result.measurement === undefined)
        return { ...head, verdict: 'not-enough-data', rows: 0, explanation: result.explanation }
      const { measurement } = result
      const p = LATENCY_PERCENTILES[id]
      const estimate = orderStatisticInterval(measurement.latenciesMs, p, CONFIDENCE)
      const method = `${estimate.method}; open loop, Poisson arrivals, seed ${SEED}; ${measurement.bodiesTaken} rows of the ${realRows.origin}; sent ${shown(measurement.requestsPerSecond)}/s, p99 of the generator's own delay ${shown(quantile(measurement.delaysMs, 0.99))} ms`
      return {
        ...head,
        ...numbersOf(estimate),
        ...judgeLatency(measurement, estimate, { p, rate, max: latency[id]!.max }),
        method,
      }
    })
  },
})

/** Requests that are measured at this rate, for this percentile and the ones below it. */
export function requestsFor(requestsPerSecond: number, p: number): number {
  const most = Math.min(REQUESTS_MAX, (requestsPerSecond * LOAD_MS_MAX) / 1_000)
  const usual = (requestsPerSecond * LOAD_MS) / 1_000
  return Math.max(1, Math.floor(Math.min(most, Math.max(usual, REQUESTS_SPARE * rowsForUpperEnd(p, CONFIDENCE)))))
}

/** Loads again while the generator was too late to judge, and gives the load during which it was least late. */
async function quietLoad(context: GateContext, rate: number, requests: number, msMax: number): Promise<LoadResult> {
  let quietest: LoadResult | undefined
  for (let load = 1; ; load++) {
    const result = await loadOf(context, rate, requests)
    if (quietest?.measurement === undefined || lateness(result) < lateness(quietest)) quietest = result
    if (lateness(quietest) <= DELAY_SHARE_MAX * msMax || load === LOADS_MAX || result.measurement === undefined) return quietest
    await context.note('latency: this machine is busy; measuring again')
    await pause(PAUSE_MS, undefined, { signal: context.signal })
  }
}

/** The generator's own delay at its p99, in milliseconds; infinite when there was no load. */
const lateness = ({ measurement }: LoadResult): number =>
  measurement === undefined ? Number.POSITIVE_INFINITY : quantile(measurement.delaysMs, 0.99)

async function loadOf(context: GateContext, requestsPerSecond: number, requests: number): Promise<LoadResult> {
  const { opened, contractText, realRows, serving, signal, note } = context
  const { digest, signature, modelFile, sample, manifest } = opened
  const { table, origin } = realRows
  if (table.rowCount === 0) return { explanation: `There are no rows to ask: the ${origin} is empty.` }
  const columns = signature.inputs.map(({ name }) => name)
  const instances = servedInstances(instancesOf(table, columns, spreadRows(table.rowCount, BODIES_MAX)), signature)
  await note(`latency: ${count(requests)} requests at ${count(requestsPerSecond)}/s`)
  return runLoad({
    version: { model: manifest.model, version: manifest.version, digest, signature, modelFile, sample },
    rules: await parseInputRules(contractText),
    serving,
    bodies: instances.map((instance) => JSON.stringify({ instances: [instance] })),
    requestsPerSecond,
    requests,
    warmUpRequests: Math.ceil((requestsPerSecond * WARM_UP_MS) / 1_000),
    seed: SEED,
    signal,
    onProgress: (sent) => void note(`latency: ${count(sent)} of ${count(requests)} requests`).catch(() => {}),
  })
}

/** Exported for its rule. */
export function judgeLatency(
  { latenciesMs, delaysMs, requestsPerSecond }: LoadMeasurement,
  estimate: Parameters<typeof judge>[0],
  { p, rate, max }: { readonly p: number; readonly rate: number; readonly max: number },
): Judgement {
  if (requestsPerSecond < rate * RATE_SHARE_MIN && quantile(delaysMs, 0.99) > DELAY_MS_MAX)
    return {
      verdict: 'not-enough-data',
      explanation: `Only ${shown(requestsPerSecond)} requests/s could be made on this machine, so ${count(rate)} were not measured.`,
    }
  const requests = latenciesMs.length
  const unanswered = latenciesMs.reduce((sum, latency) => sum + (Number.isFinite(latency) ? 0 : 1), 0)
  const { verdict, explanation } = judge(estimate, { max }, 'requests')
  const lost = unanswered === 0 ? '' : ` ${count(unanswered)} of ${count(requests)} requests were not answered.`
  const isServed = unanswered <= UNANSWERED_SHARE_MAX * requests
  if (verdict === 'pass' && isServed) return { verdict, explanation: explanation + lost }
  const delayMs = quantile(delaysMs, p)
  if (delayMs > DELAY_SHARE_MAX * max)
    return {
      verdict: 'not-enough-data',
      explanation: `This machine was too busy to measure: requests were sent up to ${shown(delayMs)} ms late. Check again when it is quiet.`,
    }
  return { verdict: isServed ? verdict : 'fail', explanation: explanation + lost }
}

const quantile = (values: Float64Array, p: number): number =>
  values.toSorted()[Math.min(values.length - 1, Math.floor(values.length * p))] ?? 0

/**
 * Counters of the data plane, kept as plain numbers because every request touches them, and written in the Prometheus
 * text format when someone asks.
 */

import type { LiveDeployment } from './live-deployments.ts'

/** Upper bounds of the latency histogram, in seconds. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

export interface DeploymentMetrics {
  /** Counts one answered request: its status, its latency and the rows it predicted. */
  observe(status: number, latencyMs: number, rows: number): void
}
export interface ServingMetrics {
  of(deployment: string): DeploymentMetrics
  text(rowsWaiting: ReadonlyMap<string, number>): string
}

/** What each version of a deployment did; a shadow's requests are copies, and none of them is an answer. */
export function variantsText(deployments: readonly LiveDeployment[]): string {
  const lines = deployments.flatMap(({ name, variants }) =>
    variants.flatMap(({ role, predictor, counts }) => {
      const { requests, failures, invalid, dropped } = counts.read()
      const label = `deployment="${name}",version="${predictor.version.version}",role="${role}"`
      const results = { answered: requests - failures - invalid, failed: failures, invalid, dropped }
      return Object.entries(results).map(
        ([result, count]) => `seaworthy_variant_requests_total{${label},result="${result}"} ${count}`,
      )
    }),
  )
  const head = [
    '# HELP seaworthy_variant_requests_total Requests that a version was given, or a shadow copied, by what became of them.',
    '# TYPE seaworthy_variant_requests_total counter',
  ]
  return [...head, ...lines, ''].join('\n')
}

export function createServingMetrics(): ServingMetrics {
  const all = new Map<string, ReturnType<typeof createSeries>>()
  return Object.freeze({
    of(deployment: string) {
      const series = all.get(deployment) ?? createSeries(deployment)
      all.set(deployment, series)
      return series
    },
    text(rowsWaiting: ReadonlyMap<string, number>) {
      const series = [...all.values()]
      return [
        '# HELP seaworthy_predictions_total Rows predicted.',
        '# TYPE seaworthy_predictions_total counter',
        ...series.map((one) => one.rowsText()),
        '# HELP seaworthy_rows_waiting Rows that wait for the model or run.',
        '# TYPE seaworthy_rows_waiting gauge',
        ...[...rowsWaiting].map(([deployment, rows]) => `seaworthy_rows_waiting{deployment="${deployment}"} ${rows}`),
        '# HELP seaworthy_requests_total Prediction requests answered, by status.',
        '# TYPE seaworthy_requests_total counter',
        ...series.flatMap((one) => one.statusText()),
        '# HELP seaworthy_request_seconds Time from arrival to answer of successful requests.',
        '# TYPE seaworthy_request_seconds histogram',
        ...series.flatMap((one) => one.latencyText()),
        '',
      ].join('\n')
    },
  })
}

function createSeries(deployment: string) {
  const label = `deployment="${deployment}"`
  const statuses = new Map<number, number>()
  const buckets = new Float64Array(BOUNDS.length + 1)
  let rowsTotal = 0
  let secondsTotal = 0
  let succeeded = 0
  return {
    observe(status: number, latencyMs: number, rows: number) {
      if (status !== 200) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        return
      }
      const seconds = latencyMs / 1_000
      let bucket = 0
      while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]!) bucket++
      buckets[bucket]! += 1
      succeeded += 1
      secondsTotal += seconds
      rowsTotal += rows
    },
    rowsText: () => `seaworthy_predictions_total{${label}} ${rowsTotal}`,
    statusText: () =>
      [[200, succeeded] as const, ...statuses].map(
        ([status, count]) => `seaworthy_requests_total{${label},status="${status}"} ${count}`,
      ),
    latencyText() {
      let below = 0
      const lines = [...BOUNDS.map(String), '+Inf'].map((bound, i) => {
        below += buckets[i]!
        return `seaworthy_request_seconds_bucket{${label},le="${bound}"} ${below}`
      })
      lines.push(`seaworthy_request_seconds_sum{${label}} ${secondsTotal}`)
      lines.push(`seaworthy_request_seconds_count{${label}} ${succeeded}`)
      return lines
    },
  }
}

import { type FleetMember, getFleet, getTraffic, type Traffic } from '@seaworthy/api/traffic'
import type { FleetMember as FleetRecord } from '../../layers/collaboration/index.ts'
import type { TrafficSeries } from '../../layers/operations/index.ts'
import {
  addCell,
  BATCH_ROWS_BOUNDS,
  emptyCell,
  LATENCY_BOUNDS_MS,
  latencyQuantile,
  type TrafficCell,
  type TrafficRecorder,
  type VariantTraffic,
} from '../../layers/serving/index.ts'
import { route } from './services.ts'
import { wireDeployment } from './serving.routes.ts'
import { wirePage } from './wire-page.ts'

const NOW_MS = 10_000

export const fleetRoutes = [
  route(getFleet, async ({ query: { deployment, ...page } }, { fleet }) =>
    wirePage(await fleet.list(page, deployment), wireMember),
  ),
  route(getTraffic, async ({ params: { deployment }, query }, { deployments, clock, ...services }) => {
    await deployments.get(deployment)
    const to = query.to ?? clock.now() + 1
    const from = Math.min(query.from ?? to - query.lastMs, to)
    const series = await services.trafficSeries({ deployment, from, to, stepMs: query.stepMs })
    return wireTraffic(deployment, series, services.liveCounts(deployment), services.recorder, clock.now())
  }),
]

function wireMember({ deployment, owners, release, quality, drift, needs, ...member }: FleetRecord): FleetMember {
  return {
    ...member,
    deployment: wireDeployment(deployment),
    owners: { ...owners },
    ...(drift === undefined ? {} : { drift: { ...drift, columns: [...drift.columns] } }),
    quality: quality.map(({ subject, state, value, bound, interval, coverage, estimate, from, to }) => ({
      ...{ metric: subject, state, from, to },
      ...(value === undefined ? {} : { value }),
      ...(bound === undefined ? {} : { bound }),
      ...(interval === undefined ? {} : { low: interval.low, high: interval.high }),
      ...(coverage === undefined ? {} : { coverage }),
      ...(estimate === undefined ? {} : { estimate: { ...estimate } }),
    })),
    ...(release === undefined ? {} : { release: wireOpenRelease(release) }),
    needs: needs.map((need) => ({ ...need })),
  }
}

const wireOpenRelease = ({
  id,
  version,
  state,
  step,
  steps,
  approvalsNeeded,
  approvals,
}: NonNullable<FleetRecord['release']>) => ({
  ...{ id, version, step, approvalsNeeded, approvals },
  state: state as NonNullable<FleetMember['release']>['state'],
  steps: [...steps],
})

function wireTraffic(
  deployment: string,
  { stepMs, times, countedFrom, versions }: TrafficSeries,
  loaded: readonly VariantTraffic[],
  recorder: TrafficRecorder,
  now: number,
): Traffic {
  const recent = recorder.spans(deployment, 'second', { from: now - NOW_MS, to: Number.POSITIVE_INFINITY })
  return {
    ...{ deployment, at: now, stepMs, countedFrom, times: [...times] },
    versions: versions.map(({ version, role, cells, total }) => ({
      ...{ version, role },
      ...columnsOf(cells),
      latencies: [...total.latencies],
    })),
    latencyBoundsMs: [...LATENCY_BOUNDS_MS],
    batchRowsBounds: [...BATCH_ROWS_BOUNDS],
    now: loaded.map(({ version, role, rowsWaiting, batches }) => {
      const cell = recent
        .flatMap((span) => span.versions.filter((one) => one.version === version && one.role === role))
        .reduce((sum: TrafficCell, one) => addCell(sum, one.cell), emptyCell())
      const [p50Ms, p99Ms] = [latencyQuantile(cell.latencies, 0.5), latencyQuantile(cell.latencies, 0.99)]
      return {
        ...{ version, role, rowsWaiting, batches: [...batches], requestsPerSecond: cell.requests / (NOW_MS / 1_000) },
        ...(p50Ms === undefined ? {} : { p50Ms }),
        ...(p99Ms === undefined ? {} : { p99Ms }),
      }
    }),
  }
}

function columnsOf(cells: readonly TrafficCell[]) {
  const column = (name: 'requests' | 'failures' | 'invalid' | 'rows' | 'flagged') => cells.map((cell) => cell[name])
  const latency = (share: number) => cells.map(({ latencies }) => latencyQuantile(latencies, share) ?? null)
  return {
    ...{ requests: column('requests'), failures: column('failures'), invalid: column('invalid'), rows: column('rows') },
    ...{ flagged: column('flagged'), p50Ms: latency(0.5), p99Ms: latency(0.99) },
  }
}

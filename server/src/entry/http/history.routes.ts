import {
  type ColumnView,
  type FindingSeriesView,
  getFindingSeries,
  getProfile,
  getProfileColumn,
  listOutliers,
  type ProfileView,
} from '@seaworthy/api/history'
import { parseContract } from '../../contract/parse-contract.ts'
import {
  type ColumnSummary,
  compareColumn,
  compareToBaseline,
  type DriftVerdict,
  findFarthestRows,
  type SpanProfile,
} from '../../layers/operations/index.ts'
import type { DeploymentRecord } from '../../layers/serving/index.ts'
import { wirePrediction } from './operations.routes.ts'
import { type ControlServices, route } from './services.ts'
import { parseSlice } from './slice.ts'

const HOUR_MS = 3_600_000
/** Changes of champion that are marked. */
const MARKS_MAX = 1_000

export const historyRoutes = [
  route(getProfile, async ({ params, query }, services): Promise<ProfileView> => {
    const deployment = await services.deployments.get(params.deployment)
    const span = await services.spanProfiles.read(deployment, await spanOf(deployment.name, query, services), query.version)
    const columns = compareToBaseline(span, policyOf(deployment, query.measure))
    return {
      ...aboutOf(deployment.name, span),
      columns: columns.map(({ verdict, ...summary }) => ({
        ...wireSummary(summary),
        ...(verdict === undefined ? {} : { verdict: wireVerdict(verdict) }),
      })),
    }
  }),
  route(getProfileColumn, async ({ params, query }, services): Promise<ColumnView> => {
    const { spanProfiles, deployments } = services
    const deployment = await deployments.get(params.deployment)
    const spanQuery = await spanOf(deployment.name, query, services)
    const span = await spanProfiles.read(deployment, spanQuery, query.version)
    const [from, to] = query.against.split('..').map(Number)
    const against =
      query.against === 'baseline'
        ? undefined
        : await spanProfiles.read(deployment, { ...spanQuery, from: from!, to: to! }, span.version.version)
    const view = compareColumn(params.column, span, against, policyOf(deployment, query.measure))
    const { name, type, family, bins, rows, quantiles, window, reference, verdict } = view
    return {
      ...aboutOf(deployment.name, span),
      ...{ column: name, type, family, against: query.against, rowsOf: { ...rows }, bins: bins.map((bin) => ({ ...bin })) },
      ...(quantiles && {
        quantiles: { shares: [...quantiles.shares], reference: [...quantiles.reference], window: [...quantiles.window] },
      }),
      summary: wireSummary(window),
      ...(reference === undefined ? {} : { referenceSummary: wireSummary(reference) }),
      ...(verdict === undefined ? {} : { verdict: wireVerdict(verdict) }),
    }
  }),
  route(getFindingSeries, async ({ params: { deployment }, query }, services): Promise<FindingSeriesView> => {
    await services.deployments.get(deployment)
    const { kind: kinds, ...wanted } = query
    const { windows, series, truncated } = await services.findingSeries({ deployment, kinds, ...wanted })
    const first = windows[0]?.from ?? Number.POSITIVE_INFINITY
    const { items } = await services.deployments.listChampions(deployment, { limit: MARKS_MAX })
    return {
      ...{ deployment, truncated },
      windows: windows.map((window) => ({ ...window })),
      series: series.map((one) => ({ ...one }) as FindingSeriesView['series'][number]),
      marks: items
        .filter(({ beganAt }) => beganAt >= first)
        .map(({ beganAt, version, how, beganBy }) => ({ at: beganAt, version, how, by: beganBy })),
    }
  }),
  route(listOutliers, async ({ params, query: { limit, ...query } }, services) => {
    const { name: deployment, model } = await services.deployments.get(params.deployment)
    const span = await spanOf(deployment, query, services)
    const { rows, ...counts } = await findFarthestRows({ deployment, model, ...span, limit }, services)
    const items = rows.map(({ prediction, score, columns }) => ({
      ...{ prediction: wirePrediction(prediction), score },
      columns: columns.map((column) => ({ ...column })),
    }))
    return { deployment, from: span.from, to: span.to, items, ...counts }
  }),
]

type SpanQuery = { readonly from?: number | undefined; readonly to?: number | undefined; readonly slice?: string | undefined }

/** Without times, that of the last window; without any window, the last hour. */
async function spanOf(deployment: string, { from, to, slice }: SpanQuery, { monitors, clock }: ControlServices) {
  const [last] = from === undefined || to === undefined ? await monitors.list(deployment, 1) : []
  const end = to ?? last?.to ?? clock.now() + 1
  const begin = from ?? (last !== undefined && last.from < end ? last.from : end - HOUR_MS)
  return { from: begin, to: end, ...(slice === undefined ? {} : { slice: parseSlice(slice) }) }
}

function policyOf({ contractText }: DeploymentRecord, measure: string | undefined) {
  const chosen = measure ?? parseContract(contractText).monitoring.drift?.measure
  return chosen === undefined ? {} : { measure: chosen }
}

const aboutOf = (
  deployment: string,
  { version, profile, from, to, source, windows, windowsOfOthers, truncated }: SpanProfile,
) => ({
  ...{ deployment, from, to, rows: profile.rows, version: version.version, source, windows, windowsOfOthers, truncated },
})

function wireSummary(summary: ColumnSummary): ColumnView['summary'] {
  const { quantiles, frequent, ...rest } = summary
  return {
    ...rest,
    ...(quantiles === undefined ? {} : { quantiles: [...quantiles] }),
    ...(frequent === undefined ? {} : { frequent: frequent.map(([value, rows]): [string, number] => [value, rows]) }),
  }
}

function wireVerdict(of: DriftVerdict): NonNullable<ColumnView['verdict']> {
  const { measure, title, unit, because, verdict, effectFloor, sentence, value, chance, pValue, changes } = of
  return {
    ...{ measure, title, unit, because, verdict, effectFloor, sentence },
    ...(value === undefined ? {} : { value }),
    ...(chance === undefined ? {} : { chance }),
    ...(pValue === undefined ? {} : { pValue }),
    ...('rowsNeeded' in of && of.rowsNeeded !== undefined ? { rowsNeeded: of.rowsNeeded } : {}),
    ...(changes === undefined ? {} : { changes: changes.map((change) => ({ ...change })) }),
  }
}

import {
  beginRetraining,
  callRetrainHook,
  compareVersions,
  forecastRetraining,
  getRetraining,
  listRetrainings,
  type Retraining,
} from '@seaworthy/api/retraining'
import { parseContract } from '../../contract/parse-contract.ts'
import { type RetrainingRecord, retrainingText } from '../../layers/evolution/index.ts'
import { route } from './services.ts'
import { wirePage } from './wire-page.ts'

export const retrainingRoutes = [
  route(beginRetraining, async ({ params: { deployment }, body, actor }, { retraining }) => ({
    job: await retraining.request({ deployment, via: 'manual', actor, ...body }),
  })),
  route(callRetrainHook, async ({ params: { deployment }, body: { reason }, actor }, { retraining }) => ({
    job: await retraining.request({ deployment, via: 'webhook', actor, reason }),
  })),
  route(forecastRetraining, async ({ params }, { deployments, retraining }) => {
    const { obstacles, triggers, ...forecast } = await retraining.forecast(await deployments.get(params.deployment))
    return {
      ...forecast,
      obstacles: obstacles.map(({ kind, reason }) => ({ kind, reason })),
      triggers: triggers.map(({ numbers, ...trigger }) => ({ ...trigger, numbers: { ...numbers } })),
    }
  }),
  route(listRetrainings, async ({ params, query }, { deployments, retraining }) => {
    await deployments.get(params.deployment)
    return wirePage(await retraining.records.list(params.deployment, query), wireRetraining)
  }),
  route(getRetraining, async ({ params }, { retraining }) => {
    const record = await retraining.records.get(params.retraining)
    return { ...wireRetraining(record), comparison: record.comparison, text: retrainingText(record) }
  }),
  route(compareVersions, async ({ params: { model }, body }, { registry, enqueue }) => {
    const { contract, ...rest } = body
    for (const version of [body.champion, ...body.challengers]) await registry.getVersion(model, version)
    if (contract !== undefined) parseContract(contract)
    return { job: (await enqueue('version.compare', { model, ...rest, contractText: contract })).id }
  }),
]

function wireRetraining(record: RetrainingRecord): Retraining {
  const { contractText: _, contractDigest: __, folder: ___, asOf: ____, updatedAt: _____, comparison: ______, ...rest } = record
  const { training, heldBack, warm, scratch, numbers, explanation = [], ...facts } = rest
  return {
    ...facts,
    numbers: { ...numbers },
    explanation: [...explanation],
    ...(training === undefined ? {} : { training: wireSnapshot(training) }),
    ...(heldBack === undefined ? {} : { heldBack: wireSnapshot(heldBack) }),
    ...(warm === undefined ? {} : { warm }),
    ...(scratch === undefined ? {} : { scratch }),
  }
}

const wireSnapshot = ({ spec, counts, data, rows }: NonNullable<RetrainingRecord['training']>) => ({
  ...(data === undefined ? {} : { digest: data.digest }),
  ...(rows === undefined ? {} : { rowsDigest: rows.digest }),
  ...{ from: spec.from, to: spec.to, asOf: spec.asOf },
  ...counts,
})

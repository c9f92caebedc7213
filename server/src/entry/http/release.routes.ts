import {
  abortRelease,
  approveRelease,
  drillRollback,
  getRelease,
  holdRelease,
  listChampions,
  listReleases,
  promoteRelease,
  type Release,
  type ReleaseDetail,
  resumeRelease,
  rollBack,
} from '@seaworthy/api/release'
import {
  type ReleaseDetail as DetailRecord,
  type ReleaseRecord,
  type StepRecord,
  stepRulesOf,
} from '../../layers/evolution/index.ts'
import { route } from './services.ts'
import { wirePage } from './wire-page.ts'

export const releaseRoutes = [
  route(listReleases, async ({ query }, { releases }) => wirePage(await releases.list(query), wireRelease)),
  route(getRelease, async ({ params }, { releases }) => wireDetail(await releases.get(params.release))),
  route(approveRelease, async ({ params, body, actor }, { releases }) =>
    wireDetail(await releases.approve(params.release, { actor, comment: body.comment })),
  ),
  route(holdRelease, async ({ params, body, actor }, { releases }) =>
    wireDetail(await releases.hold(params.release, { actor, ...body })),
  ),
  route(resumeRelease, async ({ params, body, actor }, { releases }) =>
    wireDetail(await releases.resume(params.release, { actor, ...body })),
  ),
  route(abortRelease, async ({ params, body, actor }, { releases }) =>
    wireDetail(await releases.abort(params.release, { actor, ...body })),
  ),
  route(promoteRelease, async ({ params, body, actor }, { releases }) =>
    wireDetail(await releases.promote(params.release, { actor, ...body })),
  ),
  route(listChampions, async ({ params, query }, { deployments }) =>
    wirePage(await deployments.listChampions(params.deployment, query), (champion) => {
      const { contractText: _, deployment: __, revision: ___, ...rest } = champion
      return rest
    }),
  ),
  route(rollBack, ({ params, body, actor }, services) => services.rollBack({ ...params, ...body, actor })),
  route(drillRollback, ({ params, body, actor }, { drill }) => drill(params.deployment, { actor, reason: body.reason })),
]

export function wireRelease(record: ReleaseRecord): Release {
  const { contractText: _, state, steps, ...release } = record
  return {
    ...release,
    state: state.kind,
    steps: steps.map(({ text }) => text),
    ...('step' in state ? { step: state.step } : {}),
    ...('by' in state ? { changedBy: state.by } : {}),
    ...('explanation' in state && state.explanation !== undefined ? { explanation: state.explanation } : {}),
  }
}

function wireDetail({ stepRecords, approvals, ...release }: DetailRecord): ReleaseDetail {
  const { durationMs, requestsMin } = stepRulesOf(release)
  return {
    ...wireRelease(release),
    approvals: approvals.map((one) => ({ ...one })),
    progress: stepRecords.map(wireStep),
    ...{ stepMs: durationMs, stepRequestsMin: requestsMin },
  }
}

function wireStep({ step, startedAt, countedFrom, endedAt, outcome, analysis }: StepRecord): ReleaseDetail['progress'][number] {
  return {
    ...{ step: step.text, startedAt, countedFrom },
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(analysis === undefined ? {} : { analysis: { ...analysis, measures: analysis.measures.map((one) => ({ ...one })) } }),
  }
}

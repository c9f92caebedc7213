import { getReplay, replayPrediction, replayPredictions } from '@seaworthy/api/replay'
import { readReplayReport, replayText } from '../../layers/evolution/index.ts'
import { PredictionNotFound } from '../../layers/operations/index.ts'
import { route } from './services.ts'

export const replayRoutes = [
  route(replayPredictions, async ({ params, body }, { deployments, registry, enqueue }) => {
    const { name, model } = await deployments.get(params.deployment)
    if (body.on !== undefined) await registry.getVersion(model, body.on)
    return { job: (await enqueue('version.replay', { ...body, deployment: name })).id }
  }),
  route(replayPrediction, async ({ params, body: { on } }, { deployments, journalReader, registry, replayOne }) => {
    const deployment = await deployments.get(params.deployment)
    const found = await journalReader.find(deployment.name, params.prediction)
    if (found === undefined) throw new PredictionNotFound({ ...params })
    if (on !== undefined) await registry.getVersion(deployment.model, on)
    return { prediction: found.id, answered: found.output, ...(await replayOne(deployment, found, on)) }
  }),
  route(getReplay, async ({ params: { digest } }, { blobs }) => {
    const report = await readReplayReport(digest, blobs)
    const { kind, predictions, refused } = report
    const deviations = report.kind === 'exact' ? report.different + refused : 0
    return { digest, kind, predictions, deviations, report, text: replayText(report) }
  }),
]

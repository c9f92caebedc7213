import {
  compactJournal,
  getJournal,
  getPrediction,
  listPredictions,
  type Prediction,
  recordOutcomes,
} from '@seaworthy/api/operations'
import { type JournaledPrediction, PredictionNotFound } from '../../layers/operations/index.ts'
import { outputPath, parseSlice } from './slice.ts'
import { route } from './services.ts'
import { wirePage } from './wire-page.ts'

/** A deployment that was never launched has no journal, and is told apart from one that nobody asked yet. */
export const operationsRoutes = [
  route(listPredictions, async ({ params, query }, services) => {
    const { deployments, journalReader } = services
    await deployments.get(params.deployment)
    const { variant, caller, slice, output, scoreMin, scoreMax, flagged, ...page } = query
    const isScored = scoreMin !== undefined || scoreMax !== undefined
    const score = isScored
      ? { output: await outputPath(params.deployment, output, services), min: scoreMin, max: scoreMax }
      : undefined
    const filter = { variant, caller, flagged, slice: slice === undefined ? undefined : parseSlice(slice), score }
    return wirePage(await journalReader.window({ ...params, ...page, filter }), wirePrediction)
  }),
  route(getPrediction, async ({ params: { deployment, prediction } }, { deployments, journalReader }) => {
    await deployments.get(deployment)
    const found = await journalReader.find(deployment, prediction)
    if (found === undefined) throw new PredictionNotFound({ deployment, prediction })
    return wirePrediction(found)
  }),
  route(recordOutcomes, async ({ params, body }, { deployments, journal }) => {
    await deployments.get(params.deployment)
    const outcomes = body.outcomes.map(({ id, outcome, observedAt }) => ({ predictionId: id, outcome, observedAt }))
    await journal.recordOutcomes(params.deployment, outcomes)
    return { recorded: outcomes.length }
  }),
  route(getJournal, async ({ params }, { deployments, journal, journalReader }) => {
    await deployments.get(params.deployment)
    const { state, explanation, dropped } = journal.health(params.deployment)
    const { predictions, outcomes, bytes, from, to, versions } = await journalReader.stats(params.deployment)
    return {
      deployment: params.deployment,
      state,
      dropped,
      predictions,
      outcomes,
      bytes,
      ...(explanation === undefined ? {} : { explanation }),
      // Times of predictions are kept to the microsecond; here the span they lie in is told.
      ...(from === undefined ? {} : { from: Math.floor(from) }),
      ...(to === undefined ? {} : { to: Math.ceil(to) }),
      versions: versions.map((version) => ({ ...version })),
    }
  }),
  route(compactJournal, async ({ params }, { deployments, journal, enqueue }) => {
    await deployments.get(params.deployment)
    await journal.rotate()
    return { job: (await enqueue('journal.compact', { deployment: params.deployment })).id }
  }),
]

export function wirePrediction(prediction: JournaledPrediction): Prediction {
  const { rowInRequest: _, time, inputs, ...rest } = prediction
  return { ...rest, time: Math.floor(time), inputs: { ...inputs } }
}

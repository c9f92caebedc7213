import { explainPrediction, getImportance } from '@seaworthy/api/explanation'
import { type JournaledPrediction, PredictionNotFound } from '../../layers/operations/index.ts'
import type { DeploymentRecord } from '../../layers/serving/index.ts'
import { type ControlServices, route } from './services.ts'

export const explanationRoutes = [
  route(explainPrediction, async ({ params, body, signal }, services) => {
    const { deployments, explainer, outlierOf } = services
    const deployment = await deployments.get(params.deployment)
    const asked = body.prediction === undefined ? undefined : await predictionOf(deployment, body.prediction, services)
    const instance = asked?.inputs ?? body.instance ?? {}
    const version = body.version ?? asked?.version ?? championOf(deployment)
    const { name, model, contractText } = deployment
    const request = { deployment: name, contractText, model, version, instance, output: body.output, of: body.of, signal }
    const { prediction, contributions, flags, rowsScored: _, ...explanation } = await explainer.explain(request)
    const outlier = await outlierOf({ model, version }, instance)
    return {
      ...{ model, version, ...explanation, predicted: prediction },
      contributions: contributions.map((own) => ({ ...own, input: instance[own.column] ?? null })),
      flags: flags.map((flag) => ({ ...flag })),
      ...(asked === undefined ? {} : { prediction: asked.id, answered: asked.output }),
      ...(outlier === undefined ? {} : { outlier: { ...outlier, columns: outlier.columns.map((column) => ({ ...column })) } }),
    }
  }),
  route(getImportance, async ({ params, query, signal }, { registry, explainer }) => {
    await registry.getVersion(params.model, params.version)
    const { columns, ...importance } = await explainer.importance({ ...params, ...query, signal })
    return { ...params, ...importance, columns: columns.map((column) => ({ ...column })) }
  }),
]

async function predictionOf(
  { name }: DeploymentRecord,
  prediction: string,
  { journalReader }: Pick<ControlServices, 'journalReader'>,
): Promise<JournaledPrediction> {
  const found = await journalReader.find(name, prediction)
  if (found === undefined) throw new PredictionNotFound({ deployment: name, prediction })
  return found
}

const championOf = ({ variants }: DeploymentRecord): number =>
  (variants.find(({ name }) => name === 'champion') ?? variants[0])?.version ?? 1

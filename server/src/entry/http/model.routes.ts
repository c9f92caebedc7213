import {
  downloadPackage,
  getModel,
  getRun,
  getRunLog,
  getVersion,
  listModels,
  listRuns,
  listVersions,
  pushVersion,
  readRunOutput,
  type Run,
  setAlias,
  trainModel,
} from '@seaworthy/api/model'
import { parseContract } from '../../contract/parse-contract.ts'
import { type ModelRecord, RunLogMissing, type RunRecord, type VersionRecord } from '../../layers/model/index.ts'
import { runOutputOf } from './run-output.ts'
import { route } from './services.ts'
import { wirePage } from './wire-page.ts'

export const modelRoutes = [
  route(listModels, async ({ query }, { registry }) => wirePage(await registry.listModels(query), wireModel)),
  route(getModel, async ({ params }, { registry }) => wireModel(await registry.getModel(params.model))),
  route(listVersions, async ({ params, query }, { registry }) =>
    wirePage(await registry.listVersions(params.model, query), wireVersion),
  ),
  route(getVersion, async ({ params }, { registry }) => {
    const { signature, metrics, environment, lineage, keyId, files, sample, contractText, ...version } =
      await registry.getVersionDetail(params.model, params.version)
    const documents = { signature, environment, lineage, keyId, metrics: { ...metrics } }
    return {
      ...wireVersion(version),
      ...documents,
      ...(contractText === undefined ? {} : { contract: contractText }),
      files: [...files],
      sample: sample.map((instance) => ({ ...instance })),
    }
  }),
  route(downloadPackage, ({ params }, { registry }) => registry.archiveVersion(params.model, params.version)),
  route(pushVersion, async ({ params, body, actor }, { enqueue }) => {
    if (body.contract !== undefined) parseContract(body.contract)
    const { contract, model, ...rest } = body
    const job = await enqueue('version.push', { ...rest, name: params.model, file: model, contractText: contract, actor })
    return { job: job.id }
  }),
  route(setAlias, async ({ params, body, actor }, { registry }) =>
    wireModel(await registry.setAlias({ ...params, version: body.version, actor, reason: body.reason })),
  ),
  route(trainModel, async ({ params, body, actor }, { enqueue }) => {
    parseContract(body.contract)
    return { job: (await enqueue('model.train', { ...body, model: params.model, actor })).id }
  }),
  route(listRuns, async ({ params, query }, { runs, registry }) => {
    const page = await runs.list(params.model, query)
    // A model whose first training failed has runs and no record; one that has neither is a typing error.
    if (page.items.length === 0 && query.cursor === undefined) await registry.getModel(params.model)
    return wirePage(page, wireRun)
  }),
  route(getRun, async ({ params }, { runs }) => wireRun(await runs.get(params.run))),
  route(readRunOutput, ({ params, query, signal }, services) => runOutputOf(params.run, query, services, signal)),
  route(getRunLog, async ({ params }, { runs, blobs }) => {
    const { id, state, logDigest } = await runs.get(params.run)
    const blob = logDigest === undefined ? undefined : await blobs.find(logDigest)
    if (blob === undefined) throw new RunLogMissing({ id, state })
    return { name: `${id}.log`, bytes: blob.bytes, stream: await blobs.openStream(blob.digest) }
  }),
]

const wireModel = ({ name, createdAt, versionLast, aliases }: ModelRecord) => ({
  name,
  createdAt,
  versionLast,
  aliases: { ...aliases },
})

const wireVersion = ({ model, version, digest, format, bytes, createdAt, createdBy, runId, aliases }: VersionRecord) => ({
  model,
  version,
  digest,
  format,
  bytes,
  createdAt,
  createdBy,
  ...(runId === undefined ? {} : { runId }),
  aliases: [...aliases],
})

/** Its environment and its log stay behind: the one is in the package, the other is long. */
function wireRun(record: RunRecord): Run {
  const { environment: _, logDigest, parameters, metrics, ...run } = record
  return { ...run, parameters: { ...parameters }, metrics: { ...metrics }, hasLog: logDigest !== undefined }
}

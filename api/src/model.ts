import { z } from 'zod'
import { defineEndpoint, Digest, Name, PageQuery, pageOf, Reason, TimeMs, VersionNumber } from './endpoint.ts'
import { Accepted } from './platform.ts'
import { Lineage, Signature } from './version-documents.ts'

const OfModel = z.object({ model: Name })
const OfVersion = z.object({ model: Name, version: VersionNumber })

export const Version = z.object({
  model: Name,
  version: z.int(),
  digest: Digest,
  format: z.string(),
  bytes: z.int(),
  createdAt: TimeMs,
  createdBy: z.string(),
  runId: z.string().optional(),
  aliases: z.array(z.string()),
})
export type Version = z.infer<typeof Version>

export const Model = z.object({
  name: Name,
  createdAt: TimeMs,
  versionLast: z.int(),
  aliases: z.record(z.string(), z.int()),
})
export type Model = z.infer<typeof Model>

export const listModels = defineEndpoint({
  id: 'listModels',
  method: 'GET',
  path: '/v1/models',
  summary: 'All models',
  layer: 'model',
  query: PageQuery,
  reply: pageOf(Model),
})
export const getModel = defineEndpoint({
  id: 'getModel',
  method: 'GET',
  path: '/v1/models/:model',
  summary: 'One model with its aliases',
  layer: 'model',
  params: OfModel,
  reply: Model,
})
export const listVersions = defineEndpoint({
  id: 'listVersions',
  method: 'GET',
  path: '/v1/models/:model/versions',
  summary: 'Versions of a model, newest first',
  layer: 'model',
  params: OfModel,
  query: PageQuery,
  reply: pageOf(Version),
})

/** A version with what its package says of it. The documents are those of the package, unchanged. */
export const VersionDetail = Version.extend({
  signature: Signature,
  metrics: z.record(z.string(), z.number()),
  environment: z.unknown(),
  lineage: Lineage,
  contract: z.string().optional().describe('Text of seaworthy.yaml, where the package has one.'),
  keyId: z.string().describe('Key that signed the package.'),
  files: z.array(z.object({ path: z.string(), bytes: z.int(), sha256: Digest })),
  sample: z.array(z.record(z.string(), z.unknown())),
})
export type VersionDetail = z.infer<typeof VersionDetail>
export const getVersion = defineEndpoint({
  id: 'getVersion',
  method: 'GET',
  path: '/v1/models/:model/versions/:version',
  summary: 'One version: signature, metrics, environment, lineage, files',
  layer: 'model',
  params: OfVersion,
  reply: VersionDetail,
})
export const downloadPackage = defineEndpoint({
  id: 'downloadPackage',
  method: 'GET',
  path: '/v1/models/:model/versions/:version/package',
  summary: 'The package of a version in its single-file form',
  layer: 'model',
  params: OfVersion,
  reply: 'bytes',
})

export const UploadedFile = z.strictObject({ digest: Digest, name: z.string().min(1).max(255) })
export const WeightsFile = UploadedFile.extend({
  path: z.string().min(1).max(1_024).describe('Where the model looks for it: relative to the model file, with forward slashes.'),
})
/** Exporters that split weights make a file a tensor at worst; a model of a thousand files is no honest one. */
const WEIGHTS_FILES_MAX = 1_000
export const PushRequest = z.strictObject({
  model: UploadedFile.describe('The model file, brought by uploadFile.'),
  weights: z.array(WeightsFile).max(WEIGHTS_FILES_MAX).optional().describe('Files beside the model that hold its weights.'),
  data: UploadedFile.optional().describe('The data it was trained on: Parquet, CSV or JSON lines.'),
  evaluation: UploadedFile.optional().describe('Data it has not seen, with outcomes; pinned for its checks.'),
  outcome: z.string().min(1).max(200).optional().describe('Column of the data that holds the outcome.'),
  contract: z.string().max(262_144).optional().describe('Text of seaworthy.yaml.'),
  environment: z.unknown().optional(),
  commit: z.string().max(200).optional().describe('Commit of the code that trained it.'),
  reason: Reason.optional(),
})
export const PushResult = z.object({
  model: Name,
  version: z.int(),
  digest: Digest,
  created: z.boolean(),
  signature: z.unknown(),
  warnings: z.array(z.string()),
})
export type PushResult = z.infer<typeof PushResult>
export const pushVersion = defineEndpoint({
  id: 'pushVersion',
  method: 'POST',
  path: '/v1/models/:model/versions',
  summary: 'Make a version of an uploaded model file. The result of the job is a PushResult',
  layer: 'model',
  params: OfModel,
  body: PushRequest,
  reply: Accepted,
})
export const setAlias = defineEndpoint({
  id: 'setAlias',
  method: 'PUT',
  path: '/v1/models/:model/aliases/:alias',
  summary: 'Point an alias at a version',
  layer: 'model',
  params: z.object({ model: Name, alias: Name }),
  body: z.strictObject({ version: z.int().min(1), reason: Reason.optional() }),
  reply: Model,
})

export const Run = z.object({
  id: z.string(),
  model: Name,
  state: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
  command: z.string(),
  seed: z.int(),
  snapshotDigest: Digest.optional(),
  parentVersion: z.int().optional(),
  version: z.int().optional(),
  parameters: z.record(z.string(), z.unknown()),
  metrics: z.record(z.string(), z.number()),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
  hasLog: z.boolean().describe('What it printed is kept: getRunLog.'),
  createdAt: TimeMs,
  startedAt: TimeMs.optional(),
  finishedAt: TimeMs.optional(),
})
export type Run = z.infer<typeof Run>
export const TrainRequest = z.strictObject({
  data: UploadedFile.describe('Training data: Parquet, CSV or JSON lines.'),
  evaluation: UploadedFile.optional(),
  contract: z.string().max(262_144).describe('Text of seaworthy.yaml; maintenance.train.command is run.'),
  folder: z.string().max(4_096).describe('Folder the command runs in, on the machine of the server.'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
  warm: z.boolean().default(false).describe('Start from the newest version, where the training command can.'),
})
export const trainModel = defineEndpoint({
  id: 'trainModel',
  method: 'POST',
  path: '/v1/models/:model/runs',
  summary: 'Train a version. The result of the job is a PushResult with its run',
  layer: 'model',
  params: OfModel,
  body: TrainRequest,
  reply: Accepted,
})
export const listRuns = defineEndpoint({
  id: 'listRuns',
  method: 'GET',
  path: '/v1/models/:model/runs',
  summary: 'Runs of a model, newest first',
  layer: 'model',
  params: OfModel,
  query: PageQuery,
  reply: pageOf(Run),
})
export const getRun = defineEndpoint({
  id: 'getRun',
  method: 'GET',
  path: '/v1/runs/:run',
  summary: 'One run',
  layer: 'model',
  params: z.object({ run: z.string().min(1).max(64) }),
  reply: Run,
})
export const RunOutput = z.object({
  run: z.string(),
  state: Run.shape.state,
  text: z.string().describe('What it printed, from `from` on; 64 KiB at most.'),
  from: z.int().describe('First byte of the text; later than asked where what was before is cut.'),
  next: z.int().describe('Where to go on.'),
  isLive: z
    .boolean()
    .describe('It runs in this process and may print more. False while it runs elsewhere: the log comes at its end.'),
})
export type RunOutput = z.infer<typeof RunOutput>
export const readRunOutput = defineEndpoint({
  id: 'readRunOutput',
  method: 'GET',
  path: '/v1/runs/:run/output',
  summary: 'What a run prints, while it runs and afterwards, piece by piece; with `waitMs` the answer comes when there is more',
  layer: 'model',
  params: z.object({ run: z.string().min(1).max(64) }),
  query: z.object({
    from: z.coerce.number().int().min(0).default(0).describe('`next` of the piece before.'),
    waitMs: z.coerce.number().int().min(0).max(20_000).default(0),
  }),
  reply: RunOutput,
})
export const getRunLog = defineEndpoint({
  id: 'getRunLog',
  method: 'GET',
  path: '/v1/runs/:run/log',
  summary: 'What a run printed, the last 8 MiB of it',
  layer: 'model',
  params: z.object({ run: z.string().min(1).max(64) }),
  reply: 'bytes',
})

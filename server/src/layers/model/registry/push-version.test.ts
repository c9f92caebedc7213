import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { treesModel } from '../../../../test/fixtures/synthetic-trees.ts'
import { systemClock } from '../../../kernel/clock.ts'
import { silentLog } from '../../../kernel/log.ts'
import type { BlobStore } from '../../../platform/blobs/blob-store.ts'
import { openFilesystemBlobs } from '../../../platform/blobs/filesystem-blobs.ts'
import type { AuditEvent, AuditTrail } from '../../../platform/db/audit-trail.ts'
import type { Database } from '../../../platform/db/database.ts'
import { openDatabase } from '../../../platform/db/open-database.ts'
import { openSigningKey } from '../../../platform/keys/signing-key.ts'
import { createSqlEngine, type SqlEngine } from '../../../platform/sql/sql-engine.ts'
import { loadModel } from '../inference/session.ts'
import { createModelRegistry } from './model-registry.ts'
import { pushJob } from './push.job.ts'
import { type PushContext, type PushRequest, type PushServices, pushVersion } from './push-version.ts'

let root = ''
let db: Database
let blobs: BlobStore
let sqlEngine: SqlEngine
let services: PushServices
/** What the audit trail was given. */
const recorded: AuditEvent[] = []
beforeAll(async () => {
  root = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-push-'))
  db = await openDatabase({ file: path.join(root, 'db.sqlite'), busyMsMax: 5_000 })
  blobs = await openFilesystemBlobs(path.join(root, 'blobs'))
  sqlEngine = createSqlEngine({ memoryBytesMax: 256_000_000, tempFolder: path.join(root, 'sql') })
  const workFolder = path.join(root, 'work')
  mkdirSync(workFolder)
  const audit: AuditTrail = { append: async (_, event) => void recorded.push(event) }
  const key = await openSigningKey(root)
  const packagesFolder = path.join(root, 'packages')
  const registry = createModelRegistry({ db, blobs, key, clock: systemClock, audit, packagesFolder, bytesMax: 10_000_000 })
  const sessionOptions = { threads: 1, memoryArena: true, workerRunMsMin: 1_000, batchRowsMax: 32 }
  services = { registry, blobs, sqlEngine, workFolder, modelBytesMax: 10_000_000, sessionOptions, log: silentLog }
})
afterAll(async () => {
  sqlEngine.close()
  await db.close()
  rmSync(root, { recursive: true, force: true })
})

const HEADER = 'hour,weekday,month,distance,origin,destination,late'
const csv = (rows: number, from = 0) =>
  [
    HEADER,
    ...Array.from({ length: rows }, (_, i) => i + from).map(
      (i) => `${i % 24},${(i % 7) + 1},${(i % 12) + 1},${100 + i * 3.5},${i % 50},${(i * 7) % 50},${i % 3 === 0 ? 1 : 0}`,
    ),
  ].join('\n')
const upload = async (content: string | Uint8Array, name: string) => ({
  digest: (await blobs.put(Buffer.from(content))).digest,
  name,
})
const CONTRACT = 'name: flight-delay\noutput: { name: late-probability, type: probability }\noutcome: { name: late }\n'

async function requestOf(model: string, seed = 7): Promise<PushRequest> {
  return {
    model,
    modelFile: await upload(treesModel(3, 3, seed), 'trees.onnx'),
    data: await upload(csv(300), 'march.csv'),
    evaluation: await upload(csv(80, 1_000), 'april.csv'),
    contractText: CONTRACT,
    commit: 'c0ffee',
    actor: 'ada',
    reason: 'spring',
  }
}
const contextOf = (jobId: string, signal = new AbortController().signal) => {
  const notes: string[] = []
  const context: PushContext = { jobId, signal, progress: async ({ note }) => void notes.push(note) }
  return { context, notes }
}
const workFiles = () => readdirSync(path.join(root, 'work'))

test('a model file with its data becomes a version with signature, baseline, sample and pinned data', async () => {
  const { context, notes } = contextOf('one')
  const request = await requestOf('flight-delay')
  const pushed = await pushVersion(request, services, context)
  expect(pushed).toMatchObject({ model: 'flight-delay', version: 1, created: true, warnings: [] })
  expect(pushed.signature.inputs.map(({ name, type }) => `${name}: ${type}`)).toEqual([
    'hour: integer',
    'weekday: integer',
    'month: integer',
    'distance: number',
    'origin: integer',
    'destination: integer',
  ])
  expect(notes).toEqual([
    'reading the model',
    'profiling the data',
    'reading the evaluation data',
    'trying the model',
    'sealing the version',
  ])
  expect(workFiles()).toEqual([])
  const detail = await services.registry.getVersionDetail('flight-delay', 1)
  expect(detail).toMatchObject({
    digest: pushed.digest,
    createdBy: 'ada',
    signature: pushed.signature,
    contractText: CONTRACT,
    metrics: {},
    environment: {
      irVersion: 8,
      opsets: [
        { domain: '', version: 17 },
        { domain: 'ai.onnx.ml', version: 3 },
      ],
    },
    lineage: {
      commit: 'c0ffee',
      outcome: 'late',
      snapshotDigest: request.data!.digest,
      evaluationDigest: request.evaluation!.digest,
    },
  })
  expect(detail.sample).toHaveLength(20)
  expect(detail.files.map((file) => file.path)).toEqual([
    'baseline.json',
    'environment.json',
    'lineage.json',
    'metrics.json',
    'model/model.onnx',
    'sample.json',
    'seaworthy.yaml',
    'signature.json',
  ])
  expect(await services.registry.findSnapshot('flight-delay', 'evaluation')).toMatchObject({ rows: 80, source: 'april.csv' })
  expect(await services.registry.findSnapshot('flight-delay', 'training')).toMatchObject({ rows: 300, source: 'march.csv' })
  expect((await services.registry.openVersion('flight-delay', 1)).manifest.modelFormat).toBe('onnx')
  expect(recorded.map(({ action, subject, actor, reason }) => [action, subject, actor, reason])).toEqual([
    ['version.push', 'flight-delay@1', 'ada', 'spring'],
    ['snapshot.pin', 'flight-delay/snapshots/training', 'ada', 'spring'],
    ['snapshot.pin', 'flight-delay/snapshots/evaluation', 'ada', 'spring'],
  ])
})

test('a push that was killed between its version and its data is done again as one version, and what it left is cleared', async () => {
  const request = await requestOf('twice')
  const pinSnapshot = () => Promise.reject(new Error('killed'))
  const killed = { ...services, registry: { ...services.registry, pinSnapshot } }
  await expect(pushVersion(request, killed, contextOf('job').context)).rejects.toThrow('killed')
  mkdirSync(path.join(root, 'work/push-job/draft/model'), { recursive: true })
  writeFileSync(path.join(root, 'work/push-job/draft/leftover'), 'x')
  const again = await pushVersion(request, services, contextOf('job').context)
  expect(again).toMatchObject({ version: 1, created: false })
  expect((await services.registry.getModel('twice')).versionLast).toBe(1)
  expect(await services.registry.findSnapshot('twice', 'evaluation')).toMatchObject({ rows: 80 })
  expect(workFiles()).toEqual([])
})

test('a cancelled push stops between two steps and leaves nothing', async () => {
  const stop = new AbortController()
  const context: PushContext = {
    jobId: 'stopped',
    signal: stop.signal,
    progress: async ({ note }) => (note === 'profiling the data' ? stop.abort(new Error('enough')) : undefined),
  }
  await expect(pushVersion(await requestOf('stopped'), services, context)).rejects.toThrow('enough')
  await expect(services.registry.getModel('stopped')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  expect(workFiles()).toEqual([])
})

test('a local file of a run brings its lineage, and two pushes at once are one version', async () => {
  const folder = mkdtempSync(path.join(root, 'run-'))
  writeFileSync(path.join(folder, 'anything.onnx'), treesModel(3, 3))
  const run = { runId: 'r1', seed: 5, parameters: { depth: 3 }, metrics: { 'roc-auc': 0.7 }, parentVersion: 2 }
  const request: PushRequest = {
    ...(await requestOf('trained')),
    modelFile: path.join(folder, 'anything.onnx'),
    run,
    environment: { language: 'node' },
  }
  const [first, second] = await Promise.all(['a', 'b'].map((id) => pushVersion(request, services, contextOf(id).context)))
  expect([first!.version, second!.version, first!.created !== second!.created]).toEqual([1, 1, true])
  expect(await services.registry.getVersionDetail('trained', 1)).toMatchObject({
    runId: 'r1',
    metrics: { 'roc-auc': 0.7 },
    environment: { language: 'node', irVersion: 8 },
    lineage: { runId: 'r1', seed: 5, parameters: { depth: 3 }, parentVersion: 2 },
  })
})

test('a model without data has the signature of its graph and says so', async () => {
  const { data: _, evaluation: __, contractText: ___, ...request } = await requestOf('bare')
  const pushed = await pushVersion(request, services, contextOf('bare').context)
  expect(pushed.warnings[0]).toContain('without the data')
  const detail = await services.registry.getVersionDetail('bare', 1)
  expect([detail.sample, detail.files.some((file) => file.path === 'baseline.json')]).toEqual([[], false])
})

test('evaluation data that no check can use is told at once', async () => {
  const evaluation = await upload(csv(5).replaceAll(/^([^,]*),/gm, ''), 'short.csv')
  const request = { ...(await requestOf('warned')), evaluation, outcome: 'late' }
  const { warnings } = await pushVersion(request, services, contextOf('warned').context)
  expect(warnings).toEqual(['The evaluation data lacks hour, which the model needs; no check can score it.'])
})

/** y = x + w, with w in a file beside the model. */
function modelWithWeightsBeside(location: string): Uint8Array {
  const message = (fields: Uint8Array[]) => Buffer.concat(fields)
  const text = (field: number, value: string | Uint8Array) => new BinaryWriter().tag(field, 2).bytes(Buffer.from(value)).finish()
  const int = (field: number, value: number) => new BinaryWriter().tag(field, 0).int64(value).finish()
  const shape = message([text(1, text(2, 'rows')), text(1, int(1, 2))])
  const value = (name: string) => message([text(1, name), text(2, text(1, message([int(1, 1), text(2, shape)])))])
  const entry = (key: string, of: string) => text(13, message([text(1, key), text(2, of)]))
  const weights = message([int(1, 2), int(2, 1), text(8, 'w'), entry('location', location), entry('length', '8'), int(14, 1)])
  const node = message([text(1, 'x'), text(1, 'w'), text(2, 'y'), text(4, 'Add')])
  const graph = message([text(1, node), text(2, 'sum'), text(5, weights), text(11, value('x')), text(12, value('y'))])
  return message([int(1, 8), text(7, graph), text(8, message([text(1, ''), int(2, 17)]))])
}

test('the files that hold the weights of a local model come along, under their names', async () => {
  const folder = mkdtempSync(path.join(root, 'beside-'))
  writeFileSync(path.join(folder, 'sum.onnx'), modelWithWeightsBeside('weights/model.onnx'))
  mkdirSync(path.join(folder, 'weights'))
  writeFileSync(path.join(folder, 'weights/model.onnx'), Buffer.from(new Float32Array([10, 20]).buffer))
  const request = {
    model: 'beside',
    modelFile: path.join(folder, 'sum.onnx'),
    data: await upload('a,b\n1,2\n3,4\n', 'x.csv'),
    actor: 'ada',
  }
  await pushVersion(request, services, contextOf('beside').context)
  const opened = await services.registry.openVersion('beside', 1)
  expect(opened.manifest.files.map((file) => file.path)).toContain('model/weights/model.onnx')
  const session = await loadModel({ ...opened, model: 'beside', version: 1 }, services.sessionOptions)
  const tensors = session.createTensors(1)
  ;(tensors.data[0] as Float32Array).set([1, 2])
  expect([...((await session.model.run(tensors.tensors(1))).get('y')!.data as Float32Array)]).toEqual([11, 22])
  await session.close()
  writeFileSync(path.join(folder, 'sum.onnx'), modelWithWeightsBeside('../../etc/passwd'))
  await expect(pushVersion(request, services, contextOf('beside').context)).rejects.toMatchObject({
    code: 'EXTERNAL_DATA_REFUSED',
  })
  writeFileSync(path.join(folder, 'flat.onnx'), modelWithWeightsBeside('model.onnx'))
  writeFileSync(path.join(folder, 'model.onnx'), Buffer.alloc(8))
  await pushVersion({ ...request, modelFile: path.join(folder, 'flat.onnx') }, services, contextOf('beside').context)
  expect((await services.registry.openVersion('beside', 2)).manifest.modelFile).toBe('model/model-1.onnx')
})

test('weights that were uploaded with a model lie beside it, inside its folder only', async () => {
  const weights = await upload(new Uint8Array(new Float32Array([10, 20]).buffer), 'w.bin')
  const request = async (paths: readonly string[], name = 'sum.onnx'): Promise<PushRequest> => ({
    model: 'sent',
    modelFile: await upload(modelWithWeightsBeside('weights/w.bin'), name),
    weights: paths.map((at) => ({ ...weights, path: at })),
    data: await upload('a,b\n1,2\n3,4\n', 'x.csv'),
    actor: 'ada',
  })
  const push = async (paths: readonly string[], name?: string) =>
    pushVersion(await request(paths, name), services, contextOf('sent').context)
  for (const paths of [['../w.bin'], ['/etc/w.bin'], ['weights/../../w.bin'], ['weights/w.bin', 'Weights/W.bin'], ['a', 'a/b']])
    await expect(push(paths), paths.join()).rejects.toMatchObject({ code: 'WEIGHTS_REFUSED' })
  await expect(push([])).rejects.toMatchObject({ code: 'EXTERNAL_DATA_REFUSED' })
  const pushed = await push(['weights/w.bin', 'more.bin'])
  expect(pushed.warnings[0]).toBe('The model does not refer to more.bin; the version does without.')
  const { manifest } = await services.registry.openVersion('sent', 1)
  expect(manifest.files.map((file) => file.path).filter((name) => name.startsWith('model/'))).toEqual([
    'model/model.onnx',
    'model/weights/w.bin',
  ])
  expect(await push(['weights/w.bin'], 'weights')).toMatchObject({ version: 1, created: false })
  const small = { ...services, modelBytesMax: 100 }
  const tooLarge = pushVersion(await request(['weights/w.bin']), small, contextOf('sent').context)
  await expect(tooLarge).rejects.toMatchObject({ code: 'MODEL_FILE_TOO_LARGE' })
  expect(workFiles()).toEqual([])
})

/** Trees of which every leaf says NaN: the weights follow their name as floats, each after its tag 0x3d. */
function nanModel(): Uint8Array {
  const model = Buffer.from(treesModel(3, 3))
  let at = model.indexOf('target_weights') + 'target_weights'.length + 3
  for (; model[at] === 0x3d; at += 5) model.writeFloatLE(Number.NaN, at + 1)
  return model
}

test('what could not be served is refused with its reason, and nothing of it stays', async () => {
  const refused = async (changes: Partial<PushRequest>, code: string) => {
    const request = { ...(await requestOf('refused')), ...changes }
    await expect(pushVersion(request, services, contextOf('x').context), code).rejects.toMatchObject({ code })
  }
  await refused({ modelFile: await upload(nanModel(), 'nan.onnx') }, 'MODEL_GIVES_NOTHING')
  await refused({ modelFile: await upload('\x80\x04\x95', 'model.pkl') }, 'MODEL_FORMAT_FOREIGN')
  await refused({ modelFile: await upload(treesModel().subarray(0, 5_000), 'half.onnx') }, 'MODEL_FILE_TRUNCATED')
  await refused({ modelFile: { digest: '0'.repeat(64), name: 'm.onnx' } }, 'BLOB_MISSING')
  await refused({ modelFile: path.join(root, 'nowhere.onnx') }, 'MODEL_FILE_MISSING')
  await refused({ model: '../up' }, 'NAME_INVALID')
  await refused({ contractText: 'name: [' }, 'CONTRACT_INVALID')
  await refused({ outcome: 'latte' }, 'OUTCOME_UNFIT')
  await refused({ data: await upload('a\n1\n', 'narrow.csv') }, 'OUTCOME_UNFIT')
  await refused({ data: await upload('a\n1\n', 'narrow.csv'), contractText: undefined }, 'SIGNATURE_MISMATCH')
  await refused({ data: await upload('x', 'data.docx') }, 'DATA_FORMAT_UNKNOWN')
  await refused({ environment: 'python' }, 'ENVIRONMENT_INVALID')
  await refused({ environment: { libraries: { numpy: 2 } } }, 'ENVIRONMENT_INVALID')
  await expect(services.registry.getModel('refused')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  expect(workFiles()).toEqual([])
})

test('the job takes what the HTTP call sends', async () => {
  const { model: name, modelFile: file, ...rest } = await requestOf('by-job')
  const input = pushJob.input.parse(JSON.parse(JSON.stringify({ ...rest, name, file })))
  const { signal, progress } = contextOf('').context
  const job = {
    jobId: 'job-1',
    input,
    resumeFrom: undefined,
    signal,
    progress: (at: object) => progress({ done: 0, total: 0, note: '', ...at }),
  }
  const result = await pushJob.run(job, services)
  expect(result).toMatchObject({ model: 'by-job', version: 1, created: true })
})

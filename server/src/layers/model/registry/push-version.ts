/**
 * From a model file to a version: read, matched with its data, tried, written down, sealed. Every document is a function of
 * what was brought, so the same push twice, or one that a kill interrupted, ends in one version.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseContract } from '../../../contract/parse-contract.ts'
import { canonicalJson } from '../../../kernel/canonical-json.ts'
import { telling } from '../../../platform/files/atomic-file.ts'
import type { GraphDescription } from '../formats/contract.ts'
import { CONTRACT_FILE, SAMPLE_FILE, SIGNATURE_FILE } from '../package/package-format.ts'
import { Environment, type Lineage } from '../package/package.ts'
import { EnvironmentInvalid } from './errors.ts'
import { bringModel } from './model-files.ts'
import { type DescribedData, describeEvaluation, describeTraining } from './push-data.ts'
import type { PushContext, PushedVersion, PushRequest, PushServices } from './push-request.ts'
import { checkName } from './registry-store.ts'
import { tryApart } from './try-apart.ts'

export type { PushContext, PushedVersion, PushRequest, PushServices } from './push-request.ts'

const STEPS = [
  'reading the model',
  'profiling the data',
  'reading the evaluation data',
  'trying the model',
  'sealing the version',
]

/**
 * Makes a version. Throws what the formats, the contract, the data and the signature say is wrong, ModelGivesNothing,
 * ModelTrialFailed, BlobMissing, StorageFull, and the signal's reason between two steps. Files are removed however it ends.
 */
export async function pushVersion(request: PushRequest, services: PushServices, context: PushContext): Promise<PushedVersion> {
  checkName('model', request.model)
  const work = path.join(services.workFolder, `push-${context.jobId ?? request.run?.runId ?? randomUUID()}`)
  try {
    await rm(work, { recursive: true, force: true })
    return await telling(work, () => makeVersion(request, services, context, work))
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function makeVersion(
  request: PushRequest,
  services: PushServices,
  context: PushContext,
  work: string,
): Promise<PushedVersion> {
  const { signal } = context
  const step = async (done: number) => {
    signal.throwIfAborted()
    await context.progress({ done, total: STEPS.length, note: STEPS[done]! })
  }
  const draft = path.join(work, 'draft')
  await mkdir(draft, { recursive: true })
  const contract = request.contractText === undefined ? undefined : parseContract(request.contractText)
  await step(0)
  const { graph, modelFile, warnings: unused } = await bringModel(request, services, work, draft)
  const environment = environmentOf(request.environment, graph)
  await step(1)
  const data = await describeTraining(request, services, { graph, contract, work }, signal)
  await step(2)
  const evaluation =
    request.evaluation === undefined ? undefined : await describeEvaluation(request.evaluation, services, data, work)
  await step(3)
  const { signature, sample } = data
  const servable = { model: request.model, version: 0, digest: '', signature, sample, modelFile: path.join(draft, modelFile) }
  const oddities = await tryApart(servable, services.sessionOptions, signal)
  await step(4)
  await writeDocuments(draft, request, data, environment)
  const added = await services.registry.addVersion(
    { model: request.model, modelFormat: graph.format, folder: draft, modelFile, runId: request.run?.runId },
    request,
  )
  await pinSnapshots(request, services, { training: data.rows, evaluation: evaluation?.rows })
  const { model, version, digest } = added.version
  services.log.info('version pushed', { model, version, digest, created: added.created })
  const warnings = [...unused, ...data.warnings, ...(evaluation?.warnings ?? []), ...oddities]
  return { model, version, digest, created: added.created, signature, warnings }
}

/** What the file itself tells of its origin, and what the caller adds. Throws EnvironmentInvalid. */
function environmentOf(given: unknown, { producer, opsets, irVersion }: GraphDescription): object {
  const parsed = Environment.safeParse(given ?? {})
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new EnvironmentInvalid({ reason: `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'unknown'}` })
  }
  return { producer, opsets, irVersion, ...parsed.data }
}

async function writeDocuments(draft: string, request: PushRequest, data: DescribedData, environment: object): Promise<void> {
  const { run } = request
  const lineage: Lineage = {
    runId: run?.runId,
    snapshotDigest: request.data?.digest,
    evaluationDigest: request.evaluation?.digest,
    commit: request.commit,
    parentVersion: run?.parentVersion,
    parameters: run === undefined ? undefined : { ...run.parameters },
    seed: run?.seed,
    outcome: data.outcome,
  }
  const documents: Readonly<Record<string, unknown>> = {
    [SIGNATURE_FILE]: data.signature,
    [SAMPLE_FILE]: data.sample,
    'metrics.json': run?.metrics ?? {},
    'environment.json': environment,
    'lineage.json': lineage,
    ...(data.baseline === undefined ? {} : { 'baseline.json': data.baseline }),
  }
  for (const [name, content] of Object.entries(documents)) await writeFile(path.join(draft, name), canonicalJson(content))
  if (request.contractText !== undefined) await writeFile(path.join(draft, CONTRACT_FILE), request.contractText)
}

async function pinSnapshots(
  request: PushRequest,
  { registry }: PushServices,
  rows: { readonly training: number | undefined; readonly evaluation: number | undefined },
): Promise<void> {
  for (const [purpose, file] of [
    ['training', request.data],
    ['evaluation', request.evaluation],
  ] as const)
    if (file !== undefined)
      await registry.pinSnapshot(
        { digest: file.digest, purpose, model: request.model, rows: rows[purpose]!, source: file.name },
        request,
      )
}

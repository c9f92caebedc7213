/**
 * One check from beginning to end: the contract, the data, the version loaded here, every gate that applies, one report. Only
 * what was measured in this run counts; nothing that the package says of itself is believed.
 */
import { type Contract, contractDigest } from '../../../contract/contract.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import type { Clock } from '../../../kernel/clock.ts'
import { pairOutcomes } from '../../operations/index.ts'
import type { VersionDetail } from '../../model/index.ts'
import type { DeploymentRepository } from '../../serving/index.ts'
import { gates } from '../gates/catalog.gen.ts'
import type { Evaluation, Gate, GateContext, ServingSettings } from '../gates/contract.ts'
import { tableOf } from '../gates/real-rows.ts'
import type { CheckRecord, CheckReport, GateResult, Verdict } from './check.ts'
import type { CheckStore } from './check-repository.ts'
import { CheckContractMissing, CheckDataMissing } from './errors.ts'
import { type EvaluationData, evaluationDataOf, type EvaluationFile, type EvaluationServices } from './evaluation-data.ts'
import { judgedOutput } from './judged-output.ts'
import { machineFacts } from './machine.ts'
import { findChampion, type LoadedVersion, withVersion } from './opened-version.ts'

const NO_SNAPSHOT = '0'.repeat(64)
/** Scoring tells how far it is this often, in milliseconds. */
const NOTE_MS = 500

export interface CheckServices extends EvaluationServices {
  readonly deployments: DeploymentRepository
  readonly checks: CheckStore
  /** How requests are served here; models are loaded and asked by the same settings. */
  readonly serving: ServingSettings
  readonly ids: () => string
  readonly clock: Clock
}
export interface CheckRequest {
  readonly model: string
  readonly version: number
  readonly contractText?: string | undefined
  readonly evaluation?: EvaluationFile | undefined
  readonly actor: string
}
export interface CheckWatch {
  readonly signal: AbortSignal
  progress(at: { done: number; total: number; note: string }): Promise<void>
}

/** Throws CheckContractMissing, CheckDataMissing, and what makes the contract, the data or the version unusable. */
export async function runCheck(request: CheckRequest, services: CheckServices, watch: CheckWatch): Promise<CheckRecord> {
  const { model, version } = request
  const detail = await services.registry.getVersionDetail(model, version)
  const contractText = request.contractText ?? detail.contractText
  if (contractText === undefined) throw new CheckContractMissing({ model, version })
  const contract = parseContract(contractText)
  const applying = gates.all().filter((gate) => gate.applies(contract))
  const note = (done: number) => (text: string) => watch.progress({ done, total: applying.length + 1, note: text })
  const data = await dataOf(request, detail, applying, services, watch, note(0))
  const results = await withVersion(services.registry, request, services.serving.session, async (loaded) => {
    const evaluation = data && (await evaluate({ contract, data, loaded, applying, note: note(0), signal: watch.signal }))
    const context = await contextOf({ contract, contractText, detail, loaded, evaluation, data }, services, watch.signal)
    return runGates(applying, (done) => ({ ...context, note: note(done) }))
  })
  const { digest } = detail
  return services.checks.add({
    format: 'seaworthy-check/1',
    id: services.ids(),
    model,
    version,
    versionDigest: digest,
    contractDigest: contractDigest(contract),
    snapshotDigest: data?.snapshot.digest ?? NO_SNAPSHOT,
    snapshotRows: data?.table.rowCount ?? 0,
    verdict: verdictOf(results),
    gates: results,
    machine: machineFacts(),
    createdAt: services.clock.now(),
    createdBy: request.actor,
  } satisfies CheckReport)
}

/** The data, when a gate has a use for it or it was brought to be pinned. */
async function dataOf(
  request: CheckRequest,
  detail: VersionDetail,
  applying: readonly Gate[],
  services: CheckServices,
  { signal }: CheckWatch,
  note: (text: string) => Promise<void>,
): Promise<EvaluationData | undefined> {
  if (request.evaluation === undefined && applying.every(({ needs }) => needs === 'nothing')) return undefined
  await note('reading the evaluation data')
  const data = await evaluationDataOf(detail, request, services, signal)
  const lacking = data === undefined ? applying.filter(needsData).map(({ id }) => id) : []
  if (lacking.length > 0) throw new CheckDataMissing({ model: detail.model, gates: lacking })
  return data
}

const needsData = ({ needs }: Gate): boolean => needs === 'outcomes' || needs === 'rows'

/** Bad news first: one gate that failed is enough, then one that could not tell. */
function verdictOf(results: readonly GateResult[]): Verdict {
  if (results.some(({ verdict }) => verdict === 'fail')) return 'fail'
  return results.some(({ verdict }) => verdict === 'not-enough-data') ? 'not-enough-data' : 'pass'
}

async function runGates(applying: readonly Gate[], contextAt: (done: number) => GateContext): Promise<GateResult[]> {
  const results: GateResult[] = []
  for (const [i, gate] of applying.entries()) {
    const context = contextAt(i + 1)
    context.signal.throwIfAborted()
    await context.note(gate.title)
    results.push(...(await gate.measure(context)))
  }
  return results
}

interface Scoring {
  readonly contract: Contract
  readonly data: EvaluationData
  readonly loaded: LoadedVersion
  readonly applying: readonly Gate[]
  readonly note: (text: string) => Promise<void>
  readonly signal: AbortSignal
}

/** Asks the version once about every row; all gates that judge what it said share the answers. */
async function evaluate({ contract, data, loaded, applying, note, signal }: Scoring): Promise<Evaluation | undefined> {
  if (!applying.some(needsData)) return undefined
  const { table } = data
  let lastMs = 0
  const outputs = await loaded.scorer.score(table, {
    signal,
    onProgress(done, total) {
      if (performance.now() - lastMs < NOTE_MS) return
      lastMs = performance.now()
      note(`scoring: ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} rows`).catch(() => {})
    },
  })
  if (contract.outcome === undefined || !applying.some(({ needs }) => needs === 'outcomes')) return { table, outputs }
  const output = judgedOutput(loaded.opened.signature, contract)
  return { table, outputs, pairing: pairOutcomes(output, outputs, table, contract.outcome.name) }
}

interface Parts {
  readonly contract: Contract
  readonly contractText: string
  readonly detail: VersionDetail
  readonly loaded: LoadedVersion
  readonly evaluation: Evaluation | undefined
  readonly data: EvaluationData | undefined
}

async function contextOf(
  { contract, contractText, detail, loaded, evaluation, data }: Parts,
  services: CheckServices,
  signal: AbortSignal,
): Promise<Omit<GateContext, 'note'>> {
  const of = { deployment: contract.name, model: detail.model }
  const { opened } = loaded
  return {
    contract,
    contractText,
    environment: detail.environment,
    ...loaded,
    evaluation,
    realRows:
      data === undefined
        ? { table: tableOf(opened.sample, opened.signature), origin: 'sample of the package' }
        : { table: data.table, origin: 'evaluation snapshot' },
    champion: await findChampion(services, of, services.serving.session, signal),
    serving: services.serving,
    signal,
  }
}

/**
 * The rows of a comparison: the pinned evaluation snapshot, or the newest part of a journal. Neither may hold rows that one of
 * the versions was trained on, because it would win by memory.
 */
import type { Contract } from '../../../contract/contract.ts'
import { spanMs } from '../../../contract/span.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { VersionDetail } from '../../model/index.ts'
import type { JournalWindows } from '../../operations/index.ts'
import { evaluationDataOf, type EvaluationServices, readDataBlob } from '../check/evaluation-data.ts'
import { retrainingIdOf, type RetrainingRepository } from '../retraining/retraining.ts'
import { matureUntil, type TimeSpan } from '../retraining/retraining-spans.ts'
import { type JournalSnapshot, makeSnapshot } from '../retraining/snapshot.ts'
import { snapshotColumns } from '../retraining/snapshot-columns.ts'
import type { ComparisonRows } from './compare-versions.ts'
import { ComparisonImpossible } from './errors.ts'

export const EVALUATION = 'evaluation'
/** Rows of a journal that are compared, held in memory; of more, a repeatable sample by the ids of the predictions. */
export const COMPARED_ROWS_MAX = 500_000

export interface ComparisonRowsServices extends EvaluationServices {
  readonly windows: JournalWindows
  readonly retrainings: Pick<RetrainingRepository, 'find'>
  readonly clock: Clock
}
type Compared = readonly Pick<VersionDetail, 'model' | 'version' | 'lineage' | 'signature'>[]

/** Undefined when no evaluation snapshot is pinned. Throws ComparisonImpossible when a version was trained on it. */
export async function evaluationRows(
  versions: Compared,
  services: EvaluationServices,
  signal: AbortSignal,
): Promise<ComparisonRows | undefined> {
  const { model } = versions[0]!
  const pinned = await services.registry.findSnapshot(model, EVALUATION)
  const seen = versions.find(({ lineage }) => pinned !== undefined && lineage.snapshotDigest === pinned.digest)
  if (seen !== undefined)
    throw new ComparisonImpossible({ model, reason: `${model}@${seen.version} was trained on the evaluation snapshot` })
  const data = await evaluationDataOf(versions[0]!, { actor: '' }, services, signal)
  return data && { table: data.table, words: 'the evaluation snapshot', digest: data.snapshot.digest }
}

/** The newest `span` of a deployment's journal whose outcomes have had their time. Throws ComparisonImpossible. */
export async function journalRows(
  { deployment, span, contract, versions }: { deployment: string; span: string; contract: Contract; versions: Compared },
  services: ComparisonRowsServices,
  signal: AbortSignal,
): Promise<ComparisonRows> {
  const asOf = services.clock.now()
  const to = matureUntil(contract.outcome, asOf)
  const from = Math.max(to - spanMs(span), ...(await Promise.all(versions.map((version) => trainedUntil(version, services)))))
  const { model } = versions[0]!
  if (from >= to) throw new ComparisonImpossible({ model, reason: `one of them was trained on all rows of the ${span}` })
  if (contract.outcome === undefined) throw new ComparisonImpossible({ model, reason: 'the contract names no outcome' })
  const inputs = inputsOf(versions, contract)
  const snapshot = await makeSnapshot(
    { deployment, from, to, asOf, inputs, outcome: contract.outcome.name, rowsMax: COMPARED_ROWS_MAX },
    services,
    signal,
  )
  const rows = await snapshotRows(snapshot, services, signal)
  if (rows === undefined)
    throw new ComparisonImpossible({ model, reason: `the journal of "${deployment}" has no row with an outcome there` })
  return rows
}

/** The rows of a snapshot in memory; undefined when it has none. */
export async function snapshotRows(
  { data, spec }: JournalSnapshot,
  services: Omit<EvaluationServices, 'registry'>,
  signal: AbortSignal,
): Promise<ComparisonRows | undefined> {
  if (data === undefined) return undefined
  const table = await readDataBlob({ digest: data.digest, name: 'data.parquet' }, services, signal)
  return { table, words: wordsOf(spec.deployment, spec), digest: data.digest }
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
const wordsOf = (deployment: string, { from, to }: TimeSpan): string => `${deployment} from ${day(from)} to ${day(to)} UTC`

/** The end of the journaled rows that a version learned from, when a retraining of ours made it; 0 otherwise. */
async function trainedUntil({ lineage }: Compared[number], { retrainings }: ComparisonRowsServices): Promise<number> {
  const id = lineage.runId === undefined ? undefined : retrainingIdOf(lineage.runId)
  return (id === undefined ? undefined : await retrainings.find(id))?.training?.spec.to ?? 0
}

/** Inputs of all of them; one that the first does not have may be missing. Throws ComparisonImpossible. */
function inputsOf(versions: Compared, contract: Contract) {
  const [first, ...others] = versions as [Compared[number], ...Compared]
  const known = new Set(first.signature.inputs.map(({ name }) => name))
  const more = others.flatMap(({ signature }) => signature.inputs).filter(({ name }) => !known.has(name))
  const added = [...new Map(more.map((field) => [field.name, { ...field, nullable: true }])).values()]
  const columns = snapshotColumns({ inputs: [...first.signature.inputs, ...added] }, contract)
  if (!('tensor' in columns)) return columns
  throw new ComparisonImpossible({
    model: first.model,
    reason: `the input "${columns.tensor}" is a tensor, which tables do not hold`,
  })
}

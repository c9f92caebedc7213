/** A retraining for a terminal: from its trigger to its decision, each with the name under which more can be asked. */
import { comparisonText } from '../comparison/comparison-text.ts'
import { count } from '../gates/verdict.ts'
import type { Challenger, RetrainingRecord } from './retraining.ts'
import type { JournalSnapshot } from './snapshot.ts'
import { moment } from './triggers/contract.ts'

export function retrainingText(record: RetrainingRecord): string[] {
  const { id, deployment, state, decision, trigger, reason, champion, comparison, explanation = [], failure } = record
  const compared = comparison === undefined ? [] : comparisonText(comparison.deciding)
  const told = compared.join('\n')
  const more = explanation.map(plain).filter((sentence) => !told.includes(sentence))
  return [
    `${id}: ${deployment}, ${state}${decision === undefined ? '' : ` (${decision})`}`,
    `  because       ${trigger}: ${plain(reason)}`,
    `  champion      ${record.model}@${champion}`,
    ...snapshotText('learned from', record.training),
    ...snapshotText('kept back', record.heldBack),
    ...challengerText('warm', record.warm, record.model),
    ...challengerText('scratch', record.scratch, record.model),
    ...(record.checkId === undefined ? [] : [`  check         ${record.checkId}`]),
    ...(record.releaseId === undefined ? [] : [`  release       ${record.releaseId}`]),
    ...(failure === undefined ? [] : [`  failed        ${failure.code}: ${plain(failure.message)}`]),
    ...(comparison === undefined ? [] : ['', ...compared]),
    ...(comparison?.evaluation === undefined ? [] : ['', ...comparisonText(comparison.evaluation)]),
    ...(more.length === 0 ? [] : ['', ...more]),
  ]
}

function snapshotText(title: string, snapshot: JournalSnapshot | undefined): string[] {
  if (snapshot === undefined) return []
  const { spec, counts, data } = snapshot
  const left = [
    ...(counts.withoutOutcome === 0 ? [] : [`${count(counts.withoutOutcome)} without an outcome`]),
    ...(counts.withoutInputs === 0 ? [] : [`${count(counts.withoutInputs)} without whole inputs`]),
    ...(counts.notSampled === 0 ? [] : [`${count(counts.notSampled)} beyond the sample`]),
  ]
  const out = left.length === 0 ? '' : `; left out: ${left.join(', ')}`
  return [
    `  ${title.padEnd(14)}${count(counts.rows)} of ${count(counts.predictions)} predictions from ${moment(spec.from)} to ${moment(spec.to)}${out}`,
    ...(data === undefined ? [] : [`${' '.repeat(16)}snapshot ${data.digest}`]),
  ]
}

function challengerText(kind: string, challenger: Challenger | undefined, model: string): string[] {
  if (challenger === undefined) return []
  const { run, version, failure } = challenger
  const made = version === undefined ? `failed: ${plain(failure?.message ?? 'unknown')}` : `${model}@${version}`
  return [`  ${kind.padEnd(14)}${made.split('\n')[0]} (run ${run})`]
}

/** Others wrote reasons and messages; none of them may move the cursor of the terminal. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ')

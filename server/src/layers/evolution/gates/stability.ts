/**
 * How many predictions change for the callers that there are? The champion, the version that serves now, is asked about the same
 * rows, and a row counts as changed when the decision does: a yes becomes a no (at 0.5), a class another class, a whole number
 * another one. A number without decisions counts as changed when it moves by more than a tenth of the spread (standard
 * deviation) of the champion's numbers.
 *
 * Without a champion there is nobody for whom anything could change, so a first version passes. That is no missing evidence:
 * the gate protects callers, and there are none.
 */
import { AppError } from '../../../kernel/errors.ts'
import type { Table } from '../../../kernel/table.ts'
import { wilsonInterval } from '../../../stats/wilson-interval.ts'
import type { OutputField } from '../../model/index.ts'
import { DECISION_THRESHOLD } from '../../operations/index.ts'
import type { GateResult } from '../check/check.ts'
import { judgedOutput } from '../check/judged-output.ts'
import { CONFIDENCE, defineGate } from './contract.ts'
import { boundOf, count, judge, numbersOf } from './verdict.ts'

/** Share of the standard deviation of the champion's numbers by which a number may move and count as the same. */
export const NUMBER_SHARE = 0.1

export const stabilityGate = defineGate({
  id: 'stability',
  title: 'Predictions that change against the champion',
  needs: 'rows',
  applies: ({ sufficient }) => sufficient.stability !== undefined,
  async measure({ contract, opened, evaluation, champion, note }) {
    const bound = contract.sufficient.stability!['replay-changes']
    const head = { gate: 'stability', path: 'sufficient.stability.replay-changes', bound: boundOf(bound) }
    const first = (explanation: string): GateResult[] => [
      { ...head, measured: 'changed predictions', verdict: 'pass', explanation },
    ]
    if (champion === undefined) return first('No version serves yet, so no prediction changes for anyone.')
    if (champion.version === opened.manifest.version) return first('This version is the champion itself.')
    if (evaluation === undefined) throw new Error('A gate that needs rows was run without them.')
    await note(`stability: asking version ${champion.version}`)
    const measured = `predictions that differ from version ${champion.version}`
    try {
      const before = await champion.score(evaluation.table)
      const changed = changedRows(
        decisionsOf(judgedOutput(before.signature, contract), before.outputs),
        decisionsOf(judgedOutput(opened.signature, contract), evaluation.outputs),
      )
      const estimate = wilsonInterval(changed, evaluation.table.rowCount, CONFIDENCE)
      const { verdict, explanation } = judge(estimate, bound)
      const sentence = `${count(changed)} of ${count(estimate.rows)} rows changed: ${explanation}`
      const method = `${estimate.method}; yes from ${DECISION_THRESHOLD}, numbers by ${NUMBER_SHARE} of the champion's standard deviation`
      return [{ ...head, ...numbersOf(estimate), measured, verdict, explanation: sentence, method }]
    } catch (error) {
      // The champion may need columns that these rows do not have. That says nothing of the new version.
      if (!(error instanceof AppError)) throw error
      return [
        { ...head, measured, verdict: 'not-enough-data', explanation: `The champion cannot score these rows: ${error.message}` },
      ]
    }
  },
})

/** What each row amounts to: numbers with what still counts as the same, or words. */
export type Decisions =
  | { readonly kind: 'numbers'; readonly values: Float64Array; readonly spread: number }
  | { readonly kind: 'words'; readonly words: readonly string[] }

/** The decisions that an output amounts to. */
export function decisionsOf(field: OutputField, outputs: Table): Decisions {
  const { name, type } = field
  const words = (word: (row: number) => string): Decisions => ({
    kind: 'words',
    words: Array.from({ length: outputs.rowCount }, (_, row) => word(row)),
  })
  if (type === 'probabilities' || type === 'tensor') return words(likeliest(field, outputs))
  const column = outputs.columns.get(name)!
  if (column.type === 'text') return words((row) => column.dictionary[column.codes[row]!] ?? '')
  const { values } = column
  if (type === 'probability' || type === 'boolean') return words((row) => yesOrNo(values[row]!))
  if (type === 'integer') return words((row) => String(values[row]))
  return { kind: 'numbers', values, spread: standardDeviation(values) }
}

const yesOrNo = (value: number) => (Number.isNaN(value) ? '' : value >= DECISION_THRESHOLD ? 'yes' : 'no')

/** The class, or the place, of the largest number. */
function likeliest({ name, classes }: OutputField, outputs: Table): (row: number) => string {
  const parts = [...outputs.columns].filter(([column]) => column.startsWith(`${name}[`))
  const labels = parts.map(([column], i) => classes?.[i] ?? column)
  return (row) => {
    let best = -1
    parts.forEach(([, column], i) => {
      const value = column.type === 'text' ? Number.NaN : column.values[row]!
      const most = parts[best]?.[1]
      if (!Number.isNaN(value) && (most === undefined || most.type === 'text' || value > most.values[row]!)) best = i
    })
    return labels[best] ?? ''
  }
}

/** Rows that amount to something else. Outputs of two kinds cannot be compared, and then every caller has to change. */
export function changedRows(before: Decisions, after: Decisions): number {
  const isChanged = changeTest(before, after)
  const rows = before.kind === 'words' ? before.words.length : before.values.length
  let sum = 0
  for (let row = 0; row < rows; row++) if (isChanged(row)) sum++
  return sum
}

/** Does a row amount to something else? */
export function changeTest(before: Decisions, after: Decisions): (row: number) => boolean {
  if (before.kind === 'words' && after.kind === 'words') return (row) => before.words[row] !== after.words[row]
  if (before.kind === 'words' || after.kind === 'words') return () => true
  const most = NUMBER_SHARE * before.spread
  return (row) => {
    const [a, b] = [before.values[row]!, after.values[row]!]
    return Number.isNaN(a) || Number.isNaN(b) ? Number.isNaN(a) !== Number.isNaN(b) : Math.abs(a - b) > most
  }
}

function standardDeviation(values: Float64Array): number {
  const finite = values.filter((value) => Number.isFinite(value))
  const mean = finite.reduce((sum, value) => sum + value, 0) / Math.max(1, finite.length)
  return Math.sqrt(finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, finite.length))
}

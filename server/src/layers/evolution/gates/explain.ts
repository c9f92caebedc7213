/**
 * Can a single prediction be explained? Some real rows are: each contribution must be a number, together with the base value they
 * must add up to the prediction, and it must not take so long that nobody would ask. How good an explanation is, no gate can say.
 */
import { AppError } from '../../../kernel/errors.ts'
import type { Column, Table } from '../../../kernel/table.ts'
import { explainRow, type Explanation, type OutputField } from '../../model/index.ts'
import type { GateResult } from '../check/check.ts'
import { defineGate, type GateContext } from './contract.ts'
import { spreadRows } from './real-rows.ts'
import { count, shown } from './verdict.ts'

const ROWS_EXPLAINED = 5
const BACKGROUND_ROWS = 20
/** Longest that one explanation may take, in milliseconds: the patience of somebody who looks into a case. */
const EXPLANATION_MS_MAX = 10_000
/** Largest gap between the sum and the prediction, as a share of their size: rounding of single-precision models. */
const GAP_SHARE_MAX = 1e-5

export const explainGate = defineGate({
  id: 'explain',
  title: 'Explanation of single predictions',
  needs: 'real-rows',
  applies: ({ sufficient }) => sufficient.explain === 'required',
  async measure(context) {
    const { realRows, note } = context
    const head = { gate: 'explain', path: 'sufficient.explain', measured: 'slowest explanation', unit: 'ms' }
    const { table, origin } = realRows
    if (table.rowCount < 2)
      return [
        {
          ...head,
          verdict: 'not-enough-data',
          rows: table.rowCount,
          explanation: `The ${origin} has too few rows to explain one.`,
        },
      ]
    await note('explain: explaining single predictions')
    const bound = { max: EXPLANATION_MS_MAX }
    const explained = await explainSome(context)
    if (explained.problem !== undefined) return [{ ...head, verdict: 'fail', bound, explanation: explained.problem }]
    const { slowestMs, rows, method } = explained
    const verdict = slowestMs <= EXPLANATION_MS_MAX ? 'pass' : 'fail'
    const explanation =
      verdict === 'pass'
        ? `${count(rows)} rows of the ${origin} were explained; all contributions add up to the prediction.`
        : `An explanation took ${shown(slowestMs / 1_000)} s; nobody waits longer than ${EXPLANATION_MS_MAX / 1_000} s.`
    return [{ ...head, verdict, value: Math.round(slowestMs * 10) / 10, bound, rows, explanation, method } satisfies GateResult]
  },
})

type Explained =
  | { readonly problem?: undefined; readonly slowestMs: number; readonly rows: number; readonly method: string }
  | { readonly problem: string }

async function explainSome({ opened, scorer, realRows, signal }: GateContext): Promise<Explained> {
  const { table } = realRows
  const { signature } = opened
  const rows = spreadRows(table.rowCount, ROWS_EXPLAINED)
  const background = spreadRows(table.rowCount, BACKGROUND_ROWS)
  let [slowestMs, method, explained] = [0, '', 0]
  try {
    for (const row of rows) {
      const startMs = performance.now()
      const output = numberOutputOf(signature.outputs, await outputsOfOne(scorer, table, row))
      if (output === undefined) return { problem: 'The model gives no number that could be explained, only a label.' }
      const explanation = await explainRow({ scorer, signature, table, row, background, output, signal })
      const problem = problemOf(explanation)
      if (problem !== undefined) return { problem }
      slowestMs = Math.max(slowestMs, performance.now() - startMs)
      method = explanation.method
      explained += 1
      if (slowestMs > EXPLANATION_MS_MAX) break
    }
    return { slowestMs, rows: explained, method }
  } catch (error) {
    if (error instanceof AppError) return { problem: error.message }
    throw error
  }
}

/** What the model says of one row; its columns are the outputs that there are. */
async function outputsOfOne(scorer: GateContext['scorer'], table: Table, row: number): Promise<Table> {
  const only = (column: Column): Column =>
    column.type === 'text'
      ? { ...column, codes: column.codes.slice(row, row + 1) }
      : { ...column, values: column.values.slice(row, row + 1) }
  return scorer.score({ rowCount: 1, columns: new Map([...table.columns].map(([name, column]) => [name, only(column)])) })
}

/** The number to explain: the first output that is one; of several classes the likeliest for this row. */
function numberOutputOf(fields: readonly OutputField[], outputs: Table): string | undefined {
  const valueOf = (name: string) => {
    const column = outputs.columns.get(name)
    return column === undefined || column.type === 'text' ? undefined : column.values[0]
  }
  for (const { name, type } of fields) {
    if (type !== 'probabilities' && valueOf(name) !== undefined) return name
    const parts = [...outputs.columns.keys()].filter((column) => column.startsWith(`${name}[`))
    const likeliest = parts.toSorted((a, b) => (valueOf(b) ?? 0) - (valueOf(a) ?? 0))[0]
    if (likeliest !== undefined) return likeliest
  }
  return undefined
}

function problemOf({ prediction, baseValue, contributions }: Explanation): string | undefined {
  if (![prediction, baseValue, ...contributions.map(({ value }) => value)].every(Number.isFinite))
    return 'An explanation holds numbers that are not finite.'
  const sum = contributions.reduce((total, { value }) => total + value, baseValue)
  const size = Math.max(1, ...[prediction, baseValue].map(Math.abs))
  if (Math.abs(sum - prediction) <= GAP_SHARE_MAX * size) return undefined
  return `Contributions add up to ${shown(sum)} and the prediction is ${shown(prediction)}.`
}

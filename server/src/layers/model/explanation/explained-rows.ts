/** Rows for an explainer, as serving feeds them: some to explain, and the sample of the package to compare them with. */
import type { Instance } from '../../../kernel/table.ts'
import type { BatchTensors } from '../inference/batch-tensors.ts'
import { writeInstance } from '../inference/instance-writer.ts'
import { createOutputColumns } from '../inference/output-columns.ts'
import type { ModelSession } from '../inference/session.ts'
import { ExplanationImpossible } from './errors.ts'

export interface ExplainedRows {
  readonly tensors: BatchTensors
  readonly rows: number
  /** Places of the rows to explain, which the caller fills, and of the background, which is filled. */
  readonly explained: readonly number[]
  readonly background: readonly number[]
}

/** Throws ExplanationImpossible for a package without a sample. */
export function createExplainedRows(session: ModelSession, sample: readonly Instance[], count: number): ExplainedRows {
  if (sample.length === 0)
    throw new ExplanationImpossible({ reason: 'its package has no sample of the training data to compare with' })
  const rows = count + sample.length
  const tensors = session.createTensors(rows)
  sample.forEach((instance, i) => writeInstance(session.signature, session.layout, tensors, count + i, instance))
  const places = Array.from({ length: rows }, (_, row) => row)
  return { tensors, rows, explained: places.slice(0, count), background: places.slice(count) }
}

/** Writes an instance out of a data file, which may hold categories as numbers. */
export function writeDataRow(session: ModelSession, tensors: BatchTensors, row: number, instance: Instance): void {
  const { signature, layout } = session
  const asServed = signature.inputs.map(({ name, type }) => {
    const value = instance[name]
    const isText = (type === 'category' || type === 'text') && value !== null && value !== undefined
    return [name, isText ? String(value) : value] as const
  })
  writeInstance(signature, layout, tensors, row, Object.fromEntries(asServed))
}

/** The number to explain when nobody says: the first output that is one; of several classes the likeliest for the first row. */
export async function findNumberOutput({ signature, model }: ModelSession, tensors: BatchTensors): Promise<string> {
  const outputs = createOutputColumns(signature.outputs, 1)
  outputs.append(await model.run(tensors.tensors(1)), 0, 1)
  const columns = outputs.columns()
  const valueOf = (name: string): number => {
    const column = columns.get(name)
    return column === undefined || column.type === 'text' ? Number.NaN : column.values[0]!
  }
  for (const { name, type } of signature.outputs) {
    if (type !== 'probabilities' && columns.has(name) && columns.get(name)!.type !== 'text') return name
    const parts = [...columns.keys()].filter((column) => column.startsWith(`${name}[`))
    const likeliest = parts.toSorted((a, b) => valueOf(b) - valueOf(a))[0]
    if (likeliest !== undefined) return likeliest
  }
  throw new ExplanationImpossible({ reason: 'the model gives only labels, and no number that could be shared out' })
}

/**
 * Scoring a whole table: columns are written into batch tensors by typed loops, run in calls of the best size, and the
 * outputs come back as columns. It yields to the event loop with every call, so a server that scores in the background
 * goes on answering.
 */
import type { Column, Table } from '../../../kernel/table.ts'
import type { InputField, Signature } from '../signature/signature.ts'
import {
  type BatchLayout,
  type BatchTensors,
  type ColumnPlace,
  createBatchLayout,
  writeNumber,
  writeText,
} from './batch-tensors.ts'
import { ModelRunFailed } from './errors.ts'
import { createOutputColumns } from './output-columns.ts'
import type { ModelSession } from './session.ts'

export interface ScoreOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (rowsDone: number, rowsTotal: number) => void
}
export interface Scorer {
  /**
   * Outputs of every row, in its order. Columns: `probability`, `number`, `integer` and `boolean` outputs under their
   * name; `category` as text; `probabilities` as one column `name[class]` per class. Throws ModelRunFailed when the table
   * lacks a column that may not be missing, and the signal's reason when cancelled.
   */
  score(table: Table, options?: ScoreOptions): Promise<Table>
}

export function createScorer(
  session: Pick<ModelSession, 'model' | 'batchRowsBest' | 'createTensors'>,
  signature: Signature,
): Scorer {
  const layout = createBatchLayout(signature)
  return Object.freeze({
    async score(table: Table, { signal, onProgress }: ScoreOptions = {}) {
      const rowsMax = session.batchRowsBest
      const tensors = session.createTensors(rowsMax)
      const outputs = createOutputColumns(signature.outputs, table.rowCount)
      const fill = createFiller(signature, layout, table)
      for (let from = 0; from < table.rowCount; from += rowsMax) {
        signal?.throwIfAborted()
        const rows = Math.min(rowsMax, table.rowCount - from)
        fill(tensors, from, rows)
        outputs.append(await session.model.run(tensors.tensors(rows)), from, rows)
        onProgress?.(from + rows, table.rowCount)
      }
      return { rowCount: table.rowCount, columns: outputs.columns() }
    },
  })
}

type Filler = (tensors: BatchTensors, from: number, rows: number) => void

function createFiller(signature: Signature, layout: BatchLayout, table: Table): Filler {
  const parts = signature.inputs.flatMap((field) => {
    const column = table.columns.get(field.name)
    if (column === undefined && !field.nullable)
      throw new ModelRunFailed({ model: 'given', reason: `the data has no column "${field.name}"` })
    return (layout.places.get(field.name) ?? []).map((place) => fillerOf(field, column, place))
  })
  return (tensors, from, rows) => {
    for (const part of parts) part(tensors, from, rows)
  }
}

function fillerOf(field: InputField, column: Column | undefined, place: ColumnPlace): Filler {
  if (place.size > 1)
    throw new ModelRunFailed({ model: 'given', reason: `"${field.name}" is a tensor, which tables do not hold` })
  const valueAt = place.element === 'string' ? undefined : numberReader(field, column)
  const textAt = textReader(column)
  return (tensors, from, rows) => {
    for (let row = 0; row < rows; row++)
      if (valueAt === undefined) writeText(tensors.data, place, row, textAt(from + row))
      else writeNumber(tensors.data, place, row, valueAt(from + row))
  }
}

/** Text columns become codes of the signature's categories, by one table from the dictionary of the data. */
function numberReader(field: InputField, column: Column | undefined): (row: number) => number {
  if (column === undefined) return () => Number.NaN
  const categories = new Map((field.categories ?? []).map((category, code) => [category, code]))
  if (column.type !== 'text') {
    const { values } = column
    if (field.type !== 'category') return (row) => values[row]!
    return (row) => categories.get(String(values[row])) ?? Number.NaN
  }
  const codes = Float64Array.from(column.dictionary, (text) => categories.get(text) ?? Number.NaN)
  return (row) => codes[column.codes[row]!] ?? Number.NaN
}

function textReader(column: Column | undefined): (row: number) => string {
  if (column === undefined) return () => ''
  if (column.type === 'text') return (row) => column.dictionary[column.codes[row]!] ?? ''
  return (row) => (Number.isNaN(column.values[row]) ? '' : String(column.values[row]))
}

/**
 * What a Shapley value is asked of: rows put together cell by cell from an explained row and background rows, and what the model
 * says of each such mixture.
 */
import type { Column, Table } from '../../../kernel/table.ts'
import { type BatchTensors, createBatchTensors } from '../inference/batch-tensors.ts'
import { createOutputColumns } from '../inference/output-columns.ts'
import type { Scorer } from '../inference/scorer.ts'
import type { ModelSession } from '../inference/session.ts'
import type { Signature } from '../signature/signature.ts'
import { ExplanationImpossible } from './errors.ts'

/** Rows put together: which row of the source gives each cell. `column` is an index into the game's columns. */
export interface Mix {
  readonly rowCount: number
  sourceOf(place: number, column: number): number
}

export interface Game {
  readonly output: string
  readonly columns: readonly string[]
  /** The output for each mixed row. Throws ExplanationImpossible, ModelRunFailed and the signal's reason. */
  score(mix: Mix, signal?: AbortSignal): Promise<Float64Array>
}

/** Rows of a table; columns that it does not have are missing in every mixture and left out. */
export function createTableGame(scorer: Scorer, { inputs }: Pick<Signature, 'inputs'>, table: Table, output: string): Game {
  const columns = inputs.map(({ name }) => name).filter((name) => table.columns.has(name))
  return Object.freeze<Game>({
    output,
    columns,
    score: async (mix, signal) =>
      numbersOf((await scorer.score(mixTable(table, columns, mix), signal === undefined ? {} : { signal })).columns, output),
  })
}

function mixTable(table: Table, names: readonly string[], { rowCount, sourceOf }: Mix): Table {
  const columns = names.map((name, i): [string, Column] => {
    const column = table.columns.get(name)!
    if (column.type === 'text')
      return [name, { ...column, codes: Int32Array.from({ length: rowCount }, (_, at) => column.codes[sourceOf(at, i)]!) }]
    return [name, { ...column, values: Float64Array.from({ length: rowCount }, (_, at) => column.values[sourceOf(at, i)]!) }]
  })
  return { rowCount, columns: new Map(columns) }
}

/** Rows as serving feeds them, so that tensors are columns too and values are those that a contract has replaced. */
export function createTensorGame(session: ModelSession, rows: BatchTensors, output: string): Game {
  const { signature, layout, model, batchRowsBest } = session
  const columns = signature.inputs.map(({ name }) => name)
  const places = columns.map((name) => layout.places.get(name) ?? [])
  return Object.freeze<Game>({
    output,
    columns,
    async score({ rowCount, sourceOf }, signal) {
      const batch = createBatchTensors(layout, batchRowsBest, session.inWorker)
      const outputs = createOutputColumns(signature.outputs, rowCount)
      for (let from = 0; from < rowCount; from += batchRowsBest) {
        signal?.throwIfAborted()
        const count = Math.min(batchRowsBest, rowCount - from)
        for (let row = 0; row < count; row++)
          places.forEach((own, column) => {
            const source = sourceOf(from + row, column)
            for (const { tensor, stride, offset, size } of own) {
              const [to, at] = [batch.data[tensor]!, rows.data[tensor]!]
              for (let i = offset; i < offset + size; i++) to[row * stride + i] = at[source * stride + i]!
            }
          })
        outputs.append(await model.run(batch.tensors(count)), from, count)
      }
      return numbersOf(outputs.columns(), output)
    },
  })
}

function numbersOf(outputs: ReadonlyMap<string, Column>, name: string): Float64Array {
  const column = outputs.get(name)
  if (column === undefined)
    throw new ExplanationImpossible({ reason: `there is no output "${name}"; there are ${[...outputs.keys()].join(', ')}` })
  if (column.type === 'text') throw new ExplanationImpossible({ reason: `the output "${name}" is a label, not a number` })
  return column.values
}

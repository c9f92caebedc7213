/** The model's output tensors as columns of a table, appended batch by batch. */
import type { Column } from '../../../kernel/table.ts'
import type { OutputField } from '../signature/signature.ts'
import type { Tensor } from './contract.ts'
import { ModelRunFailed } from './errors.ts'

export interface OutputColumns {
  append(outputs: ReadonlyMap<string, Tensor>, from: number, rows: number): void
  columns(): ReadonlyMap<string, Column>
}

export function createOutputColumns(fields: readonly OutputField[], rowCount: number): OutputColumns {
  const parts = fields.map((field) => (field.type === 'category' ? textPart(field, rowCount) : numberPart(field, rowCount)))
  return Object.freeze({
    append(outputs: ReadonlyMap<string, Tensor>, from: number, rows: number) {
      for (const part of parts) part.append(outputs, from, rows)
    },
    columns: () => new Map(parts.flatMap((part) => [...part.columns()])),
  })
}

/** The tensor an output is read from. Throws ModelRunFailed unless it has the same count of values for every row. */
export function outputTensor(outputs: ReadonlyMap<string, Tensor>, field: OutputField, rows: number): Tensor {
  const tensor = outputs.get(field.graphOutput)
  const reason =
    tensor === undefined
      ? `it gave no output "${field.graphOutput}"`
      : tensor.data.length < rows || tensor.data.length % rows !== 0
        ? `its output "${field.graphOutput}" has ${tensor.data.length} values for ${rows} rows`
        : undefined
  if (tensor === undefined || reason !== undefined) throw new ModelRunFailed({ model: 'given', reason: reason ?? '' })
  return tensor
}

/** The label of a category output: its text, or the class that its integer code stands for. */
export function labelOf(field: OutputField, value: string | number | bigint): string {
  if (typeof value === 'string') return value
  return field.classes?.[Number(value)] ?? String(value)
}

function numberPart(field: OutputField, rowCount: number): OutputColumns {
  const type = field.type === 'integer' || field.type === 'boolean' ? field.type : 'number'
  const single = field.type !== 'probabilities' && field.type !== 'tensor'
  let columns: { readonly name: string; readonly values: Float64Array }[] = []
  return {
    append(outputs, from, rows) {
      const { data } = outputTensor(outputs, field, rows)
      const width = data.length / rows
      if (columns.length === 0) {
        const names = single ? [field.name] : Array.from({ length: width }, (_, i) => `${field.name}[${field.classes?.[i] ?? i}]`)
        columns = names.map((name) => ({ name, values: new Float64Array(rowCount) }))
      }
      columns.forEach(({ values }, i) => {
        const at = single ? (field.column ?? 0) : i
        for (let row = 0; row < rows; row++) values[from + row] = Number(data[row * width + at])
      })
    },
    columns: () => new Map(columns.map(({ name, values }) => [name, { type, values }])),
  }
}

function textPart(field: OutputField, rowCount: number): OutputColumns {
  const codes = new Int32Array(rowCount).fill(-1)
  const dictionary: string[] = []
  const codeByText = new Map<string, number>()
  return {
    append(outputs, from, rows) {
      const { data } = outputTensor(outputs, field, rows)
      const width = data.length / rows
      for (let row = 0; row < rows; row++) {
        const text = labelOf(field, data[row * width + (field.column ?? 0)]!)
        let code = codeByText.get(text)
        if (code === undefined) {
          code = dictionary.push(text) - 1
          codeByText.set(text, code)
        }
        codes[from + row] = code
      }
    },
    columns: () => new Map([[field.name, { type: 'text', codes, dictionary } as const]]),
  }
}

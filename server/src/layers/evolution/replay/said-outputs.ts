/** Outputs as the journal and the replies have them, back in columns: the form that decisions and quality are judged in. */
import type { Column, Table } from '../../../kernel/table.ts'
import type { OutputField } from '../../model/index.ts'

export interface SaidOutputs {
  /** `output` is the JSON of one prediction's outputs; must be called at most `rowsMax` times. */
  add(output: unknown): void
  /** Columns as a scorer names them: the field, or `field[class]` of probabilities. A tensor has none. */
  table(): Table
}

export function createSaidOutputs({ name, type, classes }: OutputField, rowsMax: number): SaidOutputs {
  const numbers = new Map<string, Float64Array>()
  const codes = type === 'category' ? new Int32Array(rowsMax).fill(-1) : undefined
  const dictionary: string[] = []
  const codeByText = new Map<string, number>()
  let rows = 0
  const put = (column: string, value: unknown) => {
    const values = numbers.get(column) ?? new Float64Array(rowsMax).fill(Number.NaN)
    numbers.set(column, values)
    values[rows] = typeof value === 'boolean' ? Number(value) : typeof value === 'number' ? value : Number.NaN
  }
  const putText = (text: string) => {
    const code = codeByText.get(text) ?? dictionary.push(text) - 1
    codeByText.set(text, code)
    codes![rows] = code
  }
  for (const label of type === 'probabilities' ? (classes ?? []) : [])
    numbers.set(`${name}[${label}]`, new Float64Array(rowsMax).fill(Number.NaN))
  if (type !== 'probabilities' && type !== 'tensor' && codes === undefined)
    numbers.set(name, new Float64Array(rowsMax).fill(Number.NaN))
  return Object.freeze<SaidOutputs>({
    add(output) {
      const value = isRecord(output) ? output[name] : undefined
      if (codes !== undefined) {
        if (typeof value === 'string') putText(value)
      } else if (type === 'probabilities') {
        if (isRecord(value))
          for (const [label, share] of Object.entries(value))
            if (numbers.has(`${name}[${label}]`)) put(`${name}[${label}]`, share)
        if (Array.isArray(value)) value.forEach((share, i) => put(`${name}[${classes?.[i] ?? i}]`, share))
      } else if (type !== 'tensor') put(name, value)
      rows += 1
    },
    table() {
      const columns: [string, Column][] =
        codes === undefined
          ? [...numbers].map(([column, values]) => [column, { type: 'number', values: values.subarray(0, rows) }])
          : [[name, { type: 'text', codes: codes.subarray(0, rows), dictionary }]]
      return { rowCount: rows, columns: new Map(columns) }
    },
  })
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

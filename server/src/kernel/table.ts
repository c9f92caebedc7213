/**
 * Rows held by column, the form in which data is profiled, trained on and scored in bulk.
 * A missing number is NaN; a missing text has code -1. Text is coded by a dictionary, because columns of models
 * repeat few values and a code is what a histogram, a tree and an encoder want anyway.
 */
export interface NumberColumn {
  readonly type: 'number' | 'integer' | 'boolean' | 'time'
  /** Booleans are 0 and 1; times are milliseconds since 1970 in UTC. */
  readonly values: Float64Array
}
export interface TextColumn {
  readonly type: 'text'
  readonly codes: Int32Array
  readonly dictionary: readonly string[]
}
export type Column = NumberColumn | TextColumn

export interface Table {
  readonly rowCount: number
  readonly columns: ReadonlyMap<string, Column>
}

/** One row as it travels in JSON: a value by column name; `null` or absent is missing. */
export type Instance = Readonly<Record<string, unknown>>

/** The value of one cell as JSON has it. */
export function cellOf(column: Column, row: number): string | number | boolean | null {
  if (column.type === 'text') return column.dictionary[column.codes[row]!] ?? null
  const value = column.values[row]!
  if (Number.isNaN(value)) return null
  if (column.type === 'boolean') return value !== 0
  return column.type === 'time' ? new Date(value).toISOString() : value
}

/** Rows of a table as instances, `columns` only, in order. */
export function instancesOf(table: Table, columns: readonly string[], rows: Iterable<number>): Instance[] {
  const picked = columns.flatMap((name) => {
    const column = table.columns.get(name)
    return column === undefined ? [] : [[name, column] as const]
  })
  return Array.from(rows, (row) => Object.fromEntries(picked.map(([name, column]) => [name, cellOf(column, row)])))
}

/** Rows `from` (inclusive) to `to` (exclusive) of a table; the values are shared with it. */
export function sliceRows({ columns, rowCount }: Table, from: number, to: number = rowCount): Table {
  const slice = (column: Column): Column =>
    column.type === 'text'
      ? { ...column, codes: column.codes.subarray(from, to) }
      : { ...column, values: column.values.subarray(from, to) }
  const count = Math.max(0, Math.min(to, rowCount) - Math.max(0, from))
  return { rowCount: count, columns: new Map(Array.from(columns, ([name, column]) => [name, slice(column)])) }
}

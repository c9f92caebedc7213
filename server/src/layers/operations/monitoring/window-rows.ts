/**
 * The rows of one window as tables: inputs by the signature, what the model said, and what happened, as far as it is known. Only
 * typed columns leave the engine; the JSON of the journal is read inside it.
 */
import type { Table } from '../../../kernel/table.ts'
import { type SqlSession, sqlName, sqlText } from '../../../platform/sql/sql-engine.ts'
import type { DataColumn, DataFile } from '../../../platform/tables/open-data-file.ts'
import { tableOf } from '../../../platform/tables/read-table.ts'
import type { OutputField, Signature } from '../../model/index.ts'
import type { JournalWindow, JournalWindows } from '../journal/journal-window.ts'

export interface WindowRows {
  readonly rowCount: number
  /** Rows whose outcome is known. */
  readonly outcomes: number
  readonly inputs: Table
  /** The main output under its name; of several classes one column `name[class]` each. */
  readonly outputs: Table
  /** The outcome, under the name that the contract gives it. */
  readonly happened: Table
  /** Rows by version. */
  readonly versions: ReadonlyMap<number, number>
  /** Rows whose inputs are those of another row, letter by letter, less one of each. */
  readonly repeated: number
  /** When the last of them was made, milliseconds since 1970; absent without rows. */
  readonly lastAt: number | undefined
}

export interface RowsQuery {
  readonly window: JournalWindow
  readonly signature: Signature
  readonly outcomeName: string | undefined
  /** Only what this version said. */
  readonly version?: number | undefined
  readonly signal: AbortSignal
}
/** Ids of the predictions in these rows, in the same order. */
export type IdsOf = (rows: readonly number[]) => Promise<readonly string[]>

/**
 * Rows in the order of time; `work` looks at them while the engine still has them, and may be called again. Inputs that are
 * tensors are left out.
 */
export const readWindowRows = <T>(
  windows: JournalWindows,
  query: RowsQuery,
  work: (rows: WindowRows, idsOf: IdsOf) => Promise<T>,
): Promise<T> =>
  windows.read(query.window, async (session) => work(await rowsOf(session, query), (rows) => idsOf(session, rows)), query.signal)

async function idsOf(session: SqlSession, rows: readonly number[]): Promise<readonly string[]> {
  if (rows.length === 0) return []
  const found = await session.rows(
    `SELECT place::DOUBLE AS place, prediction_id AS id FROM monitored WHERE place IN (${rows.join(', ')})`,
  )
  const byRow = new Map(found.map(({ place, id }) => [Number(place), String(id)]))
  return rows.flatMap((row) => byRow.get(row) ?? [])
}

interface Cell extends DataColumn {
  readonly sql: string
}

async function rowsOf(session: SqlSession, { signature, outcomeName, version, signal }: RowsQuery): Promise<WindowRows> {
  const inputs = signature.inputs.flatMap((field): Cell[] =>
    field.type === 'tensor' ? [] : [{ name: field.name, ...cellOf('inputs', `/${pointer(field.name)}`, field.type) }],
  )
  const outputs = outputCells(signature.outputs[0]!)
  const happened: Cell[] = outcomeName === undefined ? [] : [{ name: outcomeName, ...outcomeCell(signature.outputs[0]!) }]
  const cells = [...inputs, ...outputs, ...happened]
  const listed = cells.map(({ sql }, i) => `, ${sql} AS c${i}`).join('')
  await session.run(`CREATE OR REPLACE TEMP TABLE monitored AS
    SELECT row_number() OVER (ORDER BY time_us, prediction_id) - 1 AS place, prediction_id, time_us, version,
      hash(inputs::VARCHAR) AS said_to, outcome IS NOT NULL AS is_known${listed}
    FROM window_rows ${version === undefined ? '' : `WHERE version = ${version}`} ORDER BY time_us, prediction_id`)
  const [counts] = await session.rows(
    `SELECT count(*)::DOUBLE AS n, coalesce(sum(is_known::INTEGER), 0)::DOUBLE AS known, (max(time_us) / 1000)::DOUBLE AS last,
      (count(*) - count(DISTINCT said_to))::DOUBLE AS repeated FROM monitored`,
  )
  const versions = await session.rows('SELECT version, count(*)::DOUBLE AS n FROM monitored GROUP BY version')
  const rowCount = Number(counts?.['n'])
  const table = (of: readonly Cell[], first: number) => readCells(session, of, first, rowCount, signal)
  return {
    rowCount,
    outcomes: Number(counts?.['known']),
    inputs: await table(inputs, 0),
    outputs: await table(outputs, inputs.length),
    happened: await table(happened, inputs.length + outputs.length),
    repeated: Number(counts?.['repeated']),
    lastAt: rowCount === 0 ? undefined : Number(counts?.['last']),
    versions: new Map(versions.map(({ version, n }) => [Number(version), Number(n)])),
  }
}

/** A step of a JSON pointer (RFC 6901). */
const pointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')

function cellOf(column: 'inputs' | 'output', path: string, type: string): Omit<Cell, 'name'> {
  const text = `json_extract_string(${column}, ${sqlText(path)})`
  if (type === 'boolean') return { type: 'boolean', sql: `TRY_CAST(${text} AS BOOLEAN)` }
  if (type === 'category' || type === 'text') return { type: 'text', sql: text }
  return { type: type === 'integer' ? 'integer' : 'number', sql: `TRY_CAST(${text} AS DOUBLE)` }
}

function outputCells({ name, type, classes = [] }: OutputField): Cell[] {
  const path = `/${pointer(name)}`
  if (type === 'tensor') return []
  if (type === 'probabilities')
    return classes.map((label) => ({ name: `${name}[${label}]`, ...cellOf('output', `${path}/${pointer(label)}`, 'number') }))
  return [{ name, ...cellOf('output', path, type === 'probability' ? 'number' : type) }]
}

/** Outcomes are JSON values of their own: a number, a text, true or false. */
function outcomeCell({ type }: OutputField): Omit<Cell, 'name'> {
  const text = `json_extract_string(outcome, '$')`
  return type === 'number' || type === 'integer'
    ? { type: 'number', sql: `TRY_CAST(${text} AS DOUBLE)` }
    : { type: 'text', sql: text }
}

async function readCells(
  session: SqlSession,
  cells: readonly Cell[],
  first: number,
  rowCount: number,
  signal: AbortSignal,
): Promise<Table> {
  if (cells.length === 0) return { rowCount, columns: new Map() }
  const picked = cells.map(({ name }, i) => `c${first + i} AS ${sqlName(name)}`)
  await session.run(`CREATE OR REPLACE TEMP VIEW monitored_cells AS SELECT ${picked.join(', ')} FROM monitored`)
  const file: DataFile = {
    name: 'the journal',
    rowCount,
    columns: cells.map(({ name, type }) => ({ name, type })),
    ignored: [],
    session,
    relation: 'monitored_cells',
    query: (work) => work(session),
    close() {},
  }
  return tableOf(file, { signal })
}

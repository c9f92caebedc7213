/**
 * Parquet as the journal writes it. One row a prediction, sorted by time, one file a day and compaction:
 *
 *     parquet/date=2001-02-03/part-<id>.parquet
 *       prediction_id, request_id VARCHAR; time TIMESTAMPTZ; deployment, model VARCHAR; version INTEGER;
 *       variant, caller VARCHAR; latency_ms DOUBLE; row_in_request INTEGER; inputs, output, flags JSON
 *     outcomes/date=2001-02-04/part-<id>.parquet
 *       prediction_id VARCHAR; outcome JSON; observed_at, recorded_at TIMESTAMPTZ
 *
 * Inputs and output are JSON, because their columns change from version to version while a journal stays; DuckDB reads
 * them as `inputs->>'$.hour'`. Sorting by time makes the statistics of row groups narrow, so a window reads little.
 */
import { mkdir, open, rename, stat } from 'node:fs/promises'
import path from 'node:path'
import { wellFormedJson } from '../../../kernel/well-formed-json.ts'
import { diskFiles } from './file-port.ts'
import type { SegmentKind } from './frame.ts'
import { type ParquetFile, parquetPath } from './manifest.ts'
import { calendarMs, type PredictionRow } from './prediction.ts'
import type { OutcomeRecord } from './record.ts'
import { type Cell, type SqlSession, sqlText } from '../../../platform/sql/sql-engine.ts'

const ROW_GROUP_ROWS = 65_536

export interface ParquetLayout {
  readonly folder: string
  readonly staging: readonly { readonly name: string; readonly type: 'VARCHAR' | 'DOUBLE' }[]
  /** Columns of the Parquet file, from the staging table. */
  readonly columns: string
  /** The staging column that decides the day. */
  readonly timeUs: string
  /** Column of the Parquet file with the same time. */
  readonly time: string
  readonly versions: string
}

const instant = (column: string) => `TIMESTAMPTZ 'epoch' + to_microseconds(${column}::BIGINT)`
const typed = (type: 'VARCHAR' | 'DOUBLE', ...names: string[]) => names.map((name) => ({ name, type }))

export const layouts: Readonly<Record<SegmentKind, ParquetLayout>> = {
  predictions: {
    folder: 'parquet',
    staging: [
      ...typed('VARCHAR', 'prediction_id', 'request_id', 'deployment', 'model', 'variant', 'caller', 'inputs', 'output', 'flags'),
      ...typed('DOUBLE', 'time_us', 'version', 'latency_ms', 'row_in_request'),
    ],
    columns: `prediction_id, request_id, ${instant('time_us')} AS time, deployment, model, version::INTEGER AS version, variant,
      caller, latency_ms, row_in_request::INTEGER AS row_in_request, inputs::JSON AS inputs, output::JSON AS output, flags::JSON AS flags`,
    timeUs: 'time_us',
    time: 'time',
    versions: 'version',
  },
  outcomes: {
    folder: 'outcomes',
    staging: [...typed('VARCHAR', 'prediction_id', 'outcome'), ...typed('DOUBLE', 'observed_us', 'recorded_us')],
    columns: `prediction_id, outcome::JSON AS outcome, ${instant('observed_us')} AS observed_at, ${instant('recorded_us')} AS recorded_at`,
    timeUs: 'recorded_us',
    time: 'recorded_at',
    versions: '0',
  },
}

const microseconds = (ms: number): number => Math.round(calendarMs(ms) * 1_000)

export const predictionCells = (row: PredictionRow, deployment: string): Cell[] => [
  row.id,
  row.requestId,
  deployment,
  row.model,
  row.variant,
  row.caller,
  row.inputs,
  row.output,
  row.flags,
  microseconds(row.timeMs),
  row.version,
  row.latencyMs,
  row.rowInRequest,
]
export const outcomeCells = (record: OutcomeRecord): Cell[] => [
  record.predictionId,
  wellFormedJson(record.outcome),
  microseconds(record.observedAtMs),
  microseconds(record.recordedAtMs),
]

export async function createStaging(session: SqlSession, kind: SegmentKind): Promise<void> {
  const columns = layouts[kind].staging.map(({ name, type }) => `${name} ${type}`).join(', ')
  await session.run(`CREATE OR REPLACE TEMP TABLE staging (${columns})`)
}
export const appendStaging = (session: SqlSession, kind: SegmentKind, rows: readonly (readonly Cell[])[]): Promise<void> =>
  session.append(
    'staging',
    layouts[kind].staging.map(({ type }) => type),
    rows,
  )

/** Removes from the staging table what came twice, and what `files` hold already. */
export async function removeDoubles(session: SqlSession, kind: SegmentKind, files: readonly string[]): Promise<void> {
  const key = kind === 'predictions' ? 'prediction_id' : 'prediction_id, outcome, observed_us'
  await session.run(
    `CREATE OR REPLACE TEMP TABLE staging AS SELECT * FROM staging QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY ${layouts[kind].timeUs}) = 1`,
  )
  if (files.length === 0) return
  const inFiles = kind === 'predictions' ? 'f.prediction_id = staging.prediction_id' : SAME_OUTCOME
  await session.run(`DELETE FROM staging WHERE EXISTS (SELECT 1 FROM ${parquetSource(files)} f WHERE ${inFiles})`)
}
const SAME_OUTCOME =
  'f.prediction_id = staging.prediction_id AND f.outcome::VARCHAR = staging.outcome AND epoch_us(f.observed_at) = staging.observed_us'

/** A table function over Parquet files; a column that an older file lacks is null. */
export const parquetSource = (files: readonly string[]): string =>
  `read_parquet([${files.map(sqlText).join(', ')}], union_by_name = true, hive_partitioning = false)`

/** Writes the staging table, one file a day. The files are on the disk, but count only once a manifest names them. */
export async function writeStaging(session: SqlSession, kind: SegmentKind, journal: string, id: string): Promise<ParquetFile[]> {
  const { timeUs, columns } = layouts[kind]
  const day = `strftime(make_timestamp(${timeUs}::BIGINT), '%Y-%m-%d')`
  const days = await session.rows(`SELECT DISTINCT ${day} AS day FROM staging ORDER BY day`)
  const files: ParquetFile[] = []
  for (const { day: value } of days) {
    const source = `SELECT ${columns} FROM staging WHERE ${day} = ${sqlText(String(value))}`
    files.push(await writeParquet(session, kind, journal, source, String(value), id))
  }
  return files
}

/** Writes one file of a day from any query with the columns of the layout. */
export async function writeParquet(
  session: SqlSession,
  kind: SegmentKind,
  journal: string,
  source: string,
  day: string,
  id: string,
): Promise<ParquetFile> {
  const { folder, time } = layouts[kind]
  const relative = `${folder}/date=${day}/part-${id}.parquet`
  const file = parquetPath(journal, { path: relative })
  const writing = `${file}.writing`
  await mkdir(path.dirname(file), { recursive: true })
  await session.run(
    `COPY (${source} ORDER BY ${time}, prediction_id) TO ${sqlText(writing)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
  )
  await syncFile(writing)
  await rename(writing, file)
  for (const parent of [path.dirname(file), path.join(journal, folder), journal]) await diskFiles.syncFolder(parent)
  return describeParquet(session, kind, journal, relative, day)
}

/** What the manifest says about a file, read from the file itself. */
export async function describeParquet(
  session: SqlSession,
  kind: SegmentKind,
  journal: string,
  relative: string,
  day: string,
): Promise<ParquetFile> {
  const file = parquetPath(journal, { path: relative })
  const { time, versions } = layouts[kind]
  const counted = await session.rows(
    `SELECT ${versions} AS version, count(*)::DOUBLE AS rows, min(epoch_us(${time}))::DOUBLE AS from_us, max(epoch_us(${time}))::DOUBLE AS to_us
     FROM ${parquetSource([file])} GROUP BY ALL ORDER BY version`,
  )
  const numbers = (name: string) => counted.map((row) => Number(row[name]))
  return {
    path: relative,
    kind,
    day,
    rows: numbers('rows').reduce((total, rows) => total + rows, 0),
    bytes: (await stat(file)).size,
    fromMs: Math.min(...numbers('from_us')) / 1_000,
    toMs: Math.max(...numbers('to_us')) / 1_000,
    versions:
      kind === 'predictions' ? counted.map((row) => ({ version: Number(row['version']), predictions: Number(row['rows']) })) : [],
  }
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * The exact rows of a retraining, out of the journal, as two Parquet files with the same rows in the same order:
 *
 *     data    the inputs by the signature, and the outcome: what a trainer may see, and nothing that it could take for an input
 *     rows    prediction_id, time, version, outcome_recorded_at: which prediction each row is, for people and for questions
 *
 * The order is that of time, then id; the bytes depend on the journal and the engine alone. So a snapshot can be made again
 * from its specification, years later, and has the same digest: outcomes that came after `asOf` are not seen.
 */
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import type { BlobStore } from '../../../platform/blobs/blob-store.ts'
import { type SqlSession, sqlName, sqlText } from '../../../platform/sql/sql-engine.ts'
import type { JournalWindows } from '../../operations/index.ts'
import { inputSql, outcomeSql, type SnapshotColumn } from './snapshot-columns.ts'

export interface SnapshotSpec {
  readonly deployment: string
  /** First millisecond of the predictions, and first that does not belong to them, since 1970. */
  readonly from: number
  readonly to: number
  /** What was recorded later is not seen. */
  readonly asOf: number
  readonly inputs: readonly SnapshotColumn[]
  /** Column of the outcome. */
  readonly outcome: string
  /** Of more rows a sample is taken, by a hash of the prediction's id, so that it is the same every time. */
  readonly rowsMax?: number
}
export interface SnapshotCounts {
  /** Predictions of the span that answered somebody. */
  readonly predictions: number
  /** Left out: no outcome was known. */
  readonly withoutOutcome: number
  /** Left out: an input that may not be missing is, or is not of its type. */
  readonly withoutInputs: number
  /** Left out: the sample has about `rowsMax` rows. */
  readonly notSampled: number
  readonly rows: number
}
export interface JournalSnapshot {
  readonly spec: SnapshotSpec
  readonly counts: SnapshotCounts
  /** Type of the outcome's column. */
  readonly outcomeType: string
  /** Blob with the data, and blob that says which predictions they are. Absent when there is no row. */
  readonly data?: { readonly digest: string; readonly bytes: number }
  readonly rows?: { readonly digest: string; readonly bytes: number }
  /** Whose bytes these are: another engine may write the same rows in others. */
  readonly engine: string
}

export interface SnapshotServices {
  readonly windows: JournalWindows
  readonly blobs: BlobStore
  /** Where the files lie until they are kept. */
  readonly tempFolder: string
}

const ROW_GROUP_ROWS = 65_536
/** Qualified, because an input may be called like them. */
const ORDER = 'ORDER BY typed_rows.time_us, typed_rows.prediction_id'

/** Memory: a few row groups; the rest spills to disk. Throws what reading a window throws, and StorageFull. */
export async function makeSnapshot(
  spec: SnapshotSpec,
  { windows, blobs, tempFolder }: SnapshotServices,
  signal?: AbortSignal,
): Promise<JournalSnapshot> {
  await mkdir(tempFolder, { recursive: true })
  const folder = await mkdtemp(path.join(tempFolder, 'snapshot-'))
  const files = { data: path.join(folder, 'data.parquet'), rows: path.join(folder, 'rows.parquet') }
  try {
    const written = await windows.read(spec, (session) => writeRows(session, spec, files), signal)
    if (written.counts.rows === 0) return { spec, ...written }
    const keep = (file: string) => blobs.put(createReadStream(file))
    return { spec, ...written, data: await keep(files.data), rows: await keep(files.rows) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeRows(session: SqlSession, spec: SnapshotSpec, files: { readonly data: string; readonly rows: string }) {
  const outcome = await outcomeSql(session, 'window_rows')
  // Numbered, because an input may have any name, that of another column too.
  const columns = spec.inputs.map((column, i) => `${inputSql(column)} AS input_${i}`)
  const needed = spec.inputs.flatMap(({ nullable }, i) => (nullable ? [] : [`input_${i} IS NOT NULL`]))
  await session.run(`CREATE OR REPLACE TEMP VIEW typed_rows AS
    SELECT prediction_id, time_us, version, recorded_us, ${[`${outcome.sql} AS happened`, ...columns].join(', ')} FROM window_rows`)
  const isWhole = ['true', ...needed].join(' AND ')
  const counted = await countRows(session, isWhole)
  const every = spec.rowsMax === undefined ? 1 : Math.max(1, Math.ceil(counted.rows / spec.rowsMax))
  const isPicked = every === 1 ? isWhole : `${isWhole} AND md5_number_lower(typed_rows.prediction_id) % ${every} = 0`
  const rows = every === 1 ? counted.rows : (await countRows(session, isPicked)).rows
  const counts = { ...counted, notSampled: counted.rows - rows, rows }
  const [engine] = await session.rows('SELECT version() AS version')
  const kept = `FROM typed_rows WHERE happened IS NOT NULL AND ${isPicked}`
  const names = [...spec.inputs.map(({ name }, i) => `input_${i} AS ${sqlName(name)}`), `happened AS ${sqlName(spec.outcome)}`]
  const at = (us: string) => `make_timestamp(${us}::BIGINT)`
  const facts = `prediction_id, ${at('time_us')} AS time, version, ${at('recorded_us')} AS outcome_recorded_at`
  if (counts.rows > 0)
    for (const [file, picked] of [
      [files.data, names.join(', ')],
      [files.rows, facts],
    ] as const)
      await session.run(
        `COPY (SELECT ${picked} ${kept} ${ORDER}) TO ${sqlText(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
      )
  return { counts, outcomeType: outcome.type, engine: `duckdb ${String(engine?.['version'])}` }
}

async function countRows(session: SqlSession, isWhole: string): Promise<Omit<SnapshotCounts, 'notSampled'>> {
  const [row] = await session.rows(`SELECT count(*)::DOUBLE AS predictions,
    (count(*) FILTER (happened IS NULL))::DOUBLE AS without_outcome,
    (count(*) FILTER (happened IS NOT NULL AND ${isWhole}))::DOUBLE AS kept FROM typed_rows`)
  const [predictions, withoutOutcome, rows] = ['predictions', 'without_outcome', 'kept'].map((name) => Number(row?.[name])) as [
    number,
    number,
    number,
  ]
  return { predictions, withoutOutcome, withoutInputs: predictions - withoutOutcome - rows, rows }
}

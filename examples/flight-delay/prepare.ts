/**
 * Makes the tables of the example from real flights: 3,000,000 of them, January to July 2001, inside the npm package
 * `vega-datasets`. A flight is late when it arrives more than 15 minutes after its time.
 *
 * The file has the minute at which a flight left, not the one at which it was to leave. A departure at three in the morning
 * is a delayed one, so `hour` says more about lateness than a timetable would; the contract therefore promises an answer when
 * a flight departs, and not before.
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

export interface PreparedTable {
  readonly name: string
  readonly file: string
  readonly rows: number
  readonly lateShare: number
}

const FLIGHTS = path.join(path.dirname(findPackageJSON('vega-datasets', import.meta.url)!), 'data/flights-3m.parquet')
/**
 * What each table is for, and its days. The evaluation fortnight comes after the training month, as the future does; the live
 * traffic comes after both.
 */
const SPANS = [
  { name: 'january', from: '2001-01-01', to: '2001-02-01' },
  { name: 'february-first-half', from: '2001-02-01', to: '2001-02-15' },
  { name: 'february-live', from: '2001-02-15', to: '2001-03-01' },
] as const

export async function prepare(folder: string): Promise<PreparedTable[]> {
  mkdirSync(folder, { recursive: true })
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const tables: PreparedTable[] = []
    for (const span of SPANS) {
      const file = path.join(folder, `${span.name}.parquet`)
      if (!existsSync(file)) {
        const half = `${file}.${process.pid}.tmp`
        await connection.run(`copy (${selectOf(span)}) to '${half}' (format parquet, compression zstd)`)
        renameSync(half, file)
      }
      const reader = await connection.runAndReadAll(`select count(*)::int, avg(late::int) from '${file}'`)
      const [rows, lateShare] = reader.getRows()[0] as [number, number]
      tables.push({ name: span.name, file, rows, lateShare })
    }
    return tables
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const selectOf = ({ from, to }: { from: string; to: string }) => `
  select hour(date)::int as hour, isodow(date)::int as weekday, distance::double as distance, origin, destination, delay > 15 as late
    from '${FLIGHTS}' where date >= timestamp '${from}' and date < timestamp '${to}' order by date, origin, destination`

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
const JANUARY = { from: '2001-01-01', to: '2001-02-01' } as const
const COLUMNS = 'hour(date)::int as hour, isodow(date)::int as weekday, distance::double as distance, origin, destination'
const LATE = 'delay > 15 as late'
/** Of so many live flights one is sent: a thousand and a half a day, enough for every number to be sure of itself. */
const ONE_IN = 12
/** Of so many flights of January one is in the table that says yes for no. */
const INVERTED_ONE_IN = 8
const TABLES: readonly { readonly name: string; readonly sql: string }[] = [
  { name: 'january', sql: spanSql(JANUARY) },
  { name: 'february-first-half', sql: spanSql({ from: '2001-02-01', to: '2001-02-15' }) },
  {
    name: 'live',
    sql: `select epoch_ms(date)::double as left_at, * exclude (n, date) from (
            select date, row_number() over (order by date, origin, destination) as n, ${COLUMNS}, ${LATE}
              from '${FLIGHTS}' where date >= timestamp '2001-02-15' and date < timestamp '2001-07-01')
          where n % ${ONE_IN} = 0 order by n`,
  },
  {
    name: 'january-inverted',
    sql: `select * exclude (late, n), not late as late from (select *, row_number() over () as n from (${spanSql(JANUARY)}))
          where n % ${INVERTED_ONE_IN} = 0 order by n`,
  },
]

export async function prepare(folder: string): Promise<PreparedTable[]> {
  mkdirSync(folder, { recursive: true })
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const tables: PreparedTable[] = []
    for (const { name, sql } of TABLES) {
      const file = path.join(folder, `${name}.parquet`)
      if (!existsSync(file)) {
        const half = `${file}.${process.pid}.tmp`
        await connection.run(`copy (${sql}) to '${half}' (format parquet, compression zstd)`)
        renameSync(half, file)
      }
      const reader = await connection.runAndReadAll(`select count(*)::int, avg(late::int) from '${file}'`)
      const [rows, lateShare] = reader.getRows()[0] as [number, number]
      tables.push({ name, file, rows, lateShare })
    }
    return tables
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

function spanSql({ from, to }: { readonly from: string; readonly to: string }): string {
  const inside = `date >= timestamp '${from}' and date < timestamp '${to}'`
  return `select ${COLUMNS}, ${LATE} from '${FLIGHTS}' where ${inside} order by date, origin, destination`
}

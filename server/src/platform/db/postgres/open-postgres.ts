import { setTimeout as pause } from 'node:timers/promises'
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import type { Database } from '../database.ts'
import { DatabaseUnreachable } from '../errors.ts'
import type { DatabaseSchema } from '../schema.ts'

const ATTEMPTS_MAX = 8
const CONNECT_MS_MAX = 10_000
const INT8 = 20
/** Serialisation failure and deadlock: nothing is wrong, somebody else was first. */
const TRY_AGAIN = new Set(['40001', '40P01'])

/** Our 64-bit columns are milliseconds and sizes, all below 2^53, so they are read as numbers. */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
}

export function openPostgres({ url, poolMax }: { url: string; poolMax: number }): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolMax,
    types,
    application_name: 'seaworthy',
    connectionTimeoutMillis: CONNECT_MS_MAX,
  })
  // A connection that dies while it lies idle is replaced by the pool; without a listener it would end the program.
  pool.on('error', () => {})
  const kysely = new Kysely<DatabaseSchema>({ dialect: new PostgresDialect({ pool: toldPool(pool, url) }) })
  return Object.freeze<Database>({
    dialect: 'postgres',
    kysely,
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await kysely.transaction().execute(work)
        } catch (error) {
          const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
          if (!TRY_AGAIN.has(code) || attempt === ATTEMPTS_MAX) throw error
          await pause(Math.random() * 10 * 2 ** attempt)
        }
      }
    },
    close: () => kysely.destroy(),
  })
}

/** The pool, whose failures to reach the server are told as what they are: a server that is away is no bug of a request. */
function toldPool(pool: pg.Pool, url: string): PostgresPool {
  const told = new WeakSet<pg.PoolClient>()
  const tell = (cause: unknown): never => {
    throw connectionFailure(url, cause)
  }
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect().catch(tell)
      if (told.has(client)) return client as unknown as PostgresPoolClient
      told.add(client)
      // One that dies between two statements is told by the next; without a listener it would end the program.
      client.on('error', () => {})
      const query = client.query.bind(client) as (...parts: unknown[]) => unknown
      const telling = (...parts: unknown[]) => {
        const answer = query(...parts)
        return answer instanceof Promise ? answer.catch(tell) : answer
      }
      return Object.assign(client, { query: telling }) as unknown as PostgresPoolClient
    },
  }
}

/** Network failures, and the classes of PostgreSQL for a connection, an authorisation and a catalogue that are not there. */
const UNREACHABLE = /^(ECONN|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT|EPIPE|08|28|3D|57P0|53300)/

/** Something failed with `cause`: what that means for the user, without the password; any other error is given back unchanged. */
export function connectionFailure(url: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof DatabaseUnreachable) return cause
  const code = 'code' in cause ? String(cause.code) : ''
  if (!UNREACHABLE.test(code) && !/timeout exceeded|terminated|not queryable|does not support SSL|SASL/i.test(cause.message))
    return cause
  const { username, host, pathname } = new URL(url)
  const explanation = cause.message.split('\n')[0]!.replace(/\.$/, '') || code
  return new DatabaseUnreachable(
    { address: `${username === '' ? '' : `${username}@`}${host}${pathname}`, explanation },
    { cause },
  )
}

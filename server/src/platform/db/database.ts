/**
 * The metadata store: SQLite inside Node, or PostgreSQL, behind one interface. Repositories are written once on Kysely and
 * use only what both share, so that outgrowing the file is a setting and no rewrite.
 */
import type { Kysely, Transaction } from 'kysely'
import type { DatabaseSchema } from './schema.ts'

export type Tx = Transaction<DatabaseSchema>

export interface Database {
  readonly dialect: 'sqlite' | 'postgres'
  /** For reads, and for single statements that stand alone. */
  readonly kysely: Kysely<DatabaseSchema>
  /**
   * Runs `work` in one transaction, done wholly or not at all. On PostgreSQL others may commit between two of its
   * statements, so a row that decides (a counter, the head of a chain) is locked by writing it before it is read. `work`
   * may run again after a deadlock, so it does nothing but read and write through `tx`.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  close(): Promise<void>
}

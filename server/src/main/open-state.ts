/** What lies in the state folder, opened in order and closed in the reverse order. One process at a time has it. */
import path from 'node:path'
import type { Config } from '../config/config.ts'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { createIds } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { type AuditLog, createAuditLog, createAuditTrail } from '../layers/collaboration/index.ts'
import type { BlobStore } from '../platform/blobs/blob-store.ts'
import { openFilesystemBlobs } from '../platform/blobs/filesystem-blobs.ts'
import type { AuditTrail } from '../platform/db/audit-trail.ts'
import { createCommitSignal } from '../platform/db/commit-signal.ts'
import type { Database } from '../platform/db/database.ts'
import { openDatabase } from '../platform/db/open-database.ts'
import { acquireServerLock, type ServerLock } from '../platform/files/server-lock.ts'
import { openSigningKey, type SigningKey } from '../platform/keys/signing-key.ts'
import { createSqlEngine, type SqlEngine } from '../platform/sql/sql-engine.ts'
import type { Shutdown } from '../platform/telemetry/shutdown.ts'

export interface OpenStateOptions {
  readonly config: Config
  /** Absolute path of the state folder. */
  readonly home: string
  readonly log: Log
  /** Longest wait for a command that holds the folder, in milliseconds. */
  readonly lockWaitMsMax: number
  readonly signal: AbortSignal
  /** Gets the steps that close what was opened. */
  readonly shutdown: Shutdown
  /** Default: that of the system. */
  readonly clock?: Clock | undefined
}

export interface State {
  readonly lock: ServerLock
  readonly db: Database
  /** Calls after every transaction of this process. */
  readonly onCommit: (call: () => void) => void
  readonly blobs: BlobStore
  readonly key: SigningKey
  readonly audit: AuditTrail
  readonly auditLog: AuditLog
  readonly sqlEngine: SqlEngine
  readonly ids: () => string
  readonly clock: Clock
  /** Folders below the state folder, by what lies in them. */
  readonly folders: { readonly journal: string; readonly packages: string; readonly work: string }
}

/** Throws ServerAlreadyRunning, StorageUnwritable, DatabaseNewer, KeyUnreadable. */
export async function openState(options: OpenStateOptions): Promise<State> {
  const { config, home, log, lockWaitMsMax, signal, shutdown, clock = systemClock } = options
  const onWait = (pid: number | undefined) => log.warn('waiting for another seaworthy command in this folder', { pid })
  const lock = await acquireServerLock(home, { msMax: lockWaitMsMax, signal, onWait })
  shutdown.onEnd('lock', () => lock.release())
  const opened = await openDatabase(
    config.SEAWORTHY_DATABASE_URL === undefined
      ? { file: path.join(home, 'metadata.sqlite'), busyMsMax: config.SEAWORTHY_DATABASE_BUSY_MS_MAX }
      : { url: config.SEAWORTHY_DATABASE_URL, poolMax: config.SEAWORTHY_DATABASE_POOL_MAX },
  )
  shutdown.onEnd('database', () => opened.close())
  const { db, onCommit } = createCommitSignal(opened)
  const folders = { journal: path.join(home, 'journal'), packages: path.join(home, 'packages'), work: path.join(home, 'work') }
  const sqlEngine = createSqlEngine({
    memoryBytesMax: config.SEAWORTHY_DUCKDB_MEMORY_BYTES_MAX,
    tempFolder: path.join(folders.work, 'sql'),
  })
  shutdown.onEnd('analytical engine', () => sqlEngine.close())
  return Object.freeze<State>({
    lock,
    db,
    onCommit,
    blobs: await openFilesystemBlobs(path.join(home, 'blobs')),
    key: await openSigningKey(path.join(home, 'keys')),
    audit: createAuditTrail({ clock }),
    auditLog: createAuditLog({ db, clock }),
    sqlEngine,
    ids: createIds(clock),
    clock,
    folders,
  })
}

import type { Transaction } from 'kysely'
import type { DatabaseSchema } from './schema.ts'

/** One change of state, as the audit log keeps it. `before` and `after` are small JSON values, never secrets or rows of data. */
export interface AuditEvent {
  /** What was done: `version.push`, `alias.set`, `check.run`, `deployment.launch`, `deployment.override`, `contract.change`, ... */
  readonly action: string
  /** What it was done to: `flight-delay@3`, `deployment/flight-delay`. */
  readonly subject: string
  /** Who: the person or the process that asked. */
  readonly actor: string
  readonly before?: unknown
  readonly after?: unknown
  /** Why, in the words of the actor; required where a rule was overridden. */
  readonly reason?: string | undefined
}

/**
 * The port through which every repository records its changes: in the same transaction as the change, so that neither
 * can exist without the other. The collaboration layer implements it as a hash chain.
 */
export interface AuditTrail {
  append(tx: Transaction<DatabaseSchema>, event: AuditEvent): Promise<void>
}

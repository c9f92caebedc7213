import type { Clock } from '../../../kernel/clock.ts'
import type { Authorship } from '../../../kernel/page.ts'
import type { BlobStore } from '../../../platform/blobs/blob-store.ts'
import type { AuditTrail } from '../../../platform/db/audit-trail.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import type { SigningKey } from '../../../platform/keys/signing-key.ts'
import { MODEL_NAME } from '../package/package-format.ts'
import { NameInvalid } from './errors.ts'
import { modelNotFound } from './version-records.ts'

/** What the registry is made of. */
export interface RegistryStore {
  readonly db: Database
  readonly blobs: BlobStore
  /** Signs every manifest. */
  readonly key: SigningKey
  readonly clock: Clock
  readonly audit: AuditTrail
  /** Where packages are laid out for the engine, by digest. All of it can be made again from blobs. */
  readonly packagesFolder: string
  /** Largest package, in bytes. */
  readonly bytesMax: number
}

/** Throws NameInvalid. An alias of digits alone could not be told from a version in `model@3`. */
export function checkName(what: 'model' | 'alias', name: string): void {
  if (!MODEL_NAME.test(name) || (what === 'alias' && /^\d+$/.test(name))) throw new NameInvalid({ what, name: name.slice(0, 80) })
}

/**
 * Holds the row of a model until the transaction ends, by writing it: whoever changes something of a model does this first,
 * so that changes of one model follow each other. Throws ModelNotFound.
 */
export async function holdModel(tx: Tx, model: string): Promise<void> {
  const held = await tx
    .updateTable('model')
    .set((eb) => ({ version_last: eb.ref('version_last') }))
    .where('name', '=', model)
    .executeTakeFirst()
  if (held.numUpdatedRows === 0n) throw await modelNotFound(tx, model)
}

/** The author as the audit trail takes it. */
export const authorOf = ({ actor, reason }: Authorship) => ({ actor, ...(reason === undefined ? {} : { reason }) })

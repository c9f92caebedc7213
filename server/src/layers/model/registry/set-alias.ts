import type { Authorship } from '../../../kernel/page.ts'
import type { Tx } from '../../../platform/db/database.ts'
import type { ModelRecord } from './registry.ts'
import { authorOf, checkName, holdModel, type RegistryStore } from './registry-store.ts'
import { getModel, getVersion } from './version-records.ts'

export type AliasChange = { readonly model: string; readonly alias: string; readonly version: number } & Authorship

/** Moves an alias and records where it was. Setting it to where it is changes nothing and is not recorded. */
export async function setAlias(
  tx: Tx,
  change: AliasChange,
  { clock, audit }: Pick<RegistryStore, 'clock' | 'audit'>,
): Promise<ModelRecord> {
  const { model, alias, version } = change
  checkName('alias', alias)
  const now = clock.now()
  await holdModel(tx, model)
  await getVersion(tx, model, version)
  const { aliases } = await getModel(tx, model)
  // An alias may be called "constructor".
  const before = Object.hasOwn(aliases, alias) ? aliases[alias] : undefined
  if (before === version) return getModel(tx, model)
  await tx
    .insertInto('alias')
    .values({ model, alias, version, updated_at: now })
    .onConflict((conflict) => conflict.columns(['model', 'alias']).doUpdateSet({ version, updated_at: now }))
    .execute()
  await audit.append(tx, {
    action: 'alias.set',
    subject: `${model}@${alias}`,
    ...authorOf(change),
    ...(before === undefined ? {} : { before: { version: before } }),
    after: { version },
  })
  return getModel(tx, model)
}

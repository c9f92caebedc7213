import type { OpenedPackage } from '../package/package.ts'
import { addVersion } from './add-version.ts'
import type { ModelRegistry, VersionRecord } from './registry.ts'
import type { RegistryStore } from './registry-store.ts'
import { setAlias } from './set-alias.ts'
import { findSnapshot, getSnapshot, pinSnapshot } from './snapshots.ts'
import { archiveStored, describeStored, openStored } from './stored-package.ts'
import { getModel, getVersion, listModels, listVersions } from './version-records.ts'

export function createModelRegistry(store: RegistryStore): ModelRegistry {
  const { kysely } = store.db
  const opening = new Map<string, Promise<OpenedPackage>>()
  /** Many who ask for one version at once share the work. */
  const open = (version: VersionRecord): Promise<OpenedPackage> => {
    const opened = opening.get(version.digest) ?? openStored(store, version).finally(() => void opening.delete(version.digest))
    opening.set(version.digest, opened)
    return opened
  }
  return Object.freeze<ModelRegistry>({
    listModels: (page) => listModels(kysely, page),
    getModel: (name) => getModel(kysely, name),
    listVersions: (model, page) => listVersions(kysely, model, page),
    getVersion: (model, version) => getVersion(kysely, model, version),
    getVersionDetail: async (model, version) => describeStored(store, await getVersion(kysely, model, version)),
    setAlias: (change, tx) =>
      tx === undefined ? store.db.transaction((own) => setAlias(own, change, store)) : setAlias(tx, change, store),
    addVersion: (draft, by) => addVersion(store, draft, by),
    openVersion: async (model, version) => open(await getVersion(kysely, model, version)),
    archiveVersion: async (model, version) => archiveStored(store, await getVersion(kysely, model, version)),
    pinSnapshot: (snapshot, by) => pinSnapshot(store, snapshot, by),
    findSnapshot: (model, purpose) => findSnapshot(kysely, model, purpose),
    getSnapshot: (model, purpose, digest) => getSnapshot(kysely, model, purpose, digest),
  })
}

/** A version, loaded to be asked here. */
import type { Table } from '../../../kernel/table.ts'
import {
  createScorer,
  loadModel,
  type ModelRegistry,
  type ModelSession,
  type OpenedPackage,
  type Scorer,
  type ServableVersion,
  type SessionOptions,
} from '../../model/index.ts'
import type { DeploymentRepository } from '../../serving/index.ts'
import type { Champion } from '../gates/contract.ts'

export interface LoadedVersion {
  readonly opened: OpenedPackage
  readonly session: ModelSession
  readonly scorer: Scorer
}

/** What is needed of a package to run it. */
export const servableOf = ({ manifest, digest, signature, modelFile, sample }: OpenedPackage): ServableVersion => ({
  model: manifest.model,
  version: manifest.version,
  digest,
  signature,
  modelFile,
  sample,
})

/** Opens and loads a version for the time of `use`. Throws what opening and loading throw. */
export async function withVersion<T>(
  registry: Pick<ModelRegistry, 'openVersion'>,
  { model, version }: { readonly model: string; readonly version: number },
  options: SessionOptions,
  use: (loaded: LoadedVersion) => Promise<T>,
): Promise<T> {
  const opened = await registry.openVersion(model, version)
  const session = await loadModel(servableOf(opened), options)
  try {
    return await use({ opened, session, scorer: createScorer(session, opened.signature) })
  } finally {
    await session.close()
  }
}

interface ChampionServices {
  readonly registry: ModelRegistry
  readonly deployments: Pick<DeploymentRepository, 'find'>
}

/** The version that serves under this contract now, else the one that the alias `champion` names. */
export async function findChampion(
  { registry, deployments }: ChampionServices,
  of: { readonly deployment: string; readonly model: string },
  options: SessionOptions,
  signal: AbortSignal,
): Promise<Champion | undefined> {
  const live = await deployments.find(of.deployment)
  const serving = live?.state === 'live' && live.model === of.model ? live.variants : []
  const { aliases } = await registry.getModel(of.model)
  const version = serving.find(({ name }) => name === 'champion')?.version ?? aliases['champion']
  if (version === undefined) return undefined
  return Object.freeze<Champion>({
    version,
    score: (table: Table) =>
      withVersion(registry, { model: of.model, version }, options, async ({ opened, scorer }) => ({
        outputs: await scorer.score(table, { signal }),
        signature: opened.signature,
      })),
  })
}

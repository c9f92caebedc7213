/**
 * Which contract was in force when a prediction was made: what it says about invalid inputs decides what the model was given. The
 * audit log knows when which contract came, by its digest. The text is kept as a blob under that digest since the launch; else it
 * is that of the deployment today, of a version that shares it or was its champion, or of the package.
 */
import { contractDigest } from '../../../contract/contract.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import { canonicalJson } from '../../../kernel/canonical-json.ts'
import { AppError } from '../../../kernel/errors.ts'
import type { BlobStore } from '../../../platform/blobs/blob-store.ts'
import type { ModelRegistry } from '../../model/index.ts'
import type { DeploymentRecord, DeploymentRepository } from '../../serving/index.ts'

/**
 * A request that arrived this long after a change, in milliseconds, may still have met the contract before it, because a server
 * looks for changes and loads them; one that arrived as long before it may have been answered when the change was there.
 */
const CHANGE_MS_MAX = 60_000

/** Champions whose contracts are looked at, the newest first; older texts are blobs. */
const CHAMPIONS_MAX = 1_000

/** From this moment a version served under the contract of this digest. */
export interface ContractChange {
  readonly atMs: number
  readonly version: number
  readonly digest: string
}
/** The audit log, as far as a replay reads it; joined in main. */
export interface ContractHistory {
  /** Oldest first. */
  list(deployment: string): Promise<readonly ContractChange[]>
}

export interface PastContract {
  readonly digest: string
  readonly text: string
  /** Its text is lost, or nothing is known of that time: this is the contract of today. */
  readonly isAssumed: boolean
}

interface Services {
  readonly contractHistory: ContractHistory
  readonly blobs: Pick<BlobStore, 'find' | 'read'>
  readonly registry: Pick<ModelRegistry, 'getVersionDetail'>
  readonly deployments: Pick<DeploymentRepository, 'listChampions'>
}

export interface PastContracts {
  /** The contract in force, then those before and after it where the change was so near that they may have answered. */
  at(timeMs: number, version: number): Promise<readonly PastContract[]>
}

export async function createPastContracts(deployment: DeploymentRecord, services: Services): Promise<PastContracts> {
  const byVersion = Map.groupBy(await services.contractHistory.list(deployment.name), (change) => change.version)
  const known = new Map<string, PastContract>()
  const today: PastContract = { digest: deployment.contractDigest, text: deployment.contractText, isAssumed: false }
  const champions = (await services.deployments.listChampions(deployment.name, { limit: CHAMPIONS_MAX })).items
  for (const { contractDigest: digest, contractText: text } of [...champions, ...deployment.variants, deployment])
    if (digest !== undefined && text !== undefined) known.set(digest, { digest, text, isAssumed: false })
  const get = async (digest: string, version: number): Promise<PastContract> => {
    const found = known.get(digest)
    if (found !== undefined) return found
    const text = await findText(digest, { model: deployment.model, version }, services)
    const contract = text === undefined ? { ...today, isAssumed: true } : { digest, text, isAssumed: false }
    // What is not found in one package may be in that of another version.
    if (text !== undefined) known.set(digest, contract)
    return contract
  }
  return Object.freeze<PastContracts>({
    async at(timeMs, version) {
      const all = byVersion.get(version) ?? []
      const changes = all.filter(({ digest }, i) => digest !== all[i - 1]?.digest)
      const last = changes.findLastIndex(({ atMs }) => atMs <= timeMs)
      const near = [last, last - 1, last + 1].filter((i) => i === last || isNear(changes, i, last, timeMs))
      const digests = near.flatMap((i) => changes[i]?.digest ?? [])
      if (digests.length === 0) return [{ ...today, isAssumed: true }]
      return Promise.all([...new Set(digests)].map((digest) => get(digest, version)))
    },
  })
}

/** The change before, when the last one had only just come; the change after, when it came while the request was under way. */
function isNear(changes: readonly ContractChange[], i: number, last: number, timeMs: number): boolean {
  const change = changes[Math.max(i, last)]
  return i >= 0 && change !== undefined && Math.abs(timeMs - change.atMs) <= CHANGE_MS_MAX
}

async function findText(
  digest: string,
  { model, version }: { readonly model: string; readonly version: number },
  { blobs, registry }: Services,
): Promise<string | undefined> {
  if ((await blobs.find(digest)) !== undefined) return (await blobs.read(digest)).toString('utf8')
  const { contractText } = await registry.getVersionDetail(model, version)
  return contractText !== undefined && digestOf(contractText) === digest ? contractText : undefined
}

function digestOf(text: string): string | undefined {
  try {
    return contractDigest(parseContract(text))
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

/** Keeps what a contract says under its own digest, so that a replay finds it when the deployment is long under another. */
export async function keepContract(contract: Parameters<typeof contractDigest>[0], blobs: Pick<BlobStore, 'put'>): Promise<void> {
  await blobs.put(Buffer.from(canonicalJson(contract)))
}

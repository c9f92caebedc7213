/** Versions that are loaded for a replay: a few at a time, each under the contracts it answered under. */
import type { ModelRegistry, ModelSession, OpenedPackage, SessionOptions } from '../../model/index.ts'
import { loadModel } from '../../model/index.ts'
import { parseInputRules } from '../../serving/index.ts'
import { servableOf } from '../check/opened-version.ts'
import { type Answerer, createAnswerer } from './answer-again.ts'
import type { PastContract } from './past-contracts.ts'

/** Models in memory at once; the one that was asked longest ago gives way. */
const LOADED_MAX = 3

interface Loaded {
  readonly opened: OpenedPackage
  readonly session: ModelSession
  /** By the digest of the contract. */
  readonly answerers: Map<string, Answerer>
}

export interface Answerers {
  /** Throws what opening and loading the version throw. Not for two calls at once. */
  get(of: { readonly model: string; readonly version: number }, contract: PastContract): Promise<Answerer>
  signatureOf(of: { readonly model: string; readonly version: number }): Promise<OpenedPackage['signature']>
  close(): Promise<void>
}

interface AnswerersOptions {
  readonly deployment: string
  readonly registry: Pick<ModelRegistry, 'openVersion'>
  readonly session: SessionOptions
  readonly nestingMax: number
}

export function createAnswerers({ deployment, registry, session: options, nestingMax }: AnswerersOptions): Answerers {
  const loaded = new Map<string, Loaded>()
  async function load({ model, version }: { readonly model: string; readonly version: number }): Promise<Loaded> {
    const key = `${model}@${version}`
    const known = loaded.get(key)
    loaded.delete(key)
    if (known === undefined && loaded.size === LOADED_MAX) {
      const [oldest, { session }] = loaded.entries().next().value!
      loaded.delete(oldest)
      await session.close()
    }
    const opened = known?.opened ?? (await registry.openVersion(model, version))
    const one = known ?? { opened, session: await loadModel(servableOf(opened), options), answerers: new Map() }
    loaded.set(key, one)
    return one
  }
  return Object.freeze<Answerers>({
    async get(of, { digest, text }) {
      const { opened, session, answerers } = await load(of)
      const known = answerers.get(digest)
      if (known !== undefined) return known
      const rules = await parseInputRules(text)
      const answerer = createAnswerer({ deployment, version: servableOf(opened), session, rules, nestingMax })
      answerers.set(digest, answerer)
      return answerer
    },
    signatureOf: async (of) => (await load(of)).opened.signature,
    async close() {
      for (const { session } of loaded.values()) await session.close()
      loaded.clear()
    },
  })
}

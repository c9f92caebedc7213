/** The outlier score of an instance against the baseline of a version. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Instance } from '../../../kernel/table.ts'
import { Baseline, type ModelRegistry } from '../../model/index.ts'
import { createOutlierScore, type OutlierScore } from './outlier-score.ts'

/** Scores that are kept ready; beyond these the oldest is made again. */
const KEPT_MAX = 20

export interface FoundOutlier {
  readonly score: number
  /** The farthest out first. */
  readonly columns: readonly { readonly column: string; readonly share: number }[]
}
export type OutlierOf = (
  of: { readonly model: string; readonly version: number },
  instance: Instance,
) => Promise<FoundOutlier | undefined>

/** Gives undefined for versions that came without data. Throws what opening a version throws. */
export function createOutlierOf(registry: Pick<ModelRegistry, 'openVersion'>): OutlierOf {
  const kept = new Map<string, OutlierScore | undefined>()
  async function load(model: string, version: number): Promise<OutlierScore | undefined> {
    const key = `${model}@${version}`
    if (kept.has(key)) return kept.get(key)
    const { folder, signature } = await registry.openVersion(model, version)
    const text = await readFile(path.join(folder, 'baseline.json'), 'utf8').catch(() => undefined)
    const score = text === undefined ? undefined : createOutlierScore(Baseline.parse(JSON.parse(text)), signature)
    if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value!)
    kept.set(key, score)
    return score
  }
  return async ({ model, version }, instance) => {
    const outlier = await load(model, version)
    return outlier && { score: outlier.score(instance), columns: outlier.explain(instance) }
  }
}

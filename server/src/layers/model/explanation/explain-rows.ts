/**
 * The way to explain a model: exactly by its trees where it is an ensemble, exactly over all subsets where columns are few, and by
 * drawn orders otherwise. Which it was stands in the method of each explanation.
 */
import { readFile, stat } from 'node:fs/promises'
import type { BatchTensors } from '../inference/batch-tensors.ts'
import type { ModelSession } from '../inference/session.ts'
import { canTakeAllSubsets, explainBySubsets } from './all-subsets.ts'
import { ExplanationImpossible } from './errors.ts'
import type { Explanation } from './explanation.ts'
import { createTensorGame } from './game.ts'
import { sampleShapley } from './sampled-shapley.ts'
import { createTreeExplainer, findTreeModel, type TreeModel } from './tree-explainer.ts'

/** Larger files are not read for their trees. */
const FILE_BYTES_MAX = 512 * 1_024 * 1_024

export interface RowExplainer {
  /** What the model says of each row, in the unit of the output. */
  readonly said: Float64Array
  explain(row: number, background: readonly number[], signal?: AbortSignal): Promise<Explanation>
}

interface Given {
  readonly session: ModelSession
  /** From `readTreeModel`; undefined when the model is none. */
  readonly treeModel: TreeModel | undefined
  readonly tensors: BatchTensors
  /** Rows of the tensors that are filled. */
  readonly rows: number
  /** Column of the outputs as a scorer names them: `late`, `kind[setosa]`. */
  readonly output: string
  /** `sum`: of the trees, where they are followed by a last step. `output`: always of what the model says. Default: sum. */
  readonly of?: 'sum' | 'output' | undefined
}

/** The trees of a model file; undefined when there are none that can be read. */
export async function readTreeModel(file: string): Promise<TreeModel | undefined> {
  if ((await stat(file)).size > FILE_BYTES_MAX) return undefined
  const bytes = await readFile(file)
  try {
    return findTreeModel(bytes)
  } catch {
    return undefined
  }
}

/** Throws ExplanationImpossible and ModelRunFailed. */
export async function createRowExplainer({
  session,
  treeModel,
  tensors,
  rows,
  output,
  of = 'sum',
}: Given): Promise<RowExplainer> {
  const game = createTensorGame(session, tensors, output)
  const said = await game.score({ rowCount: rows, sourceOf: (place) => place })
  const found = treeModel && createTreeExplainer(treeModel, { session, tensors, output, said })
  return Object.freeze<RowExplainer>({
    said,
    async explain(row, background, signal) {
      if (background.length === 0) throw new ExplanationImpossible({ reason: 'there are no background rows' })
      const byTrees = found?.explain(row, background)
      if (byTrees !== undefined && (of === 'sum' || byTrees.unit === 'output')) return byTrees
      if (canTakeAllSubsets(game.columns.length, background.length)) return explainBySubsets(game, { row, background, signal })
      return sampleShapley(game, { row, background, signal })
    },
  })
}

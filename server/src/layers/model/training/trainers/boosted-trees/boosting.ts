/**
 * Gradient boosting: each tree is grown on the derivatives of the loss at the scores so far, and takes a small step. The trees
 * after the best loss on held-back rows are cut off (J. Friedman 2001, Annals of Statistics 29, 1189-1232).
 */
import type { TrainingContext } from '../contract.ts'
import type { BinnedRows } from './binned-rows.ts'
import { addToOwnRows, addToRows, type GrownTree, growTree } from './grow-tree.ts'
import { createHistogramPool } from './histogram.ts'
import type { Loss } from './objective.ts'
import type { BoostedTreesOptions } from './options.ts'
import { randomFor, takeColumns, takeShare } from './training-rows.ts'

/** Rows with their scores so far, which boosting goes on from. */
export interface ScoredRows {
  readonly binned: BinnedRows
  readonly outcomes: Float64Array
  /** Changed in place. */
  readonly scores: Float32Array
  /** The rows that count, rising. */
  readonly rows: Int32Array
}

export interface Boosted {
  readonly trees: readonly GrownTree[]
  readonly treesGrown: number
  /** Mean loss after the last tree that is kept. `validation` is absent without held-back rows. */
  readonly trainingLoss: number
  readonly validationLoss: number | undefined
}

/** The event loop runs at least this often, in milliseconds, so that a signal is heard and a lease is kept alive. */
const BREATH_MS = 25

/** Adds up to `treesMax` trees. Rejects with the signal's reason. */
export async function boost(
  training: ScoredRows,
  validation: ScoredRows | undefined,
  loss: Loss,
  options: BoostedTreesOptions,
  { signal, onProgress }: Pick<TrainingContext, 'signal' | 'onProgress'>,
): Promise<Boosted> {
  const addNext = createStep(training, loss, options)
  const watch = createWatch(training, validation, loss, options.patience)
  const trees: GrownTree[] = []
  let breathedAt = performance.now()
  while (trees.length < options.treesMax && !watch.isOver()) {
    signal?.throwIfAborted()
    const tree = addNext()
    if (tree === undefined) break
    trees.push(tree)
    watch.see(tree)
    onProgress?.({ done: trees.length, total: options.treesMax, note: watch.note() })
    if (performance.now() - breathedAt < BREATH_MS) continue
    await new Promise<void>((resolve) => setImmediate(resolve))
    breathedAt = performance.now()
  }
  signal?.throwIfAborted()
  const { trees: kept, trainingLoss, validationLoss } = watch.best()
  return { trees: trees.slice(0, kept), treesGrown: trees.length, trainingLoss, validationLoss }
}

/** Grows a tree and adds it to the scores; undefined when no split is worth it. */
function createStep({ binned, outcomes, scores, rows }: ScoredRows, loss: Loss, options: BoostedTreesOptions) {
  const derivatives = new Float64Array(2 * binned.rowCount)
  const pool = createHistogramPool(binned.binCount)
  const randomRows = randomFor(options.seed, 'rows')
  const randomColumns = randomFor(options.seed, 'columns')
  const width = binned.columns.length
  return (): GrownTree | undefined => {
    loss.derive(outcomes, scores, rows, derivatives)
    const { taken, left } = takeShare(rows, options.rowShare, randomRows)
    const columns = takeColumns(width, options.columnShare, randomColumns)
    const tree = growTree({ binned, derivatives, rows: taken, columns, options, pool })
    if (tree.splits.length === 0) return undefined
    addToOwnRows(tree, scores)
    addToRows(tree, binned, left, scores)
    return tree
  }
}

/** Follows the loss on held-back rows; without them every tree counts as better than the one before. */
function createWatch(training: ScoredRows, validation: ScoredRows | undefined, loss: Loss, patience: number) {
  let seen = 0
  let validationLoss = validation && meanOf(loss, validation)
  // The loss on the training rows costs as much as a level of a tree, so it is taken once, from the scores as they were.
  let best = { trees: 0, validationLoss, scores: training.scores.slice() }
  return {
    see(tree: GrownTree): void {
      seen += 1
      if (validation !== undefined) addToRows(tree, validation.binned, validation.rows, validation.scores)
      validationLoss = validation && meanOf(loss, validation)
      if (validationLoss !== undefined && validationLoss >= best.validationLoss!) return
      best.scores.set(training.scores)
      best = { trees: seen, validationLoss, scores: best.scores }
    },
    isOver: () => validation !== undefined && seen - best.trees >= patience,
    best: () => ({ ...best, trainingLoss: meanOf(loss, { ...training, scores: best.scores }) }),
    note: () => (validationLoss === undefined ? `tree ${seen}` : `${loss.id} ${validationLoss.toFixed(5)} on held-back rows`),
  }
}

const meanOf = (loss: Loss, { outcomes, scores, rows }: ScoredRows) => loss.mean(outcomes, scores, rows)

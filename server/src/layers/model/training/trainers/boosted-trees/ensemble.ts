import type { Table } from '../../../../../kernel/table.ts'
import { encodeFeatures, type FeatureColumn } from './feature-columns.ts'
import { losses } from './objective.ts'
import type { Objective } from './options.ts'
import { addTree, type Tree } from './tree.ts'

/** A trained model, whole: what is needed to predict, to write the file, and to train on. */
export interface Ensemble {
  readonly objective: Objective
  /** Name of what it predicts. */
  readonly outcome: string
  readonly features: readonly FeatureColumn[]
  /** Score of a row without any tree, a float32. */
  readonly start: number
  readonly trees: readonly Tree[]
  /** Loss that the splits of each feature saved, in training. */
  readonly gains: readonly number[]
}

/** Scores of a matrix [rows, features]: a leaf of each tree and then the start, added in float32 and in this order, as in ONNX. */
export function scoresOf({ start, trees, features }: Ensemble, matrix: Float32Array): Float32Array {
  const scores = new Float32Array(matrix.length / features.length)
  for (const tree of trees) addTree(tree, matrix, features.length, scores)
  return scores.map((score) => score + start)
}

/** One prediction a row: a probability or a number. Throws TrainingDataUnfit. */
export function predictTable(ensemble: Ensemble, table: Table): Float64Array {
  const { predict } = losses[ensemble.objective]
  return Float64Array.from(scoresOf(ensemble, encodeFeatures(table, ensemble.features)), predict)
}

/** Shares of the gains, in the order of the features; equal shares when nothing was gained. */
export function importancesOf({ features, gains }: Ensemble): Map<string, number> {
  const total = gains.reduce((sum, gain) => sum + gain, 0)
  return new Map(features.map(({ name }, i) => [name, total > 0 ? gains[i]! / total : 1 / features.length]))
}

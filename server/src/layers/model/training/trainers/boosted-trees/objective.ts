import type { Objective } from './options.ts'

/** A loss as boosting sees it: its first two derivatives by the score of a row, and what a score means. */
export interface Loss {
  readonly id: Objective
  readonly output: 'probability' | 'number'
  /** The score to start from: the best one for all rows together, as float32. */
  start(outcomes: Float64Array, rows: Int32Array): number
  /** Writes gradient and curvature of each row of `rows` side by side: [2 * row] and [2 * row + 1]. */
  derive(outcomes: Float64Array, scores: Float32Array, rows: Int32Array, derivatives: Float64Array): void
  /** Mean loss of `rows`. */
  mean(outcomes: Float64Array, scores: Float32Array, rows: Int32Array): number
  /** What the model says for a score. */
  predict(score: number): number
}

const sigmoid = (score: number) => 1 / (1 + Math.exp(-score))
/** A class that is always or never seen still starts from a finite score. */
const SHARE_MIN = 1e-6

const logLoss: Loss = Object.freeze<Loss>({
  id: 'log-loss',
  output: 'probability',
  start(outcomes, rows) {
    const share = Math.min(1 - SHARE_MIN, Math.max(SHARE_MIN, meanOf(outcomes, rows)))
    return Math.fround(Math.log(share / (1 - share)))
  },
  derive(outcomes, scores, rows, derivatives) {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      const probability = sigmoid(scores[row]!)
      derivatives[2 * row] = probability - outcomes[row]!
      derivatives[2 * row + 1] = probability * (1 - probability)
    }
  },
  mean(outcomes, scores, rows) {
    let sum = 0
    for (let i = 0; i < rows.length; i++) {
      const score = scores[rows[i]!]!
      sum += Math.max(score, 0) - score * outcomes[rows[i]!]! + Math.log1p(Math.exp(-Math.abs(score)))
    }
    return sum / rows.length
  },
  predict: sigmoid,
})

const squaredError: Loss = Object.freeze<Loss>({
  id: 'squared-error',
  output: 'number',
  start: (outcomes, rows) => Math.fround(meanOf(outcomes, rows)),
  derive(outcomes, scores, rows, derivatives) {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      derivatives[2 * row] = scores[row]! - outcomes[row]!
      derivatives[2 * row + 1] = 1
    }
  },
  mean(outcomes, scores, rows) {
    let sum = 0
    for (let i = 0; i < rows.length; i++) sum += (scores[rows[i]!]! - outcomes[rows[i]!]!) ** 2
    return sum / rows.length
  },
  predict: (score) => score,
})

function meanOf(outcomes: Float64Array, rows: Int32Array): number {
  let sum = 0
  for (let i = 0; i < rows.length; i++) sum += outcomes[rows[i]!]!
  return sum / rows.length
}

export const losses: Readonly<Record<Objective, Loss>> = { 'log-loss': logLoss, 'squared-error': squaredError }

/**
 * A metric whose outcomes are not known but probable: its expected value, and how it would change with each row's probability,
 * from which its spread follows.
 */
export interface Expected {
  readonly value: number
  /** Change of the value with the probability that class k happened in row i, at [k][i]. One array for a binary output. */
  readonly gradients: readonly Float64Array[]
}

/** Probabilities are kept this far from 0 and 1 in a logarithm, as the metric log-loss does. */
export const LOG_MIN = 2 ** -52

/**
 * The variance of a metric over what may happen in the rows, each by itself: the sum over rows of Σ c·g² - (Σ c·g)².
 * @param probabilities, gradients As in Expected; what is left to 1 in a row is an outcome without influence.
 */
export function outcomeVariance(probabilities: readonly Float64Array[], gradients: readonly Float64Array[]): number {
  let variance = 0
  for (let i = 0; i < probabilities[0]!.length; i++) {
    let [mean, square] = [0, 0]
    for (let k = 0; k < probabilities.length; k++) {
      const [c, g] = [probabilities[k]![i]!, gradients[k]![i]!]
      mean += c * g
      square += c * g * g
    }
    variance += Math.max(0, square - mean * mean)
  }
  return variance
}

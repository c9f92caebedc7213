import { type Estimate, requireNumbers } from './estimate.ts'
import { studentQuantile } from './student.ts'

/**
 * The mean of a sample with Student's t interval. Exact for normal values, and right for any values with a variance once
 * rows are many (central limit theorem): the interval of log loss, Brier score and mean absolute error.
 *
 * @param values Shape [n], n >= 1, no NaN. One row has no spread, so its interval is unbounded.
 */
export function meanInterval(values: Float64Array, confidence = 0.95): Estimate {
  requireNumbers('value', values)
  const rows = values.length
  let mean = 0
  let squares = 0
  for (let i = 0; i < rows; i++) {
    const from = values[i]! - mean
    mean += from / (i + 1)
    squares += from * (values[i]! - mean)
  }
  const reach =
    rows === 1
      ? Number.POSITIVE_INFINITY
      : -studentQuantile((1 - confidence) / 2, rows - 1) * Math.sqrt(squares / (rows - 1) / rows)
  return { value: mean, low: mean - reach, high: mean + reach, confidence, rows, method: "Student's t of the mean" }
}

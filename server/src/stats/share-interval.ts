import { clamp, type Estimate } from './estimate.ts'
import { zOf } from './normal.ts'

/**
 * The interval of a statistic that lives in 0..1, from its standard error, made on the logit scale so that it stays inside
 * and leans to the right side near the ends. A statistic that reached 0 or 1 has no spread to measure; then the other end is
 * that of `trials` independent trials which all agreed (Clopper and Pearson 1934).
 */
export function shareInterval(of: {
  readonly value: number
  readonly standardError: number
  readonly trials: number
  readonly rows: number
  readonly confidence: number
  readonly method: string
}): Estimate {
  const { value, standardError, confidence, rows, method } = of
  const allAgree = ((1 - confidence) / 2) ** (1 / of.trials)
  const estimate = (low: number, high: number): Estimate => ({ value, low, high, confidence, rows, method })
  if (value >= 1) return estimate(allAgree, 1)
  if (value <= 0) return estimate(0, 1 - allAgree)
  const logit = Math.log(value / (1 - value))
  const reach = (zOf(confidence) * standardError) / (value * (1 - value))
  const share = (x: number) => 1 / (1 + Math.exp(-x))
  return estimate(clamp(share(logit - reach), 0, value), clamp(share(logit + reach), value, 1))
}

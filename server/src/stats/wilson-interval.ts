import { clamp, type Estimate } from './estimate.ts'
import { EmptySample } from './errors.ts'
import { zOf } from './normal.ts'

/**
 * A share of successes with Wilson's score interval, which stays inside 0..1, is never empty at 0 or 1, and covers close to
 * its confidence from about ten rows on, where the usual p ± z·se does not.
 *
 * @param successes 0..rows; need not be whole.  @param rows At least 1; throws EmptySample otherwise.
 * Source: E. B. Wilson (1927), JASA 22, 209-212. Checked against scipy.stats.binomtest(...).proportion_ci('wilson').
 */
export function wilsonInterval(successes: number, rows: number, confidence = 0.95): Estimate {
  if (!(rows > 0)) throw new EmptySample({ name: 'rows' })
  const z = zOf(confidence)
  const share = successes / rows
  const scale = 1 + (z * z) / rows
  const centre = (share + (z * z) / (2 * rows)) / scale
  const reach = (z / scale) * Math.sqrt((share * (1 - share)) / rows + (z * z) / (4 * rows * rows))
  return {
    value: share,
    low: successes === 0 ? 0 : clamp(centre - reach, 0, share),
    high: successes === rows ? 1 : clamp(centre + reach, share, 1),
    confidence,
    rows,
    method: 'Wilson score',
  }
}

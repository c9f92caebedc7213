/**
 * Metrics of a yes-or-no output in expectation. Row i happened with probability c_i, so it counts c_i as a positive and 1 - c_i
 * as a negative; every metric is then its own formula on these weights.
 * Checked against scikit-learn on each row twice, once with each outcome, weighted by c and 1 - c.
 */
import { clamp } from '../../../../stats/estimate.ts'
import { DECISION_THRESHOLD } from '../metrics/decisions.ts'
import { type Expected, LOG_MIN } from './expected.ts'

type ExpectedMetric = (scores: Float64Array, happened: Float64Array) => Expected

/** Expected decisions: all rows are `yes + no`, all outcomes `found + missed`. */
interface Decisions {
  readonly yes: number
  readonly no: number
  readonly found: number
  readonly missed: number
}

/** A metric of decisions with its change for one more outcome among the yes and among the no. */
const ofDecisions =
  (measure: (of: Decisions) => readonly [value: number, onYes: number, onNo: number]): ExpectedMetric =>
  (scores, happened) => {
    const of = { yes: 0, no: 0, found: 0, missed: 0 }
    scores.forEach((score, i) => {
      const isYes = score >= DECISION_THRESHOLD
      of[isYes ? 'yes' : 'no']++
      of[isYes ? 'found' : 'missed'] += happened[i]!
    })
    const [value, onYes, onNo] = measure(of)
    return { value, gradients: [scores.map((score) => (score >= DECISION_THRESHOLD ? onYes : onNo))] }
  }

/** The mean of a loss of each row, `ifHappened` and `ifNot`. */
const ofLosses =
  (ifHappened: (score: number) => number, ifNot: (score: number) => number): ExpectedMetric =>
  (scores, happened) => {
    let sum = 0
    const gradient = scores.map((score, i) => {
      const [yes, no] = [ifHappened(score), ifNot(score)]
      sum += happened[i]! * yes + (1 - happened[i]!) * no
      return (yes - no) / scores.length
    })
    return { value: sum / scores.length, gradients: [gradient] }
  }

const logOf = (p: number): number => Math.log(clamp(p, LOG_MIN, 1 - LOG_MIN))

/** By metric; what is absent has no expectation without outcomes. NaN where a metric has no value. */
export const expectedBinary: Readonly<Record<string, ExpectedMetric>> = {
  accuracy: ofDecisions(({ yes, no, found, missed }) => [(found + no - missed) / (yes + no), 1 / (yes + no), -1 / (yes + no)]),
  precision: ofDecisions(({ yes, found }) => [found / yes, 1 / yes, 0]),
  recall: ofDecisions(({ found, missed }) => {
    const all = found + missed
    return [found / all, missed / all ** 2, -found / all ** 2]
  }),
  f1: ofDecisions(({ yes, found, missed }) => {
    const all = yes + found + missed
    return [(2 * found) / all, (2 * (all - found)) / all ** 2, (-2 * found) / all ** 2]
  }),
  'balanced-accuracy': ofDecisions(({ yes, no, found, missed }) => {
    const all = found + missed
    const none = yes + no - all
    const spared = no - missed
    return [
      (found / all + spared / none) / 2,
      (missed / all ** 2 + spared / none ** 2) / 2,
      (-found / all ** 2 - (none - spared) / none ** 2) / 2,
    ]
  }),
  'log-loss': ofLosses(
    (score) => -logOf(score),
    (score) => -logOf(1 - score),
  ),
  'brier-score': ofLosses(
    (score) => (1 - score) ** 2,
    (score) => score ** 2,
  ),
  'roc-auc': expectedRocAuc,
  'pr-auc': expectedAveragePrecision,
}

/** Rows by falling score, equal ones in one group: [from, to) in `order`. */
function* groups(scores: Float64Array): Generator<readonly [rows: Int32Array]> {
  const order = Int32Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!)
  for (let from = 0, to = 1; from < order.length; from = to++) {
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++
    yield [order.subarray(from, to)]
  }
}

const sumOver = (rows: Int32Array, values: Float64Array): number => rows.reduce((sum, row) => sum + values[row]!, 0)

/** U / (P·N), U the expected number of pairs in the right order, ties one half. */
function expectedRocAuc(scores: Float64Array, happened: Float64Array): Expected {
  const positives = happened.reduce((sum, c) => sum + c, 0)
  const negatives = happened.length - positives
  const gradient = new Float64Array(scores.length)
  let [above, negativesAbove, pairs] = [0, 0, 0]
  for (const [rows] of groups(scores)) {
    const own = sumOver(rows, happened)
    const ownNegatives = rows.length - own
    const beaten = negatives - negativesAbove - ownNegatives / 2
    pairs += own * beaten
    for (const row of rows) gradient[row] = beaten - (above + own / 2)
    above += own
    negativesAbove += ownNegatives
  }
  const value = pairs / (positives * negatives)
  const scale = 1 / (positives * negatives)
  return { value, gradients: [gradient.map((pair) => pair * scale - value * (1 / positives - 1 / negatives))] }
}

/** 1/P · Σ c_i · (expected precision at the score of i); the number of rows at or above a score is known. */
function expectedAveragePrecision(scores: Float64Array, happened: Float64Array): Expected {
  const positives = happened.reduce((sum, c) => sum + c, 0)
  const steps: { rows: Int32Array; own: number; precision: number; count: number }[] = []
  let [above, count, value] = [0, 0, 0]
  for (const [rows] of groups(scores)) {
    const own = sumOver(rows, happened)
    above += own
    count += rows.length
    value += (own * above) / count / positives
    steps.push({ rows, own, precision: above / count, count })
  }
  const gradient = new Float64Array(scores.length)
  let below = 0
  for (const { rows, own, precision, count } of steps.toReversed()) {
    below += own / count
    for (const row of rows) gradient[row] = (precision + below - value) / positives
  }
  return { value, gradients: [gradient] }
}

import { expect, test } from 'vitest'
import { createRandom } from '../../../../stats/random.ts'
import { referenceSample } from '../../../../stats/reference-sample.ts'
import { measureQuality } from '../quality.ts'
import type { BinaryOutcomes, MulticlassOutcomes } from '../scored-outcomes.ts'
import { estimateByCbpe, fitCbpe } from './cbpe.ts'
import { estimatorError } from './estimator-error.ts'

const { probabilities, outcomes } = referenceSample()
const reference: BinaryOutcomes = { family: 'binary', scores: probabilities.slice(0, 1_000), outcomes: outcomes.slice(0, 1_000) }
const window = { family: 'binary', scores: probabilities.slice(1_000) } as const

// m = IsotonicRegression(out_of_bounds='clip').fit(p[:1000], y[:1000]); s = p[1000:]; c = m.predict(s)
// Y = np.r_[np.ones(1000), np.zeros(1000)]; S = np.r_[s, s]; W = np.r_[c, 1-c]; D = S >= .5
// nannyml 0.13.1, performance_estimation.confidence_based.metrics: estimate_accuracy(s >= .5, c) 0.6592237024795042, estimate_precision
// 0.534511773667307, estimate_recall 0.709547770734612, estimate_f1 0.6097162135746018, estimate_roc_auc(c, s) 0.724293759447498 and
// estimate_ap(c, s) 0.5788682174443059, which rounds c to five digits
// sklearn.metrics.*(Y, D or S, sample_weight=W); spread: np.std of the metric over 4,000 draws of rng.random(1000) < c
const EXPECTED = {
  accuracy: [0.6592237024795042, 0.01398390185177228],
  precision: [0.5345117736673073, 0.021897235195363393],
  recall: [0.7095477707346118, 0.018692718439711074],
  f1: [0.609716213574602, 0.018387015474480548],
  'balanced-accuracy': [0.6692788500372315, 0.014614984213631126],
  'roc-auc': [0.7242937497772596, 0.015580629935175422],
  'pr-auc': [0.5788682183876248, 0.026349894173580097],
  'log-loss': [0.6808895324577352, 0.022265334538376504],
  'brier-score': [0.2279608363999948, 0.007561128297408385],
}

test.each(Object.entries(EXPECTED))(
  '%s without outcomes is that of scikit-learn, with the spread of drawn outcomes',
  (metric, [value, spread]) => {
    const fitted = fitCbpe(reference)
    expect(fitted.calibrators.isUsed).toBe(true)
    expect(fitted.calibrators.errorAfter).toBeLessThan(fitted.calibrators.errorBefore)
    const { estimate } = estimateByCbpe(fitted, window, metric)
    expect(estimate!.value).toBeCloseTo(value!, 9)
    // As if the reference were endless: what is left is the chance of the outcomes.
    const [known] = fitted.calibrators.functions
    const endless = { ...known!, weights: known!.weights.map((weight) => weight * 1e9) }
    const sure = estimateByCbpe({ ...fitted, calibrators: { ...fitted.calibrators, functions: [endless] } }, window, metric)
    expect((sure.estimate!.high - sure.estimate!.low) / 3.92 / spread!).toBeGreaterThan(0.95)
    expect((sure.estimate!.high - sure.estimate!.low) / 3.92 / spread!).toBeLessThan(1.05)
    expect(estimate!.high - estimate!.low).toBeGreaterThan(sure.estimate!.high - sure.estimate!.low)
  },
)

/** Scores that are too sure by half, with their true outcomes, from a stream whose `centre` says how hard it is. */
function drawn(random: () => number, rows: number, centre: number): BinaryOutcomes {
  const truth = Float64Array.from({ length: rows }, () => 1 / (1 + Math.exp(-((random() - 0.5) * 6 + centre))))
  return {
    family: 'binary',
    scores: truth.map((p) => 1 / (1 + Math.exp(-1.5 * Math.log(p / (1 - p))))),
    outcomes: truth.map((p) => (random() < p ? 1 : 0)),
  }
}

test(
  'when inputs move, the measured quality lies in the interval about as often as it says, and the error is told',
  { timeout: 30_000 },
  () => {
    const random = createRandom(4)
    const fitted = fitCbpe(drawn(random, 5_000, 0))
    for (const metric of ['accuracy', 'roc-auc', 'f1', 'log-loss']) {
      const past = Array.from({ length: 200 }, (_, i) => {
        const later = drawn(random, 1_000, (i % 5) * 0.4)
        return {
          estimated: estimateByCbpe(fitted, later, metric).estimate!,
          measured: measureQuality(metric, later, 0.95).estimate!,
        }
      })
      const error = estimatorError(past)!
      expect(error.windows).toBe(200)
      expect(error.coverage).toBeGreaterThan(0.9)
      expect(error.meanAbsoluteError).toBeLessThan(0.04)
      expect(Math.abs(error.bias)).toBeLessThan(0.03)
    }
    expect(estimatorError([])).toBeUndefined()
  },
)

test('it cannot see that the same input now has another outcome', () => {
  const random = createRandom(6)
  const fitted = fitCbpe(drawn(random, 5_000, 0))
  const changed = drawn(random, 2_000, 0)
  const flipped = { ...changed, outcomes: changed.outcomes.map((y) => (random() < 0.4 ? 1 - y : y)) }
  const estimated = estimateByCbpe(fitted, flipped, 'accuracy').estimate!
  expect(estimated.low).toBeGreaterThan(measureQuality('accuracy', flipped, 0.95).estimate!.high)
})

test('probabilities that are right already are kept, and what was learnt survives JSON', () => {
  const random = createRandom(7)
  const rightly = (rows: number) => {
    const scores = Float64Array.from({ length: rows }, () => Math.floor(random() * 5) / 5 + 0.1)
    return { family: 'binary', scores, outcomes: scores.map((p) => (random() < p ? 1 : 0)) } as const
  }
  const fitted = fitCbpe(rightly(20_000))
  expect(fitted.calibrators.isUsed).toBe(fitted.calibrators.errorAfter < fitted.calibrators.errorBefore)
  const kept = { ...fitted, calibrators: { ...fitted.calibrators, isUsed: false } }
  const { estimate } = estimateByCbpe(JSON.parse(JSON.stringify(kept)), rightly(5_000), 'brier-score')
  expect(estimate!.value).toBeCloseTo((0.09 + 0.21 + 0.25 + 0.21 + 0.09) / 5, 2)
  expect(estimate!.method).toContain('as they are')
})

function drawnClasses(random: () => number, rows: number): MulticlassOutcomes {
  const said = [0, 1, 2].map(() => new Float64Array(rows))
  const outcomes = new Int32Array(rows)
  const predicted = new Int32Array(rows)
  for (let i = 0; i < rows; i++) {
    const truth = [random(), random(), random() * 0.6].map((x) => x ** 2 + 0.02)
    const sharp = truth.map((p) => p ** 1.6)
    const draw = random() * truth.reduce((a, b) => a + b)
    outcomes[i] = draw < truth[0]! ? 0 : draw < truth[0]! + truth[1]! ? 1 : 2
    const sum = sharp.reduce((a, b) => a + b)
    sharp.forEach((p, k) => (said[k]![i] = p / sum))
    predicted[i] = sharp.indexOf(Math.max(...sharp))
  }
  return { family: 'multiclass', classes: ['a', 'b', 'c'], predicted, outcomes, probabilities: said }
}

test.each(['accuracy', 'f1', 'balanced-accuracy', 'log-loss', 'brier-score'])(
  '%s of several classes is foretold',
  { timeout: 30_000 },
  (metric) => {
    const random = createRandom(9)
    const fitted = fitCbpe(drawnClasses(random, 6_000))
    expect(fitted.calibrators.isUsed).toBe(true)
    const past = Array.from({ length: 30 }, () => {
      const later = drawnClasses(random, 1_000)
      return {
        estimated: estimateByCbpe(fitted, later, metric).estimate!,
        measured: { value: measureQuality(metric, later, 0.5).estimate!.value },
      }
    })
    const error = estimatorError(past)!
    expect(error.coverage).toBeGreaterThan(0.88)
    expect(Math.abs(error.bias)).toBeLessThan(0.02)
  },
)

test('what has no expectation, and what is too little, is said', () => {
  const fitted = fitCbpe(reference)
  const many = { family: 'binary', scores: probabilities } as const
  expect(estimateByCbpe(fitted, many, 'calibration-error').shortfall).toContain('without outcomes')
  expect(estimateByCbpe(fitted, { family: 'binary', scores: Float64Array.of(0.1) }, 'accuracy').shortfall).toContain('1 rows')
  expect(
    estimateByCbpe(fitted, { family: 'binary', scores: new Float64Array(200).fill(0.1) }, 'precision').shortfall,
  ).toBeDefined()
  expect(() => estimateByCbpe(fitted, many, 'rmse')).toThrow(expect.objectContaining({ code: 'METRIC_UNFIT' }))
  const few = { ...reference, scores: reference.scores.slice(0, 100), outcomes: reference.outcomes.slice(0, 100) }
  expect(() => fitCbpe(few)).toThrow(expect.objectContaining({ code: 'ESTIMATION_IMPOSSIBLE' }))
  expect(() => fitCbpe({ ...reference, outcomes: new Float64Array(1_000) })).toThrow(/0 rows with the outcome/)
})

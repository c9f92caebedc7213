import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accuracy, balancedAccuracy, confusionOf, f1, precision, recall } from './confusion.ts'
import { brierScore, logLoss } from './probability-loss.ts'
import { referenceSample } from './reference-sample.ts'
import { meanAbsoluteError, meanAbsolutePercentageError, rootMeanSquaredError, rSquared } from './regression-error.ts'

const { probabilities, outcomes } = referenceSample()

// sklearn.metrics.log_loss(y, p), brier_score_loss(y, p); scipy.stats.t.interval(.95, 1999, x.mean(), sem(x)) of both
test('the losses of probabilities are those of scikit-learn', () => {
  const loss = logLoss(probabilities, outcomes)
  expect(loss.value).toBeCloseTo(0.7130799884068638, 10)
  expect(loss.low).toBeCloseTo(0.664967550811729, 8)
  expect(loss.high).toBeCloseTo(0.7611924260019987, 8)
  const brier = brierScore(probabilities, outcomes)
  expect(brier.value).toBeCloseTo(0.23326946578906785, 12)
  expect(brier.low).toBeCloseTo(0.22204266755684945, 8)
  expect(brier.high).toBeCloseTo(0.24449626402128624, 8)
  expect(logLoss(Float64Array.of(0, 1), Float64Array.of(1, 0)).value).toBeCloseTo(36.04, 1)
})

// sklearn.metrics.{confusion_matrix, accuracy_score, precision_score, ...}(y, p >= .5)
test('decisions are counted as scikit-learn counts them', () => {
  const counts = confusionOf(probabilities, outcomes, 0.5)
  expect(counts).toEqual({ trueNegatives: 749, falsePositives: 451, falseNegatives: 252, truePositives: 548 })
  expect(accuracy(counts).value).toBeCloseTo(0.6485, 12)
  expect(accuracy(counts).low).toBeCloseTo(0.6273091553210962, 10)
  expect(precision(counts).value).toBeCloseTo(0.5485485485485485, 12)
  expect(precision(counts).high).toBeCloseTo(0.5791627366702571, 10)
  expect(recall(counts).value).toBeCloseTo(0.685, 12)
  expect(recall(counts).low).toBeCloseTo(0.6519920284332807, 10)
  expect(f1(counts).value).toBeCloseTo(0.6092273485269594, 12)
  expect(balancedAccuracy(counts).value).toBeCloseTo(0.6545833333333333, 12)
})

// l, h = statsmodels.stats.proportion.proportion_confint(tp, tp+fp+fn, method='wilson'); 2*l/(1+l); Newcombe: ends of two of them
// joined by np.hypot. Quantiles of 400,000 rng.multinomial(2000, counts/2000): f1 0.58215..0.63541, balanced 0.63344..0.67573
test('the intervals of F1 and balanced accuracy are those of statsmodels, and a bootstrap of numpy has nearly the same', () => {
  const counts = confusionOf(probabilities, outcomes, 0.5)
  expect(f1(counts).low).toBeCloseTo(0.5823517212155898, 10)
  expect(f1(counts).high).toBeCloseTo(0.6354561390542046, 10)
  expect(balancedAccuracy(counts).low).toBeCloseTo(0.6330190313767099, 10)
  expect(balancedAccuracy(counts).high).toBeCloseTo(0.6752177018647414, 10)
  expect(Math.abs(f1(counts).low - 0.58215)).toBeLessThan(0.001)
  expect(Math.abs(balancedAccuracy(counts).high - 0.67573)).toBeLessThan(0.001)
})

test('every share stays in 0..1 and inside its interval, whatever the counts', () => {
  const count = fc.nat({ max: 1_000 })
  fc.assert(
    fc.property(count, count, count, count, (truePositives, falsePositives, falseNegatives, trueNegatives) => {
      fc.pre(truePositives + falseNegatives > 0 && trueNegatives + falsePositives > 0 && truePositives + falsePositives > 0)
      const counts = { truePositives, falsePositives, falseNegatives, trueNegatives }
      for (const measure of [accuracy, precision, recall, f1, balancedAccuracy]) {
        const { value, low, high } = measure(counts)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(low).toBeLessThanOrEqual(value)
        expect(high).toBeGreaterThanOrEqual(value)
        expect(high).toBeLessThanOrEqual(1)
      }
    }),
  )
})

const predicted = probabilities.map((p) => p * 10)
const happened = predicted.map((p, i) => p + ((i * 31) % 97) / 97 - 0.4 + outcomes[i]! * 2)

// pred = p*10; act = pred + ((i*31)%97)/97 - .4 + y*2; sklearn.metrics.*; scipy.stats.bootstrap((act, pred), f, paired=True,
// method='BCa', n_resamples=4000): rmse 1.3197..1.3930, r2 0.82735..0.84807
test('the errors of numbers are those of scikit-learn, with the intervals of scipy', () => {
  const rmse = rootMeanSquaredError(predicted, happened)
  expect(rmse.value).toBeCloseTo(1.356250649870323, 10)
  expect(rmse.low).toBeCloseTo(1.3197, 2)
  expect(rmse.high).toBeCloseTo(1.393, 2)
  const r2 = rSquared(predicted, happened)
  expect(r2.value).toBeCloseTo(0.8381678817155829, 10)
  expect(r2.low).toBeCloseTo(0.8274, 2)
  expect(r2.high).toBeCloseTo(0.8481, 2)
  const mae = meanAbsoluteError(predicted, happened)
  expect(mae.value).toBeCloseTo(0.9923412371134018, 10)
  expect(mae.low).toBeCloseTo(0.9517899024781802, 7)
  expect(mae.high).toBeCloseTo(1.0328925717486235, 7)
  expect(meanAbsolutePercentageError(predicted, happened).value).toBeCloseTo(0.6819910618294314, 9)
  // z = np.abs(pred - act)/np.abs(act + 5); bootstrap((z,), np.mean, method='BCa', n_resamples=20000): 0.08056..0.08685
  const mape = meanAbsolutePercentageError(
    predicted.map((p) => p + 5),
    happened.map((y) => y + 5),
  )
  expect(mape.value).toBeCloseTo(0.08368150143585183, 9)
  expect(mape.low).toBeCloseTo(0.08056, 3)
  expect(mape.high).toBeCloseTo(0.08685, 3)
})

test('outcomes of zero have no relative error and are left out', () => {
  expect(meanAbsolutePercentageError(Float64Array.of(1, 2, 3), Float64Array.of(0, 4, 3))).toMatchObject({ value: 0.25, rows: 2 })
})

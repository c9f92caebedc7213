import { expect, test } from 'vitest'
import { createRandom } from '../../../stats/random.ts'
import { referenceSample } from '../../../stats/reference-sample.ts'
import { qualityMetrics, type ScoredOutcomes } from '../../operations/index.ts'
import { comparePaired } from './compare-paired.ts'
import { metricSums } from './metric-sums.ts'

const { probabilities, outcomes } = referenceSample()
const within = (p: number) => Math.min(0.98, Math.max(0.02, p))
const blurred = probabilities.map((p, i) => Math.round((p * 0.5 + (((i * 31) % 97) / 97) * 0.5) * 20) / 20)
const champion: ScoredOutcomes = { family: 'binary', scores: probabilities.map(within), outcomes }
const challenger: ScoredOutcomes = { family: 'binary', scores: blurred.map(within), outcomes }

// q = np.clip(np.round((p*.5 + ((i*31)%97)/97*.5)*20)/20, .02, .98); 4,000 times k = rng.integers(0, 2000, 2000) and
// metric(y[k], q[k]) - metric(y[k], p[k]) with sklearn.metrics; the difference, np.percentile(…, [2.5, 97.5])
const BINARY = {
  accuracy: [-0.06599999999999995, -0.0880125, -0.0445],
  precision: [-0.06464790457430747, -0.08646987, -0.04376523],
  recall: [-0.02750000000000008, -0.0595421, 0.00616542],
  f1: [-0.05172867338122544, -0.0744166, -0.02868684],
  'balanced-accuracy': [-0.05958333333333332, -0.08170068, -0.0376865],
  'roc-auc': [-0.06592291666666672, -0.08514167, -0.04670284],
  'pr-auc': [-0.07008683512794889, -0.09713952, -0.04196208],
  'log-loss': [0.004765560854253281, -0.01930331, 0.02929667],
  'brier-score': [-0.009393368899527688, -0.01765139, -0.00143846],
} as const

test.each(Object.entries(BINARY))(
  'the paired difference of %s is that of a bootstrap in numpy',
  { timeout: 30_000 },
  async (metric, [value, low, high]) => {
    const { difference } = await comparePaired(champion, challenger, metric)
    const { improvement, rows } = difference!
    expect(rows).toBe(2_000)
    expect(improvement.value).toBeCloseTo(value, 9)
    const width = high - low
    expect(Math.abs(improvement.low - low) / width).toBeLessThan(0.08)
    expect(Math.abs(improvement.high - high) / width).toBeLessThan(0.08)
  },
)

// act = p*10 + ((i*31)%97)/97 - .4 + y*2; champion p*10, challenger p*9 + 1; as above, but mape, which is
// skewed: scipy.stats.bootstrap((act, champion, challenger), f, paired=True, method='BCa', n_resamples=9999, rng=1)
const REGRESSION = {
  rmse: [0.1414651843664887, 0.12503462, 0.15716516],
  mae: [-0.013243764878975939, -0.03415999, 0.00765779],
  mape: [-1.8793981422212473, -4.626782871162917, -1.0049478076503073],
  r2: [0.03199945247197011, 0.02742459, 0.03683063],
} as const
const predicted = probabilities.map((p) => p * 10)
const happened = predicted.map((p, i) => p + ((i * 31) % 97) / 97 - 0.4 + outcomes[i]! * 2)

test.each(Object.entries(REGRESSION))(
  'the paired difference of %s is that of a bootstrap in numpy',
  { timeout: 30_000 },
  async (metric, [value, low, high]) => {
    const was = { family: 'regression', predicted, outcomes: happened } as const
    const is = { family: 'regression', predicted: predicted.map((p) => p * 0.9 + 1), outcomes: happened } as const
    const { improvement } = (await comparePaired(was, is, metric)).difference!
    expect(improvement.value).toBeCloseTo(value, 8)
    const width = high - low
    expect(Math.abs(improvement.low - low) / width).toBeLessThan(0.2)
    expect(Math.abs(improvement.high - high) / width).toBeLessThan(0.2)
  },
)

const random = createRandom(1)
const ROWS = 3_000
const scores = Float64Array.from({ length: ROWS }, () => random())
const samples: readonly ScoredOutcomes[] = [
  { family: 'binary', scores, outcomes: scores.map((p) => (random() < p ? 1 : 0)) },
  { family: 'regression', predicted: scores, outcomes: scores.map((p) => 1 + p + random()) },
  {
    family: 'multiclass',
    classes: ['a', 'b', 'c'],
    predicted: Int32Array.from(scores, (p) => (p < 0.5 ? 0 : 1)),
    outcomes: Int32Array.from(scores, (p) => Math.floor((p + random()) * 1.49)),
    probabilities: [scores.map((p) => 0.9 - p * 0.8), scores.map((p) => p * 0.8), scores.map(() => 0.1)],
  },
]
const all = samples.flatMap((pairs) =>
  qualityMetrics
    .all()
    .filter(({ families }) => families.includes(pairs.family))
    .map((metric) => [metric.id, pairs.family, pairs] as const),
)

test.each(all)(
  '%s of a %s output: nothing is gained over itself, and the sums are the metric',
  { timeout: 30_000 },
  async (id, _, pairs) => {
    const { difference } = await comparePaired(pairs, pairs, id)
    expect(difference!.improvement).toMatchObject({ value: 0, low: 0, high: 0 })
    expect(difference!.p).toBe(1)
    expect(difference!.champion).toBeCloseTo(qualityMetrics.get(id).estimate(pairs, 0.95).value, 9)
    const sums = metricSums(id, pairs)
    if (sums === undefined) expect(['roc-auc', 'pr-auc', 'calibration-error']).toContain(id)
  },
)

test('the interval holds the true difference about as often as it says', { timeout: 30_000 }, async () => {
  let held = 0
  for (let trial = 0; trial < 200; trial++) {
    const truth = Float64Array.from({ length: 400 }, () => (random() < 0.5 ? 1 : 0))
    const right = (share: number, y: number) => (random() < share ? y : 1 - y)
    const [was, is] = [truth.map((y) => right(0.8, y)), truth.map((y) => right(0.85, y))]
    const { difference } = await comparePaired(
      { family: 'binary', scores: was, outcomes: truth },
      { family: 'binary', scores: is, outcomes: truth },
      'accuracy',
      { replicates: 500, seed: trial },
    )
    if (difference!.improvement.low <= 0.05 && 0.05 <= difference!.improvement.high) held++
  }
  expect(held / 200).toBeGreaterThan(0.9)
})

test('a hundred thousand rows are compared in moments', { timeout: 30_000 }, async () => {
  const many = Float64Array.from({ length: 100_000 }, () => random())
  const truth = many.map((p) => (random() < p ? 1 : 0))
  const noisy = many.map((p) => within(p + (random() - 0.5) * 0.2))
  const from = performance.now()
  for (const metric of ['roc-auc', 'f1', 'log-loss']) {
    const { difference } = await comparePaired(
      { family: 'binary', scores: many, outcomes: truth },
      { family: 'binary', scores: noisy, outcomes: truth },
      metric,
    )
    expect(difference!.improvement.high).toBeLessThan(0)
  }
  expect(performance.now() - from).toBeLessThan(5_000)
})

test('of many rows a part is drawn, and the interval is that of all', { timeout: 30_000 }, async () => {
  const spread = async (rows: number) => {
    const scores = Float64Array.from({ length: rows }, () => random())
    const truth = scores.map((p) => (random() < p ? 1 : 0))
    const pairs = (of: Float64Array): ScoredOutcomes => ({ family: 'binary', scores: of, outcomes: truth })
    const { difference } = await comparePaired(pairs(scores), pairs(scores.map((p) => p * p)), 'calibration-error')
    return difference!.improvement.high - difference!.improvement.low
  }
  const ratio = (await spread(20_000)) / (await spread(180_000))
  expect(ratio).toBeGreaterThan(2.4)
  expect(ratio).toBeLessThan(3.75)
})

test('versions that were not judged on the same rows are refused, and few rows are a shortfall', async () => {
  const other: ScoredOutcomes = { ...champion, outcomes: outcomes.map((y, i) => (i === 5 ? 1 - y : y)) } as ScoredOutcomes
  await expect(comparePaired(champion, other, 'f1')).rejects.toThrow(/row 5 has outcome/)
  await expect(comparePaired(champion, samples[1]!, 'f1')).rejects.toThrow(
    expect.objectContaining({ code: 'COMPARISON_UNPAIRED' }),
  )
  const few: ScoredOutcomes = { family: 'binary', scores: Float64Array.of(0.1, 0.9), outcomes: Float64Array.of(0, 1) }
  expect((await comparePaired(few, few, 'f1')).shortfall).toContain('2 rows')
})

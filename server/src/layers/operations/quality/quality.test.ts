import { expect, test } from 'vitest'
import type { Column, Table } from '../../../kernel/table.ts'
import { createRandom } from '../../../stats/random.ts'
import { qualityMetrics } from './metrics/catalog.gen.ts'
import { measureQuality } from './quality.ts'
import { type OutputFamily, pairOutcomes, pickPairs, type ScoredOutcomes } from './scored-outcomes.ts'

const numbers = (...values: number[]): Column => ({ type: 'number', values: Float64Array.from(values) })
const texts = (...values: (string | null)[]): Column => {
  const dictionary = [...new Set(values.filter((value) => value !== null))]
  return {
    type: 'text',
    dictionary,
    codes: Int32Array.from(values, (value) => (value === null ? -1 : dictionary.indexOf(value))),
  }
}
const table = (rowCount: number, columns: Record<string, Column>): Table => ({
  rowCount,
  columns: new Map(Object.entries(columns)),
})

const random = createRandom(1)
const ROWS = 3_000
const scores = Float64Array.from({ length: ROWS }, () => random())
const samples: Record<OutputFamily, ScoredOutcomes> = {
  binary: { family: 'binary', scores, outcomes: scores.map((p) => (random() < p ? 1 : 0)) },
  regression: { family: 'regression', predicted: scores, outcomes: scores.map((p) => 1 + p + random()) },
  multiclass: {
    family: 'multiclass',
    classes: ['a', 'b', 'c'],
    predicted: Int32Array.from(scores, (p) => (p < 0.5 ? 0 : 1)),
    outcomes: Int32Array.from(scores, (p) => Math.floor((p + random()) * 1.49)),
    probabilities: [scores.map((p) => 0.9 - p * 0.8), scores.map((p) => p * 0.8), scores.map(() => 0.1)],
  },
}

test.each(qualityMetrics.all().flatMap((metric) => metric.families.map((family) => [metric.id, family, metric] as const)))(
  '%s of a %s output lies in its interval, narrows with confidence, and repeats',
  (id, family, metric) => {
    const { estimate } = measureQuality(id, samples[family], 0.95)
    expect(estimate).toBeDefined()
    const { value, low, high, rows } = estimate!
    expect(low).toBeLessThanOrEqual(value)
    expect(high).toBeGreaterThanOrEqual(value)
    expect(high).toBeGreaterThan(low)
    expect(rows).toBe(ROWS)
    const narrow = metric.estimate(samples[family], 0.5)
    expect(narrow.high - narrow.low).toBeLessThan(high - low)
    expect(metric.estimate(samples[family], 0.95)).toEqual(estimate)
  },
)

// sklearn.metrics: log_loss, f1_score(average='macro'), balanced_accuracy_score of
// y=['a','b','c','a'], P=[[.7,.2,.1],[.3,.6,.1],[.5,.3,.2],[.2,.5,.3]], repeated 100 times
test('metrics of several classes are those of scikit-learn', () => {
  const repeat = <T>(values: T[]): T[] => Array.from({ length: 100 }, () => values).flat()
  const { pairs } = pairOutcomes(
    { name: 'kind', type: 'probabilities', classes: ['a', 'b', 'c'] },
    table(400, {
      'kind[a]': numbers(...repeat([0.7, 0.3, 0.5, 0.2])),
      'kind[b]': numbers(...repeat([0.2, 0.6, 0.3, 0.5])),
      'kind[c]': numbers(...repeat([0.1, 0.1, 0.2, 0.3])),
    }),
    table(400, { kind: texts(...repeat(['a', 'b', 'c', 'a'])) }),
    'kind',
  )
  const value = (id: string) => measureQuality(id, pairs, 0.95).estimate?.value
  expect(value('accuracy')).toBe(0.5)
  expect(value('f1')).toBeCloseTo(0.38888888888888884, 12)
  expect(value('balanced-accuracy')).toBeCloseTo(0.5, 12)
  expect(value('log-loss')).toBeCloseTo(1.0215940981432308, 10)
  expect(value('brier-score')).toBeCloseTo((0.14 + 0.26 + 0.98 + 0.98) / 4, 10)
})

test('rows without an outcome are left out, rows without a prediction are counted apart', () => {
  const pairing = pairOutcomes(
    { name: 'late', type: 'probability' },
    table(4, { late: numbers(0.1, Number.NaN, 0.3, 0.4) }),
    table(4, { late: numbers(0, 1, Number.NaN, 1) }),
    'late',
  )
  expect(pairing).toMatchObject({ rowsWithoutOutcome: 1, rowsWithoutPrediction: 1 })
  expect([...pairing.rows]).toEqual([0, 3])
  expect(pickPairs(pairing.pairs, Int32Array.of(1))).toMatchObject({ scores: Float64Array.of(0.4), outcomes: Float64Array.of(1) })
})

test('an outcome may be spelt as words, as numbers, or as the two classes', () => {
  const truth = (column: Column, classes?: string[]) =>
    pairOutcomes(
      classes === undefined ? { name: 'o', type: 'probability' } : { name: 'o', type: 'probabilities', classes },
      table(2, { o: numbers(0.2, 0.8), 'o[yes!]': numbers(0.2, 0.8), 'o[2]': numbers(0.2, 0.8) }),
      table(2, { y: column }),
      'y',
    ).pairs.outcomes
  expect([...truth(texts('false', 'TRUE'))]).toEqual([0, 1])
  expect([...truth({ type: 'boolean', values: Float64Array.of(0, 1) })]).toEqual([0, 1])
  expect([...truth(texts('nope', 'yes!'), ['nope', 'yes!'])]).toEqual([0, 1])
  expect([...truth(numbers(1, 2), ['1', '2'])]).toEqual([0, 1])
  expect(() => truth(numbers(0, 17))).toThrow(expect.objectContaining({ code: 'OUTCOME_UNREADABLE' }))
  expect(() => truth(texts('late', 'on time'))).toThrow(expect.objectContaining({ code: 'OUTCOME_UNREADABLE' }))
})

test('a class that only happened counts as a mistake', () => {
  const { pairs } = pairOutcomes(
    { name: 'kind', type: 'category', classes: ['a'] },
    table(2, { kind: texts('a', 'a') }),
    table(2, { kind: texts('a', 'new') }),
    'kind',
  )
  expect(pairs).toMatchObject({ classes: ['a', 'new'], outcomes: Int32Array.of(0, 1) })
})

test('a metric that does not fit names those that do, and an unknown one those that exist', () => {
  expect(() => measureQuality('rmse', samples.binary, 0.95)).toThrow(
    expect.objectContaining({ code: 'METRIC_UNFIT', hint: expect.stringContaining('roc-auc') }),
  )
  expect(() => measureQuality('auc', samples.binary, 0.95)).toThrow(expect.objectContaining({ code: 'PART_UNKNOWN' }))
})

test('too few rows, or too few of the rarer outcome, are a shortfall', () => {
  const few = pickPairs(
    samples.binary,
    Int32Array.from({ length: 50 }, (_, i) => i),
  )
  expect(measureQuality('roc-auc', few, 0.95).shortfall).toBe('50 rows with an outcome; roc-auc needs 100')
  const never = { family: 'binary', scores, outcomes: scores.map((_, i) => (i < 3 ? 1 : 0)) } as const
  expect(measureQuality('roc-auc', never, 0.95).shortfall).toBe('3 rows where it happened; roc-auc needs 10')
})

test('outcomes that are no classes but names take no memory for each, and are no value', () => {
  const rows = 4_000
  const kinds = Array.from({ length: rows }, (_, i) => `id-${i}`)
  const { pairs } = pairOutcomes(
    { name: 'kind', type: 'category', classes: ['a', 'b'] },
    table(rows, { kind: texts(...kinds.map(() => 'a')) }),
    table(rows, { kind: texts(...kinds) }),
    'kind',
  )
  const before = process.memoryUsage().arrayBuffers
  expect(measureQuality('f1', pairs, 0.95).shortfall).toBe('4002 classes; f1 is measured over at most 300')
  expect(measureQuality('accuracy', pairs, 0.95).estimate?.value).toBe(0)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000)
})

test('the mean over many classes of many rows takes no array for each class', () => {
  const [rows, count] = [50_000, 60]
  const classes = Array.from({ length: count }, (_, i) => `c${i}`)
  const outcomes = Int32Array.from({ length: rows }, (_, i) => i % count)
  const predicted = outcomes.map((code, i) => (i % 2 === 0 ? code : 0))
  const before = process.memoryUsage().arrayBuffers
  const { estimate } = measureQuality('balanced-accuracy', { family: 'multiclass', predicted, outcomes, classes }, 0.95)
  expect(estimate?.rows).toBe(rows)
  expect(estimate?.value).toBeCloseTo(0.5, 10)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000)
}, 60_000)

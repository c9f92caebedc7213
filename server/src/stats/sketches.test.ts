import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addToFrequent, CAPACITY, COUNTERS_MAX, createFrequentValues, listFrequent, mergeFrequent } from './frequent-values.ts'
import {
  addBlockToDistinct,
  addTextToDistinct,
  createDistinctSketch,
  DISTINCT_STANDARD_ERROR,
  distinctOf,
  mergeDistinct,
} from './hyperloglog.ts'
import {
  addBlockToHistogram,
  addToHistogram,
  binStart,
  createLogHistogram,
  histogramQuantile,
  mergeHistogram,
  relativeBin,
  VALUE_ERROR,
} from './log-histogram.ts'
import { addBlockToMoments, addToMoments, createMoments, deviationOf, mergeMoments } from './moments.ts'
import { createRandom } from './random.ts'
import { createValueBlock, fillBlock } from './value-block.ts'

const blockOf = (values: Float64Array) => {
  const block = createValueBlock(values.length)
  fillBlock(block, values, 0, values.length)
  return block
}
const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const upperWordOf = (value: number) => new Int32Array(Float64Array.of(value).buffer)[1]!

test('a block keeps what is finite', () => {
  const block = blockOf(Float64Array.of(1, Number.NaN, -0, Infinity, 2, -Infinity))
  expect([...block.values.subarray(0, block.rows)]).toEqual([1, 0, 2])
})

test('moments of blocks, of single numbers and of merged parts are the same, and keep their digits far from zero', () => {
  // python3: import statistics as s; x = [1e9 + (i*7919)%1009 for i in range(1000)]; s.fmean(x), s.stdev(x)
  const values = Float64Array.from({ length: 1_000 }, (_, i) => 1e9 + ((i * 7919) % 1009))
  const [whole, single, left, right] = [createMoments(), createMoments(), createMoments(), createMoments()]
  addBlockToMoments(whole, blockOf(values))
  values.forEach((value) => addToMoments(single, value))
  addBlockToMoments(left, blockOf(values.subarray(0, 300)))
  addBlockToMoments(right, blockOf(values.subarray(300)))
  mergeMoments(left, right)
  for (const moments of [whole, single, left]) {
    expect(moments.count).toBe(1_000)
    expect(moments.mean).toBeCloseTo(1000000504.678, 5)
    expect(deviationOf(moments)!).toBeCloseTo(291.50485999276134, 8)
    expect([moments.min, moments.max]).toEqual([1e9, 1e9 + 1008])
  }
})

test('numbers whose squares do not fit have a mean and no deviation', () => {
  const moments = createMoments()
  addBlockToMoments(moments, blockOf(Float64Array.of(1e308, -1e308, 1e308, 1)))
  expect(moments.mean / 2.5e307).toBeCloseTo(1, 9)
  expect(deviationOf(moments)).toBeUndefined()
  expect([moments.min, moments.max]).toEqual([-1e308, 1e308])
})

test('bins rise with the number, and each number lies in its bin', () => {
  fc.assert(
    fc.property(finite, finite, (a, b) => {
      const [x, y] = [a + 0, b + 0]
      if (x < y) expect(relativeBin(upperWordOf(x))).toBeLessThanOrEqual(relativeBin(upperWordOf(y)))
      expect(binStart(relativeBin(upperWordOf(x)))).toBeLessThanOrEqual(x)
    }),
    { numRuns: 2_000 },
  )
})

test('any quantile is within 0.8 % of a value of the data with that rank', () => {
  const random = createRandom(5)
  const samples = [
    Float64Array.from({ length: 5_000 }, () => Math.exp(8 * random() - 4)),
    Float64Array.from({ length: 5_000 }, () => (random() - 0.3) * 1e5),
    Float64Array.from({ length: 5_000 }, () => Math.floor(random() * 5)),
  ]
  for (const sample of samples) {
    const histogram = createLogHistogram()
    addBlockToHistogram(histogram, blockOf(sample))
    const sorted = sample.toSorted()
    for (const p of [0, 0.001, 0.01, 0.25, 0.5, 0.9, 0.999, 1]) {
      const truth = sorted[Math.floor(p * (sorted.length - 1))]!
      expect(Math.abs(histogramQuantile(histogram, p)! - truth)).toBeLessThanOrEqual(VALUE_ERROR * Math.abs(truth) * (1 + 1e-9))
    }
  }
})

test('numbers beyond the range count as the last bin, and tiny ones as 0', () => {
  const histogram = createLogHistogram()
  for (const value of [1e300, -1e300, 1e-300, 5e-324]) addToHistogram(histogram, value)
  expect(histogram.counts.reduce((a, b) => a + b)).toBe(4)
  expect(histogram.counts.length).toBeLessThan(17_000)
  expect(histogramQuantile(histogram, 0.5)).toBe(0)
  expect(histogramQuantile(createLogHistogram(), 0.5)).toBeUndefined()
})

test('times are known to half a day', () => {
  const histogram = createLogHistogram('day')
  const times = Array.from({ length: 101 }, (_, i) => Date.UTC(2026, 0, 1) + i * 7 * 3_600_000)
  times.forEach((time) => addToHistogram(histogram, time))
  expect(Math.abs(histogramQuantile(histogram, 0.5)! - times[50]!)).toBeLessThanOrEqual(43_200_000)
  addToHistogram(histogram, 8.64e15)
  expect(histogram.counts.length).toBeLessThan(110_000)
})

test('histograms merge to the histogram of all, in any order', () => {
  const parts = fc.array(fc.array(finite, { maxLength: 20 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(parts, (parts) => {
      const of = (values: number[]) => {
        const histogram = createLogHistogram()
        values.forEach((value) => addToHistogram(histogram, value + 0))
        return histogram
      }
      const merged = createLogHistogram()
      for (const part of parts.toReversed()) mergeHistogram(merged, of(part))
      expect(merged).toEqual(of(parts.flat()))
    }),
  )
})

test('the number of different values is right within three standard errors, from ten to a million', () => {
  for (const distinct of [10, 300, 5_000, 100_000, 1_000_000]) {
    const [numbers, texts] = [createDistinctSketch(), createDistinctSketch()]
    const values = Float64Array.from({ length: distinct }, (_, i) => i * 1.37 - 5)
    addBlockToDistinct(numbers, blockOf(values))
    addBlockToDistinct(numbers, blockOf(values.subarray(0, distinct / 2)))
    for (let i = 0; i < distinct; i++) addTextToDistinct(texts, `customer-${i}`)
    for (const sketch of [numbers, texts])
      expect(Math.abs(distinctOf(sketch) / distinct - 1)).toBeLessThan(distinct < 1_000 ? 0.03 : 3 * DISTINCT_STANDARD_ERROR)
  }
  expect(distinctOf(createDistinctSketch())).toBe(0)
})

test('sketches of different values merge to the sketch of all', () => {
  const [a, b, all] = [createDistinctSketch(), createDistinctSketch(), createDistinctSketch()]
  for (let i = 0; i < 9_000; i++) {
    addTextToDistinct(i % 3 === 0 ? a : b, `${i}`)
    addTextToDistinct(all, `${i}`)
  }
  mergeDistinct(a, b)
  expect(a).toEqual(all)
})

test('few different texts are counted exactly', () => {
  const values = createFrequentValues()
  for (let i = 0; i < 30_000; i++) addToFrequent(values, `t${(i * i) % 97}`, 1)
  const naive = Map.groupBy(
    Array.from({ length: 30_000 }, (_, i) => `t${(i * i) % 97}`),
    (text) => text,
  )
  expect(values.error).toBe(0)
  expect(Object.fromEntries(listFrequent(values))).toEqual(
    Object.fromEntries(Array.from(naive, ([text, rows]) => [text, rows.length])),
  )
})

test('of many different texts the frequent ones are found, within the error, whatever the order of merging', () => {
  const random = createRandom(9)
  const stream = Array.from({ length: 60_000 }, () => `v${Math.floor(random() ** 4 * 30_000)}`)
  const truth = new Map<string, number>()
  for (const text of stream) truth.set(text, (truth.get(text) ?? 0) + 1)
  const parts = Array.from({ length: 6 }, (_, part) => {
    const values = createFrequentValues()
    stream.forEach((text, i) => i % 6 === part && addToFrequent(values, text, 1))
    return values
  })
  for (const order of [
    [0, 1, 2, 3, 4, 5],
    [5, 3, 1, 0, 2, 4],
  ]) {
    const merged = createFrequentValues()
    for (const part of order) mergeFrequent(merged, parts[part]!)
    expect(merged.slots.size).toBeLessThanOrEqual(COUNTERS_MAX)
    expect(merged.error).toBeGreaterThan(0)
    expect(merged.error).toBeLessThanOrEqual(stream.length / CAPACITY)
    for (const [text, rows] of truth) {
      const found = merged.counts[merged.slots.get(text) ?? -1] ?? 0
      expect(found).toBeLessThanOrEqual(rows)
      expect(found + merged.error).toBeGreaterThanOrEqual(rows)
    }
  }
})

test('a text too long to keep is counted', () => {
  const values = createFrequentValues()
  addToFrequent(values, 'x'.repeat(501), 3)
  expect([values.longRows, values.slots.size]).toEqual([3, 0])
})

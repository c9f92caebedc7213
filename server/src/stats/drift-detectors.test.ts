import { expect, test } from 'vitest'
import { type AdwinOptions, createAdwin } from './adwin.ts'
import { createDdm } from './ddm.ts'
import type { DriftDetector } from './drift-detector.ts'
import { driftStreams } from './drift-streams.ts'
import { createHddmA } from './hddm-a.ts'
import { kolmogorovCriticalGap, kolmogorovReach } from './kolmogorov-critical-gap.ts'
import { createKswin } from './kswin.ts'
import { createPageHinkley } from './page-hinkley.ts'
import { createRandom } from './random.ts'

const { rises, worse, waves } = driftStreams
const driftsOf = (detector: DriftDetector, stream: readonly number[]): number[] =>
  stream.flatMap((value, i) => (detector.update(value) === 'drift' ? [i] : []))
const warningsOf = (detector: DriftDetector, stream: readonly number[]): number[] =>
  stream.flatMap((value, i) => (detector.update(value) === 'warning' ? [i] : []))

test('the streams are those of river', () => {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  expect([sum(rises), sum(worse), sum(waves)]).toEqual([3985, 1000, 1470])
  expect(rises.slice(0, 12)).toEqual([0, 1, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1])
})

// river 0.26.1: d = drift.ADWIN(...); [i for i, x in enumerate(s) if (d.update(int(x)), d.drift_detected)[1]], and so below
test('ADWIN finds the changes where river finds them', () => {
  expect(driftsOf(createAdwin(), rises)).toEqual([1023])
  expect(driftsOf(createAdwin({ clock: 1 }), rises)).toEqual([1004])
  expect(driftsOf(createAdwin(), worse)).toEqual([1055])
  expect(driftsOf(createAdwin(), waves)).toEqual([543, 1023, 1567])
})

// river: i = np.arange(6000); u = ((i*7919)%1009)/1009; v = np.where(i < 3000, u, u*.8 + .35); then as above; width, mean
// and sum of squared deviations of u: 6000, 2997.821605550049/6000, 499.9757257028991
test("ADWIN's window keeps mean and spread of all its values in few buckets", () => {
  const uniform = Array.from({ length: 6_000 }, (_, i) => ((i * 7919) % 1009) / 1009)
  expect(
    driftsOf(
      createAdwin(),
      uniform.map((u, i) => (i < 3_000 ? u : u * 0.8 + 0.35)),
    ),
  ).toEqual([3103])
  const adwin = createAdwin()
  for (const u of uniform) adwin.update(u)
  const { lengths, means, count } = adwin.snapshot() as Record<string, number[]> & { count: never }
  expect(count).toBe(6_000)
  expect(means!.length).toBeLessThan(60)
  let [sum, at] = [0, 0]
  lengths!.forEach((length, k) => {
    for (let i = 0; i < length; i++) sum += means![at++]! * 2 ** k
  })
  expect(sum).toBeCloseTo(2997.821605550049, 8)
})

test('ADWIN by the range it saw does not care for the unit', () => {
  const options: AdwinOptions = { range: 'seen' }
  const alarms = driftsOf(createAdwin(options), rises)
  expect(alarms).toHaveLength(1)
  for (const unit of [1e-6, 1e6])
    expect(
      driftsOf(
        createAdwin(options),
        rises.map((x) => x * unit),
      ),
    ).toEqual(alarms)
})

test('Page-Hinkley finds the changes where river finds them, in each direction', () => {
  expect(driftsOf(createPageHinkley(), rises)).toEqual([1020, 1397, 1548, 1988])
  const found = (threshold: number) =>
    (['up', 'down', 'both'] as const).map((direction) => driftsOf(createPageHinkley({ threshold, direction }), waves))
  expect(found(50)).toEqual([[588, 1681], [1172], [588, 1097, 1585]])
  expect(found(10)).toEqual([
    [499, 1536],
    [176, 1032],
    [176, 402, 510, 1020, 1238, 1342, 1514],
  ])
})

test('Page-Hinkley in standard deviations does not care for the unit, nor for one wild value', () => {
  const options = { unit: 'standard-deviation', delta: 0.1 } as const
  const alarms = driftsOf(createPageHinkley(options), rises)
  expect(alarms[0]).toBeGreaterThan(1_000)
  expect(alarms[0]).toBeLessThan(1_100)
  expect(
    driftsOf(
      createPageHinkley(options),
      rises.map((x) => x * 1e6 - 5),
    ),
  ).toEqual(alarms)
  const wild = rises.slice(0, 1_000)
  wild[500] = 1e9
  expect(driftsOf(createPageHinkley(options), wild)).toEqual([])
})

test('DDM finds the changes and warns where river does', () => {
  expect(driftsOf(createDdm(), worse)).toEqual([1049])
  expect(driftsOf(createDdm(), waves)).toEqual([542, 1619])
  const warnings = warningsOf(createDdm(), worse)
  expect(warnings).toHaveLength(70)
  expect(warnings.slice(0, 5)).toEqual([1007, 1008, 1009, 1010, 1011])
})

test('the first error of a good model is no drift for DDM', () => {
  const good = Array.from({ length: 2_000 }, (_, i) => (i % 200 === 199 ? 1 : 0))
  expect(driftsOf(createDdm(), good)).toEqual([])
  expect(driftsOf(createDdm({ errorsMin: 0 }), good)[0]).toBe(199)
})

test('HDDM-A finds the changes and warns where river does, in one direction and in both', () => {
  expect(driftsOf(createHddmA(), worse)).toEqual([1047])
  expect(warningsOf(createHddmA(), worse)).toHaveLength(9)
  expect(driftsOf(createHddmA({ direction: 'both' }), waves)).toEqual([531, 1015, 1545])
})

test('KSWIN finds the change where river does when the sample is all of the older values', () => {
  expect(driftsOf(createKswin({ alpha: 0.0001, windowCount: 200, recentCount: 100 }), rises)).toEqual([1042])
})

test('KSWIN hears a change of shape that leaves the mean alone', () => {
  const random = createRandom(5)
  const wider = Array.from({ length: 2_000 }, (_, i) => (random() - 0.5) * (i < 1_000 ? 1 : 3))
  const [first] = driftsOf(createKswin(), wider)
  expect(first).toBeGreaterThan(1_000)
  expect(first).toBeLessThan(1_200)
})

// scipy.stats.ks_2samp(x, y, method='exact').pvalue of samples whose n·m·D is the gap
test('the critical gap of Kolmogorov and Smirnov is exact', () => {
  const cases = [
    [10, 10, 40, 0.41752365281777043],
    [10, 10, 60, 0.05244755244755244],
    [8, 12, 60, 0.031991744066047476],
    [100, 100, 4000, 1.5550790371345692e-7],
    [100, 100, 5300, 3.35710076793659e-13],
    [200, 100, 3900, 0.011852786676850956],
    [7, 50, 194, 0.029251536757816325],
    [7, 50, 266, 0.0004415365125686992],
  ] as const
  for (const [n, m, gap, p] of cases) {
    expect(kolmogorovReach(n, m, gap) / p).toBeCloseTo(1, 9)
    expect(kolmogorovCriticalGap(n, m, p * 1.000001)).toBeLessThanOrEqual(gap)
    expect(kolmogorovCriticalGap(n, m, p * 0.999999)).toBeGreaterThan(gap)
  }
})

test('what is no number, or no error, is refused and changes nothing', () => {
  for (const create of [createAdwin, createPageHinkley, createDdm, createHddmA, createKswin]) {
    const detector = create()
    const before = detector.snapshot()
    expect(() => detector.update(Number.NaN)).toThrow(expect.objectContaining({ code: 'DETECTOR_VALUE_INVALID' }))
    expect(detector.snapshot()).toEqual(before)
    expect(() => create({}, { count: -1 })).toThrow(expect.objectContaining({ code: 'DETECTOR_SNAPSHOT_INVALID' }))
  }
  expect(() => createDdm().update(2)).toThrow(expect.objectContaining({ code: 'DETECTOR_VALUE_INVALID' }))
})

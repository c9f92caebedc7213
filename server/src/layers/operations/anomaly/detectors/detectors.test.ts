import { expect, test } from 'vitest'
import type { DriftDetector } from '../../../../stats/drift-detector.ts'
import { createRandom } from '../../../../stats/random.ts'
import { parseContract } from '../../../../contract/parse-contract.ts'
import { detectors } from './catalog.gen.ts'
import type { Detector } from './contract.ts'

/** Errors at a rate for detectors of errors; for those of values, waiting times with it as their mean. */
function valuesOf({ input }: Detector, seed: number, level: (i: number) => number, count: number): number[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, i) =>
    input === 'error' ? (random() < level(i) ? 1 : 0) : -level(i) * Math.log(1 - random()),
  )
}
const driftsOf = (detector: DriftDetector, values: readonly number[]) =>
  values.flatMap((value, i) => (detector.update(value) === 'drift' ? [i] : []))
const all = detectors.all().map((detector) => [detector.id, detector] as const)
const worse = (i: number) => (i < 2_000 ? 0.1 : 0.2)

test.each(all)('%s is silent while nothing changes', (_, detector) => {
  for (let seed = 1; seed <= 5; seed++)
    expect(
      driftsOf(
        detector.create(),
        valuesOf(detector, seed, () => 0.1, 10_000),
      ),
    ).toEqual([])
})

test.each(all)('%s finds 10 % that became 20 %', (_, detector) => {
  for (let seed = 1; seed <= 10; seed++) {
    const [first = Infinity] = driftsOf(detector.create(), valuesOf(detector, seed, worse, 5_000))
    expect(first).toBeGreaterThan(2_000)
    expect(first).toBeLessThan(4_000)
  }
})

test.each(all)('%s repeats itself, and goes on from what it kept, as JSON has it', (_, detector) => {
  const values = valuesOf(detector, 3, worse, 6_000)
  const straight = values.map((value, i, { length }) => [value, i, length] as const)
  const [one, other] = [detector.create(), detector.create()]
  let restarted = detector.create()
  for (const [value, i] of straight) {
    const signal = one.update(value)
    expect(other.update(value)).toBe(signal)
    expect(restarted.update(value)).toBe(signal)
    if (i % 777 === 5) restarted = detector.create({}, JSON.parse(JSON.stringify(restarted.snapshot())))
  }
  expect(restarted.snapshot()).toEqual(one.snapshot())
})

test.each(all)('%s keeps no more after a hundred thousand values than it may', (_, detector) => {
  const made = detector.create()
  const random = createRandom(1)
  for (let i = 0; i < 100_000; i++) made.update(random())
  expect(JSON.stringify(made.snapshot()).length).toBeLessThan(20_000)
})

test.each(all)('%s refuses settings that it does not have, and names its own', (id, detector) => {
  expect(() => detector.create({ sensitivity: 3 })).toThrow(
    expect.objectContaining({
      code: 'DETECTOR_OPTIONS_INVALID',
      message: expect.stringContaining(id),
      hint: expect.stringContaining(Object.keys(detector.options.shape)[0]!),
    }),
  )
})

test.each(all)('%s refuses a kept state that it cannot have had', (_, detector) => {
  expect(() => detector.create({}, { count: 'many' as never })).toThrow(
    expect.objectContaining({ code: 'DETECTOR_SNAPSHOT_INVALID' }),
  )
})

test('a detector of values finds errors as well', () => {
  const random = createRandom(8)
  const errors = Array.from({ length: 4_000 }, (_, i) => (random() < worse(i) ? 1 : 0))
  for (const id of ['adwin', 'page-hinkley']) expect(driftsOf(detectors.get(id).create(), errors)).toHaveLength(1)
})

test.each(all)('%s can be named in a contract', (id) => {
  expect(parseContract(`name: x\nmonitoring: { errors: { detector: ${id} } }`).monitoring.errors?.detector).toBe(id)
})

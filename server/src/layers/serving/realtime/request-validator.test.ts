import { expect, test } from 'vitest'
import { createBatchLayout, createBatchTensors } from '../../model/inference/batch-tensors.ts'
import type { Signature } from '../../model/data-plane.ts'
import { createInputPolicies, type InputRules } from './input-policy.ts'
import { createRequestValidator } from './request-validator.ts'
import { createValidationReport } from './validation-report.ts'

const SIGNATURE: Signature = {
  inputs: [
    { name: 'hour', type: 'integer', nullable: false },
    { name: 'distance', type: 'number', nullable: true },
    { name: 'late', type: 'boolean', nullable: false },
    { name: 'origin', type: 'category', nullable: false, categories: ['ATL', 'LAS', 'SFO'] },
    { name: 'constructor', type: 'text', nullable: true },
    { name: 'seats', type: 'integer', nullable: false },
    { name: 'pixels', type: 'tensor', nullable: false, shape: [2, 2] },
  ],
  outputs: [{ name: 'y', type: 'number', graphOutput: 'y', element: 'float32' }],
  graph: {
    inputs: [
      { name: 'features', element: 'float32', columns: ['hour', 'distance', 'late', 'origin'], rank: 2 },
      { name: 'texts', element: 'string', columns: ['constructor', 'origin'], rank: 2 },
      { name: 'seats', element: 'int64', columns: ['seats'], rank: 1 },
      { name: 'image', element: 'float32', columns: ['pixels'], rank: 3 },
    ],
  },
}
const GOOD = {
  hour: 9,
  distance: 590.5,
  late: true,
  origin: 'SFO',
  constructor: 'Boeing',
  seats: 180,
  pixels: [
    [1, 2],
    [3, 4],
  ],
}

/** Writes one instance to row 1 of a batch of two. */
function check(instance: unknown, rules: InputRules = {}) {
  const layout = createBatchLayout(SIGNATURE)
  const tensors = createBatchTensors(layout, 2)
  const report = createValidationReport()
  createRequestValidator(SIGNATURE, layout, createInputPolicies(rules)).write([instance], 0, 1, tensors, 1, report)
  const [features, texts, seats, image] = tensors.data.map((data) =>
    Array.from(data.slice(data.length / 2) as ArrayLike<unknown>),
  )
  return { report, features, texts, seats, image, shapes: tensors.tensors(2).map(({ dims }) => dims) }
}
const problemOf = (change: object, rules?: InputRules) => {
  const { report } = check({ ...GOOD, ...change }, rules)
  expect(report.problemCount).toBe(1)
  return report.problems[0]!
}

test('good values go to their places in the tensors', () => {
  const { report, features, texts, seats, image, shapes } = check(GOOD)
  expect(report.problems).toEqual([])
  expect(features).toEqual([9, 590.5, 1, 2])
  expect(texts).toEqual(['Boeing', 'SFO'])
  expect(seats).toEqual([180n])
  expect(image).toEqual([1, 2, 3, 4])
  expect(shapes).toEqual([[2, 4], [2, 2], [2], [2, 2, 2]])
})

test('what may be missing is missing, even where its name is one that every object inherits', () => {
  const { distance: _, constructor: __, ...rest } = GOOD
  for (const instance of [rest, { ...rest, distance: null, constructor: null }]) {
    const { report, features, texts } = check(instance)
    expect(report.problemCount).toBe(0)
    expect(features![1]).toBeNaN()
    expect(texts![0]).toBe('')
  }
})

test.each([
  [{ hour: 'nine' }, 'WRONG_TYPE', /instances\[0\]\.hour: expected an integer, got "nine"/],
  [{ hour: '9' }, 'WRONG_TYPE', /without quotation marks/],
  [{ hour: 'NaN' }, 'WRONG_TYPE', /null, or left out/],
  [{ hour: 9.5 }, 'NOT_AN_INTEGER', /got 9.5/],
  [{ hour: JSON.parse('1e400') as number }, 'NOT_FINITE', /got Infinity/],
  [{ distance: JSON.parse('-1e999') as number }, 'NOT_FINITE', /got -Infinity/],
  [{ distance: 1e300 }, 'NUMBER_TOO_LARGE', /cannot hold/],
  [{ seats: 2 ** 53 }, 'NUMBER_TOO_LARGE', /cannot hold/],
  [{ hour: null }, 'MISSING', /got nothing/],
  [{ hour: [9] }, 'WRONG_TYPE', /got a list of 1/],
  [{ late: 1 }, 'WRONG_TYPE', /expected true or false, got 1; send true or false/],
  [{ origin: 7 }, 'WRONG_TYPE', /in quotation marks/],
  [{ origin: 'SF0' }, 'UNKNOWN_CATEGORY', /one of "ATL", "LAS", "SFO", got "SF0"; did you mean "SFO"\?/],
  [{ pixels: [[1, 2]] }, 'WRONG_SHAPE', /a list of 2, got a list of 1/],
  [
    {
      pixels: [
        [1, 2],
        [3, '4'],
      ],
    },
    'WRONG_TYPE',
    /pixels\[1\]\[1\]: expected a finite number/,
  ],
  [{ seats: null }, 'MISSING', /expected an integer, got nothing/],
  [{ distnce: 1 }, 'UNKNOWN_FIELD', /did you mean "distance"\?/],
  [JSON.parse('{"__proto__":{"hour":1}}') as object, 'UNKNOWN_FIELD', /__proto__/],
])('%j is refused with its path, what was expected and what came', (change, code, message) => {
  const own = Object.defineProperties({ ...GOOD }, Object.getOwnPropertyDescriptors(change))
  const { report } = check(own)
  expect(report.problems.map((problem) => [problem.code, problem.message])).toEqual([[code, expect.stringMatching(message)]])
  expect(({} as { hour?: number }).hour).toBeUndefined()
})

test('a range of the contract refuses, replaces or flags, as its policy says', () => {
  const rules = (onInvalid: 'reject' | 'impute' | 'flag', impute?: number): InputRules => ({
    inputs: { hour: { min: 0, max: 23, 'on-invalid': onInvalid, ...(impute === undefined ? {} : { impute }) } },
  })
  expect(problemOf({ hour: 24 }, rules('reject')).message).toBe('instances[0].hour: expected an integer from 0 to 23, got 24')
  const flagged = check({ ...GOOD, hour: 24 }, rules('flag'))
  expect([flagged.features![0], flagged.report.flags?.get(0)]).toEqual([
    24,
    [{ field: 'hour', code: 'OUT_OF_RANGE', message: 'expected an integer from 0 to 23, got 24; used as it is' }],
  ])
  const imputed = check({ ...GOOD, hour: -1 }, rules('impute', 12))
  expect([imputed.features![0], imputed.report.flags?.get(0)?.[0]?.message]).toEqual([
    12,
    'expected an integer from 0 to 23, got -1; taken as 12',
  ])
  expect(check({ ...GOOD, hour: -1 }, rules('impute')).features![0]).toBeNaN()
})

test('an unknown category refuses, is replaced, or becomes missing with a flag; a wrong type is refused all the same', () => {
  const policy = (onInvalid: 'impute' | 'flag', impute?: string): InputRules => ({
    inputs: { origin: { 'on-invalid': onInvalid, ...(impute === undefined ? {} : { impute }) } },
  })
  const flagged = check({ ...GOOD, origin: 'XXX' }, policy('flag'))
  expect(flagged.features![3]).toBeNaN()
  expect(flagged.report.flags?.get(0)?.[0]).toMatchObject({ field: 'origin', code: 'UNKNOWN_CATEGORY' })
  const imputed = check({ ...GOOD, origin: 'XXX' }, policy('impute', 'LAS'))
  expect([imputed.features![3], imputed.texts![1]]).toEqual([1, 'LAS'])
  expect(problemOf({ origin: 5 }, policy('flag')).code).toBe('WRONG_TYPE')
})

test('a policy for the whole contract counts where an input has none', () => {
  const rules: InputRules = { serving: { 'on-invalid': 'flag' }, inputs: { hour: { max: 23, 'on-invalid': 'reject' } } }
  expect(problemOf({ hour: 30 }, rules).code).toBe('OUT_OF_RANGE')
  expect(check({ ...GOOD, origin: 'XXX' }, rules).report.problemCount).toBe(0)
})

test('a value that the tensor cannot leave out is refused even where the contract would only flag it', () => {
  expect(problemOf({ seats: null }, { serving: { 'on-invalid': 'flag' } }).code).toBe('MISSING')
  const filled = check({ ...GOOD, seats: null }, { inputs: { seats: { 'on-invalid': 'impute', impute: 100 } } })
  expect(filled.seats).toEqual([100n])
})

test('up to twenty problems are told together, and all are counted', () => {
  const report = createValidationReport()
  const layout = createBatchLayout(SIGNATURE)
  const validator = createRequestValidator(SIGNATURE, layout, createInputPolicies())
  validator.write(
    Array.from({ length: 30 }, () => ({})),
    0,
    30,
    createBatchTensors(layout, 30),
    0,
    report,
  )
  expect([report.problems.length, report.problemCount]).toEqual([20, 150])
  expect(check(7).report.problems[0]?.message).toBe('instances[0]: expected an object with the inputs by name, got 7')
})

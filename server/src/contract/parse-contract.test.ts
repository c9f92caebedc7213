import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { contractDigest } from './contract.ts'
import { ContractInvalid, type ContractProblem } from './errors.ts'
import { parseContract } from './parse-contract.ts'

const FLIGHTS = readFileSync(path.resolve(import.meta.dirname, '../../../examples/flight-delay/seaworthy.yaml'), 'utf8')

function problemsOf(text: string): readonly ContractProblem[] {
  try {
    parseContract(text)
  } catch (error) {
    if (error instanceof ContractInvalid) return error.details.problems
    throw error
  }
  throw new Error('the contract was accepted')
}

test('the contract of the example is valid, and its digest is that of what it says', () => {
  const contract = parseContract(FLIGHTS)
  expect(contract.inputs['hour']).toEqual({ type: 'integer', min: 0, max: 23 })
  expect(contractDigest(contract)).toBe(contractDigest(parseContract(`# a comment\n${FLIGHTS}`)))
  expect(contractDigest(contract)).not.toBe(contractDigest(parseContract(FLIGHTS.replace('max: 23', 'max: 24'))))
})

test('a name alone is a contract; everything else has a default', () => {
  expect(parseContract('name: churn')).toMatchObject({
    serving: { mode: 'realtime', target: 'local', 'on-invalid': 'reject' },
    sufficient: { explain: 'optional' },
  })
})

test('a misspelt key is told with line, column and the key that was meant', () => {
  const [problem] = problemsOf('name: x\nservng:\n  mode: batch\n')
  expect(problem).toEqual({ line: 2, column: 1, path: 'servng', message: 'there is no key "servng"; did you mean "serving"?' })
})

test('a misspelt value is told with the value that was meant, and its place', () => {
  expect(problemsOf('name: x\nserving: { mode: realtme }')).toEqual([
    { line: 2, column: 18, path: 'serving.mode', message: 'expected one of realtime, batch, stream; did you mean "realtime"?' },
  ])
})

test('all problems are told together, in the order of the file', () => {
  const problems = problemsOf(
    'name: X y\ninputs:\n  a: { type: number, min: 3, max: 1 }\n  b: { type: text, min: 1 }\nmaintenance: { review-by: soon }',
  )
  expect(problems.map((problem) => [problem.line, problem.path])).toEqual([
    [1, 'name'],
    [3, 'inputs.a.max'],
    [4, 'inputs.b.min'],
    [5, 'maintenance.review-by'],
  ])
})

test('the message shows the line with a mark, as compilers do', () => {
  expect(() => parseContract('name: x\nserving: { mode: realtme }', 'seaworthy.yaml')).toThrow(
    '2 | serving: { mode: realtme }\n  |                  ^',
  )
})

test.each([
  ['impute without a value', 'name: x\ninputs: { a: { type: number, on-invalid: impute } }', /impute needs a value/],
  ['an imputed value of another type', 'name: x\ninputs: { a: { type: integer, impute: 1.5 } }', /1\.5 is no integer/],
  ['an imputed value out of range', 'name: x\ninputs: { a: { type: number, max: 5, impute: 9 } }', /above max/],
  ['a bound without an end', 'name: x\noutcome: { name: y }\nsufficient: { quality: { roc-auc: {} } }', /min, max or both/],
  ['quality without an outcome', 'name: x\nsufficient: { quality: { roc-auc: { min: 0.5 } } }', /without an outcome/],
  ['a latency without a percentile', 'name: x\nsufficient: { latency: { at-requests-per-second: 5 } }', /percentile/],
  ['a release that ends early', 'name: x\nmaintenance: { release: { steps: [canary 10%] } }', /last step is full/],
  ['a canary of nothing', 'name: x\nmaintenance: { release: { steps: [canary 0%, full] } }', /a step is "shadow 10%"/],
  ['a step that never ends', 'name: x\nmaintenance: { release: { step-duration: 0s } }', /whole number and a unit/],
  ['a wrong duration', 'name: x\nmonitoring: { window: 1 hour }', /whole number and a unit/],
  [
    'windows without a twin in another week',
    'name: x\nmonitoring: { window: 5h, drift: { reference: same_hour_of_week } }',
    /no whole number of these windows/,
  ],
  ['a detector that there is not', 'name: x\nmonitoring: { errors: { detector: cusum } }', /one of hddm-a, adwin/],
  ['a key that is there twice', 'name: x\nname: y', /twice/],
  ['an alias', 'name: &a x\npurpose: *a', /anchors and aliases/],
  ['a tag', 'name: !run "x"', /tag/],
  ['a prototype key', 'name: x\n__proto__: { purpose: y }', /there is no key "__proto__"/],
  ['an empty file', '', /name is needed/],
  ['a list', '- a', /expected/i],
  ['broken YAML', 'name: [x', /\]/],
  ['a huge file', `name: x # ${'y'.repeat(300_000)}`, /larger/],
])('%s is refused', (_, text, said) => {
  expect(
    problemsOf(text)
      .map(({ message }) => message)
      .join('\n'),
  ).toMatch(said)
})

test('a nest of a thousand aliases costs nothing', () => {
  const bomb = `a0: &a0 [x]\n${Array.from({ length: 50 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`).join('\n')}`
  expect(problemsOf(bomb).length).toBeGreaterThan(0)
})

test.each([
  ['brackets', `name: x\npurpose: ${'['.repeat(10_000)}`, 2],
  ['maps', `name: x\npurpose: ${'{a: '.repeat(10_000)}`, 2],
  ['dashes', `name: x\npurpose:\n${'- '.repeat(10_000)}`, 3],
  ['closed brackets', `name: x\npurpose: ${'['.repeat(10_000)}${']'.repeat(10_000)}`, 2],
])('ten thousand %s inside each other are one problem, and told where', (_, text, line) => {
  expect(problemsOf(text)).toEqual([expect.objectContaining({ line, message: 'it nests more than 100 deep' })])
})

test('indentation as deep as the size allows is refused without a fall of the parser', () => {
  const steps = Array.from({ length: 600 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')
  expect(problemsOf(steps).map(({ message }) => message)).toEqual(expect.arrayContaining([expect.stringMatching(/no key "a"/)]))
})

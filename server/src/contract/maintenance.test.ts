import { expect, test } from 'vitest'
import { ContractInvalid } from './errors.ts'
import { parseContract } from './parse-contract.ts'
import { spanMs } from './span.ts'

const maintenanceOf = (text: string) => parseContract(`name: x\nmaintenance: { ${text} }`).maintenance
function problemOf(text: string) {
  try {
    maintenanceOf(text)
  } catch (error) {
    if (error instanceof ContractInvalid) return error.details.problems[0]
    throw error
  }
  throw new Error('the contract was accepted')
}

test('a span of the journal is "last" and a duration', () => {
  const { train, compare } = maintenanceOf('train: { command: x, data: last 60d }, compare: { on: last 36h, require: y }')
  expect([spanMs(train!.data!), spanMs(compare!.on)]).toEqual([60 * 86_400_000, 36 * 3_600_000])
})

test.each([
  ['train: { command: x, data: 60d }', 'maintenance.train.data', /"last" and a duration/],
  ['train: { command: x, data: last 0d }', 'maintenance.train.data', /"last" and a duration/],
  ['train: { command: x, data: last 60 d }', 'maintenance.train.data', /"last" and a duration/],
  ['compare: { on: the last days, require: x }', 'maintenance.compare.on', /last 14d, or evaluation/],
  [
    'train: { command: x, data: last 14d }, compare: { on: last 2w, require: x }',
    'maintenance.train.data',
    /last 2w\) is kept back from training, and nothing is left/,
  ],
  ['retrain: { every: 30d }', 'maintenance.retrain', /add maintenance.train/],
  ['retrain: { every: 30d }, train: { command: x }', 'maintenance.train', /add data/],
  [
    'train: { command: x, data: last 9d }, retrain: { on: [novelty] }',
    'maintenance.retrain.on.0',
    /drift, quality, webhook or a count/,
  ],
])('%s is refused at %s', (text, path, message) => {
  expect(problemOf(text)).toMatchObject({ path, message: expect.stringMatching(message) })
})

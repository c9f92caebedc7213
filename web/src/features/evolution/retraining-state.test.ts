import type { Retraining } from '@seaworthy/api/retraining'
import { expect, test } from 'vitest'
import { placeOf, shownRetraining, STAGES } from './retraining-state.ts'

const begun: Retraining = {
  ...{ id: 'r', deployment: 'gate', model: 'gate', state: 'waiting', trigger: 'manual', reason: 'asked', numbers: {} },
  ...{ champion: 1, explanation: [], createdAt: 0, createdBy: 'ada' },
}
const placesOf = (retraining: Parameters<typeof placeOf>[1]) => STAGES.map((stage) => placeOf(stage, retraining))

test('stages before the one that runs are over, those behind it are to come', () => {
  expect(placesOf(begun)).toEqual(STAGES.map(() => 'to come'))
  expect(placesOf({ ...begun, state: 'training-scratch' })).toEqual(['over', 'over', 'now', 'to come', 'to come', 'to come'])
})

test('what a retraining that failed left behind says where it ended', () => {
  const warm = { run: 'r-warm', version: 2 }
  const training = { from: 0, to: 1, asOf: 1, predictions: 9, withoutOutcome: 0, withoutInputs: 0, notSampled: 0, rows: 9 }
  expect(placesOf({ ...begun, state: 'failed', training, warm })).toEqual([
    ...['over', 'over', 'ended here'],
    ...['not needed', 'not needed', 'not needed'],
  ])
})

test('a champion that was kept needed no check and no release', () => {
  const kept = { ...begun, state: 'done' as const, decision: 'kept' as const, comparison: {} }
  expect(placesOf(kept).slice(3)).toEqual(['over', 'not needed', 'not needed'])
  expect(shownRetraining(kept)).toEqual(['quiet', 'champion kept'])
})

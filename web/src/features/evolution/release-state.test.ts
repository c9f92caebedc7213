import type { ReleaseDetail } from '@seaworthy/api/release'
import { expect, test } from 'vitest'
import { decisionOf } from './release-state.ts'

type Step = ReleaseDetail['progress'][number]
const releaseAt = (step: Partial<Step>): ReleaseDetail => ({
  ...{ id: 'r', deployment: 'gate', model: 'trees', version: 2, champion: 1, state: 'running', step: 0 },
  ...{ steps: ['canary 10%', 'full'], contractDigest: '0'.repeat(64), approvalsNeeded: 0, approvals: [] },
  ...{ createdAt: 0, createdBy: 'kim', updatedAt: 0, stepMs: 600_000, stepRequestsMin: 500 },
  progress: [{ step: 'canary 10%', startedAt: 1_000_000, countedFrom: 1_000_000, ...step }],
})
const seen = (at: number, challengerRequests: number): Step['analysis'] => ({
  ...{ at, challengerRequests, championRequests: 0, droppedCopies: 0, measures: [], verdict: 'open', sentence: '' },
})

test('a step is decided at the latest when its time is over and its requests have been seen, at the rate so far', () => {
  expect(decisionOf(releaseAt({ analysis: seen(1_060_000, 100) }))).toEqual({
    ...{ dueAt: 1_600_000, requestsSeen: 100, requestsMin: 500, requestsDueAt: 1_300_000 },
  })
})

test('its time counts from when it was resumed, and nothing is foretold of requests before the first', () => {
  const resumed = releaseAt({ countedFrom: 1_200_000, analysis: seen(1_300_000, 0) })
  expect(decisionOf(resumed)).toMatchObject({ dueAt: 1_800_000, requestsDueAt: undefined })
})

test('a step that is held, or over, is not decided by time', () => {
  expect(decisionOf({ ...releaseAt({}), state: 'holding' })).toBeUndefined()
  expect(decisionOf(releaseAt({ endedAt: 1_100_000 }))).toBeUndefined()
})

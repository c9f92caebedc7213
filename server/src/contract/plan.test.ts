import { expect, test } from 'vitest'
import { draftContract } from './draft.ts'
import { parseContract } from './parse-contract.ts'
import { CLOUDS, DATA_MAY_GO, NEEDED, type PlanAnswers, planFor } from './plan.ts'

const someone: PlanAnswers = { needed: 'on-request', perDay: 100_000, latencyMs: 50, dataMayGo: 'own-network' }

test.each([
  [{}, 'realtime', 'container'],
  [{ needed: 'on-a-schedule' }, 'batch', 'container'],
  [{ needed: 'on-each-event' }, 'stream', 'kubernetes'],
  [{ latencyMs: 3_600_000 }, 'batch', 'container'],
  [{ dataMayGo: 'this-machine' }, 'realtime', 'local'],
  [{ dataMayGo: 'device' }, 'realtime', 'edge'],
  [{ dataMayGo: 'cloud', cloud: 'aws' }, 'realtime', 'sagemaker'],
  [{ dataMayGo: 'cloud', cloud: 'google' }, 'realtime', 'vertex'],
  [{ dataMayGo: 'cloud', cloud: 'azure' }, 'realtime', 'azureml'],
  [{ dataMayGo: 'cloud', cloud: 'aws', latencyMs: 5 }, 'realtime', 'container'],
  [{ perDay: 100_000_000 }, 'realtime', 'kubernetes'],
] as const)('%j is %s on %s', (change, mode, target) => {
  const plan = planFor({ ...someone, ...change })
  expect([plan.mode, plan.target]).toEqual([mode, target])
  expect(plan.modeReasons.length * plan.targetReasons.length).toBeGreaterThan(0)
})

test('reasons cite the numbers that were given', () => {
  expect(planFor(someone).modeReasons.join()).toContain('50 ms')
  expect(planFor(someone).targetReasons.join()).toContain('about 6 a second')
})

test('answers that do not go together are told', () => {
  expect(planFor({ ...someone, dataMayGo: 'cloud', cloud: 'aws', latencyMs: 5 }).warnings.join()).toContain('5 ms')
  expect(planFor({ ...someone, needed: 'on-a-schedule' }).warnings).toHaveLength(1)
  expect(planFor(someone).warnings).toEqual([])
})

test('every draft is a valid contract that says what was decided', () => {
  for (const needed of NEEDED)
    for (const dataMayGo of DATA_MAY_GO)
      for (const cloud of CLOUDS) {
        const answers = { ...someone, needed, dataMayGo, cloud }
        const plan = planFor(answers)
        const contract = parseContract(draftContract({ name: 'churn', purpose: 'Who "leaves": # and why', answers, plan }))
        expect(contract).toMatchObject({
          name: 'churn',
          purpose: 'Who "leaves": # and why',
          serving: { mode: plan.mode, target: plan.target },
        })
      }
})

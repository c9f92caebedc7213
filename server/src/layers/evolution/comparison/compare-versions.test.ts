import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRegisteredModels } from '../../../../test/fixtures/registered-models.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import { createJournalWindows } from '../../operations/index.ts'
import { createRetrainingRepository } from '../retraining/retraining-repository.ts'
import { compareJob, type CompareServices } from './compare.job.ts'
import { comparisonText } from './comparison-text.ts'

const CONTRACT = `name: trees
outcome: { name: late }
sufficient: { slices: { by: [origin], min-rows: 300, roc-auc: { min: 0.5 } } }
maintenance: { compare: { on: evaluation, require: better-with-95%-confidence } }
`
let models: Awaited<ReturnType<typeof openRegisteredModels>>
let services: CompareServices
beforeAll(async () => {
  models = await openRegisteredModels()
  for (const seed of [1, 2, 1]) await models.push({ seed, contract: CONTRACT, environment: { seed, copy: Math.random() } })
  const { registry, blobs, sqlEngine, tempFolder, clock, serving } = models.services
  const audit = { append: async () => {} }
  services = {
    ...{ registry, blobs, sqlEngine, tempFolder, clock, serving },
    windows: createJournalWindows({ folder: models.folder, engine: sqlEngine }),
    retrainings: createRetrainingRepository({ db: models.db, clock, audit }),
  }
})
afterAll(() => models.close())

const pin = async (rows: number, version: number) => {
  const { digest, name } = await models.putFlights(rows, version)
  await models.services.registry.pinSnapshot(
    { digest, purpose: 'evaluation', model: 'trees', rows, source: name },
    { actor: 'kim' },
  )
  return digest
}
const compare = (challengers: number[], more: Partial<Parameters<typeof compareJob.run>[0]['input']> = {}) =>
  compareJob.run(
    {
      jobId: 'j',
      input: { model: 'trees', champion: 1, challengers, on: 'evaluation', ...more },
      resumeFrom: undefined,
      signal: new AbortController().signal,
      progress: async () => {},
    },
    services,
  )

test('the version that says what happens is promoted, with its numbers for each metric and slice', async () => {
  const digest = await pin(4_000, 2)
  const { report, text } = await compare([2])
  expect(report).toMatchObject({
    champion: 1,
    rows: { digest, compared: 4_000, withoutOutcome: 0 },
    decision: { verdict: 'promote', winner: 2 },
    versions: [{ name: 'trees@1 (champion)', rowsUnanswered: 0 }, { name: 'trees@2' }],
  })
  const [challenger] = report.challengers
  expect(challenger).toMatchObject({ slicesCompared: 4, slices: [{}, {}, {}, {}] })
  expect(challenger!.metrics.map(({ metric }) => metric)).toEqual(['roc-auc', 'log-loss', 'calibration-error'])
  expect(text.join('\n')).toMatch(
    /trees@1 \(champion\) +trees@2\n +roc-auc +0\.\d+ +0\.\d+ +better by [^]*✓ promote: Promote trees@2\./,
  )
})

test('a copy of the champion is not promoted, and neither is a worse version', async () => {
  await pin(3_000, 1)
  const { report } = await compare([2, 3])
  expect(report.decision).toMatchObject({ verdict: 'keep', challengers: [{ verdict: 'keep' }, { verdict: 'keep' }] })
  expect(report.decision.winner).toBeUndefined()
  expect(comparisonText(report).at(-1)).toBe('✗ keep: Keep the champion.')
})

test('a few rows decide nothing', async () => {
  await pin(150, 2)
  const { report } = await compare([3])
  expect(report.decision.verdict).not.toBe('promote')
  await pin(60, 2)
  expect((await compare([2])).report.decision).toMatchObject({
    verdict: 'not-enough-data',
    challengers: [{ reasons: [expect.stringContaining('60 rows with an outcome')] }],
  })
})

test('what cannot be compared says why', async () => {
  await expect(compare([2], { contractText: 'name: trees' })).rejects.toMatchObject({
    code: 'COMPARISON_IMPOSSIBLE',
    message: 'The versions of "trees" cannot be compared: the contract names no outcome.',
  })
  const rule = CONTRACT.replace('better-with-95%-confidence', 'much-better')
  await expect(compare([2], { contractText: rule })).rejects.toMatchObject({ code: 'COMPARISON_RULE_INVALID' })
  await expect(compare([9])).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' })
  await expect(compare([2], { on: 'last 14d' })).rejects.toThrow('the journal of "trees" has no row with an outcome there')
  expect(parseContract(CONTRACT).maintenance.compare?.on).toBe('evaluation')
})

test('rows that a version was trained on are no evidence', async () => {
  const digest = await pin(500, 2)
  const version = await models.push({ seed: 5, contract: CONTRACT, lineage: { snapshotDigest: digest } })
  await expect(compare([version])).rejects.toThrow(`trees@${version} was trained on the evaluation snapshot`)
})

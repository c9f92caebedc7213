import { expect, test } from 'vitest'
import { createRandom } from '../../../stats/random.ts'
import type { ScoredOutcomes } from '../../operations/index.ts'
import { compareChallengers } from './compare-challengers.ts'
import { type ComparisonRule, parseComparisonRule } from './comparison-rule.ts'

const BETTER = parseComparisonRule('better-with-95%-confidence')
const NOT_WORSE = parseComparisonRule('not-worse-with-95%-confidence')

test('the rule is read from its words', () => {
  expect(BETTER).toEqual({ kind: 'better', confidence: 0.95 })
  expect(NOT_WORSE).toEqual({ kind: 'not-worse', confidence: 0.95 })
  expect(parseComparisonRule('not-worse-by-0.005-with-99.9%-confidence')).toEqual({
    kind: 'not-worse',
    margin: 0.005,
    confidence: expect.closeTo(0.999, 12),
  })
  for (const text of [
    'better',
    'better-with-20%-confidence',
    'better-with-100%-confidence',
    'worse-with-95%-confidence',
    'x'.repeat(9_999),
  ])
    expect(() => parseComparisonRule(text)).toThrow(expect.objectContaining({ code: 'COMPARISON_RULE_INVALID' }))
})

/** Decisions that are right with this probability, at half of the rows another in slice b. */
function versions(seed: number, rows: number) {
  const random = createRandom(seed)
  const truth = Float64Array.from({ length: rows }, () => (random() < 0.5 ? 1 : 0))
  const slices = [0, 1].map((half) => ({
    label: `side = ${'ab'[half]}`,
    places: Int32Array.from({ length: rows / 2 }, (_, i) => i * 2 + half),
  }))
  const luck = truth.map(() => random())
  const version = (a: number, b = a): ScoredOutcomes => ({
    family: 'binary',
    scores: truth.map((y, i) => (luck[i]! * 0.7 + random() * 0.3 < (i % 2 === 0 ? a : b) ? y : 1 - y)),
    outcomes: truth,
  })
  return { version, slices }
}

const compare = async (
  rule: ComparisonRule,
  champion: ScoredOutcomes,
  shares: Record<string, ScoredOutcomes>,
  more = {},
  options = {},
) =>
  (
    await compareChallengers(
      {
        rule,
        champion,
        challengers: Object.entries(shares).map(([name, pairs]) => ({ name, pairs })),
        metrics: ['accuracy'],
        ...more,
      },
      options,
    )
  ).decision

test('a clearly better challenger is promoted, with the numbers that say so', async () => {
  const { version } = versions(1, 4_000)
  const decision = await compare(BETTER, version(0.6), { 'm@2': version(0.7) })
  expect(decision).toMatchObject({ verdict: 'promote', winner: 'm@2', summary: 'Promote m@2.' })
  expect(decision.challengers[0]!.reasons[0]).toMatch(
    /^m@2 has accuracy 0\.\d+ against 0\.\d+ of the champion on 4,000 rows, better by 0\.\d+; .* at 95 %, all of it above 0\.$/,
  )
})

test('a worse one is not, and one that is alike is kept waiting or let go', async () => {
  const { version } = versions(2, 4_000)
  const champion = version(0.65)
  expect(await compare(BETTER, champion, { worse: version(0.55) })).toMatchObject({ verdict: 'keep' })
  expect(await compare(BETTER, champion, { same: champion })).toMatchObject({ verdict: 'keep' })
  // Of 600 rows 40 are right in the challenger alone, and 28 in the champion alone.
  const outcomes = Float64Array.from({ length: 600 }, (_, i) => i % 2)
  const wrongWhere = (isWrong: (i: number) => boolean): ScoredOutcomes => ({
    family: 'binary',
    outcomes,
    scores: outcomes.map((y, i) => (isWrong(i) ? 1 - y : y)),
  })
  const decision = await compare(
    BETTER,
    wrongWhere((i) => i < 40),
    { close: wrongWhere((i) => i >= 572) },
  )
  expect(decision.verdict).toBe('not-enough-data')
  expect(decision.challengers[0]!.reasons[0]).toMatch(/About [\d,]+ rows would settle it/)
  const few = versions(4, 40)
  expect(await compare(BETTER, few.version(0.5), { few: few.version(0.9) })).toMatchObject({
    verdict: 'not-enough-data',
    challengers: [{ reasons: ['few cannot be judged: 40 rows with an outcome; accuracy needs 100.'] }],
  })
})

test('not worse is shown against a loss that would not matter', async () => {
  const { version } = versions(5, 20_000)
  const champion = version(0.65)
  expect(await compare(NOT_WORSE, champion, { same: champion })).toMatchObject({ verdict: 'promote' })
  const wide = parseComparisonRule('not-worse-by-0.05-with-95%-confidence')
  const slightly = version(0.63)
  expect(await compare(wide, champion, { slightly })).toMatchObject({ verdict: 'promote' })
  expect(await compare(parseComparisonRule('not-worse-by-0.001-with-95%-confidence'), champion, { slightly })).toMatchObject({
    verdict: 'keep',
  })
})

test('of several challengers the best that passes goes, each held to a higher confidence', async () => {
  const { version } = versions(6, 6_000)
  const decision = await compare(BETTER, version(0.55), { warm: version(0.65), scratch: version(0.72), bad: version(0.5) })
  expect(decision).toMatchObject({ verdict: 'promote', winner: 'scratch', summary: 'Promote scratch, the best of 2 that may.' })
  expect(decision.challengers.map(({ verdict }) => verdict)).toEqual(['promote', 'promote', 'keep'])
  expect(decision.challengers[0]!.reasons[0]).toContain('at 98.33 %')
})

test('among many challengers that are all alike hardly ever one is promoted', { timeout: 30_000 }, async () => {
  let promoted = 0
  for (let seed = 0; seed < 40; seed++) {
    const { version } = versions(100 + seed, 400)
    const challengers = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`c${i}`, version(0.65)]))
    if ((await compare(BETTER, version(0.65), challengers, {}, { replicates: 500 })).verdict === 'promote') promoted++
  }
  expect(promoted / 40).toBeLessThanOrEqual(0.05)
})

test('harm in one slice keeps the champion, however good the average', async () => {
  const { version, slices } = versions(7, 6_000)
  const decision = await compare(BETTER, version(0.6, 0.7), { skewed: version(0.85, 0.6) }, { slices })
  expect(decision).toMatchObject({ verdict: 'keep' })
  expect(decision.challengers[0]!.reasons[1]).toMatch(
    /^But it is worse where side = b \(0\.\d+ against 0\.\d+ on 3,000 rows, adjusted p /,
  )
  expect(await compare(BETTER, version(0.6), { even: version(0.7) }, { slices })).toMatchObject({ verdict: 'promote' })
})

test('another metric that surely fell is told, and decides nothing', async () => {
  const { version } = versions(8, 4_000)
  const champion = version(0.6)
  const better = version(0.7)
  const cautious = {
    ...better,
    scores: (better as { scores: Float64Array }).scores.map((p) => 0.5 + (p - 0.5) * 0.01),
  } as ScoredOutcomes
  const soft = {
    ...champion,
    scores: (champion as { scores: Float64Array }).scores.map((p) => 0.5 + (p - 0.5) * 0.5),
  } as ScoredOutcomes
  const decision = await compare(BETTER, soft, { cautious }, { metrics: ['accuracy', 'log-loss', 'brier-score'] })
  expect(decision.verdict).toBe('promote')
  expect(decision.challengers[0]!.reasons.join(' ')).not.toContain('undefined')
  const over = await compare(BETTER, soft, { better }, { metrics: ['accuracy', 'log-loss'] })
  expect(over.challengers[0]!.reasons).toContainEqual(expect.stringMatching(/^Note that log-loss is worse: /))
})

import { describe, expect, test } from 'vitest'
import { createRandom } from '../../../stats/random.ts'
import { LATENCY_BOUNDS_MS } from '../../serving/data-plane.ts'
import type { ArmCounts, EvidenceRow } from './release-evidence.ts'
import { rowLoss } from './row-loss.ts'
import { analyseStep, type StepEvidence } from './step-analysis.ts'

/** Answers of `ms`, unless told otherwise. */
const armOf = (requests: number, more: Partial<ArmCounts> = {}, ms = 1): ArmCounts => {
  const latencies = Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, () => 0)
  latencies[LATENCY_BOUNDS_MS.findIndex((bound) => bound >= ms)] = requests
  return { requests, failures: 0, invalid: 0, dropped: 0, rows: requests, flagged: 0, latencies, ...more }
}
const none = { champion: [], challenger: [] }
const output = { name: 'late', type: 'probability' }
const look = (more: Partial<StepEvidence>) =>
  analyseStep({ at: 0, isShadow: false, output, rows: none, arms: { champion: armOf(0), challenger: armOf(0) }, ...more })
const verdictOf = (more: Partial<StepEvidence>, measure: string) =>
  look(more).measures.find((one) => one.measure === measure)?.verdict

describe('guards', () => {
  test('no traffic is not enough data, and neither good nor bad', () => {
    const analysis = look({})
    expect(analysis).toMatchObject({ verdict: 'open', isUnlike: false })
    expect(new Set(analysis.measures.map(({ verdict }) => verdict))).toEqual(new Set(['not-enough-data']))
    expect(analysis.sentence).toMatch(/nothing is known about quality/)
  })

  test('without outcomes even perfect traffic is no win', () => {
    expect(look({ arms: { champion: armOf(50_000), challenger: armOf(50_000) } })).toMatchObject({ verdict: 'open' })
  })

  test('a version that fails is a loss, also before there is enough for a test', () => {
    const broken = look({ arms: { champion: armOf(300), challenger: armOf(25, { failures: 24 }) } })
    expect(broken).toMatchObject({ verdict: 'loss', sentence: expect.stringMatching(/24 of 25 requests failed/) })
    const leaking = look({ arms: { champion: armOf(9_000), challenger: armOf(1_000, { failures: 40 }) } })
    expect(leaking.verdict).toBe('loss')
  })

  test('what fails for both is nobody’s loss: the champion of the same time is the measure', () => {
    const arms = { champion: armOf(2_000, { failures: 600 }), challenger: armOf(500, { failures: 150 }) }
    expect(verdictOf({ arms }, 'failures')).toBe('no-difference-seen')
  })

  test('refusals and flags count against a version only beyond what matters', () => {
    const champion = armOf(10_000, { invalid: 100, flagged: 500 })
    const arms = { champion, challenger: armOf(2_000, { invalid: 120, flagged: 130 }) }
    expect(verdictOf({ arms }, 'invalid')).toBe('worse')
    expect(verdictOf({ arms }, 'flagged')).toBe('no-difference-seen')
  })

  test('slow is what is beyond the contract, else beyond twice what the champion takes', () => {
    const arms = { champion: armOf(2_000, {}, 2), challenger: armOf(500, {}, 30) }
    expect(verdictOf({ arms }, 'latency')).toBe('worse')
    expect(verdictOf({ arms, latencyMsMax: 50 }, 'latency')).toBe('no-difference-seen')
    expect(verdictOf({ arms, isShadow: true }, 'latency')).toBeUndefined()
    expect(look({ arms }).measures.find(({ measure }) => measure === 'latency')?.slowMs).toBeCloseTo(6.31, 2)
  })
})

describe('predictions and outcomes', () => {
  /** Rows whose outcome comes true as often as `said` says; `flip` turns the version upside down. */
  const rowsOf = (count: number, seed: number, { flip = false, shift = 0, outcomes = true } = {}): EvidenceRow[] => {
    const random = createRandom(seed)
    return Array.from({ length: count }, (_, i) => {
      const truth = 0.1 + 0.8 * random()
      const late = Math.min(1, Math.max(0, (flip ? 1 - truth : truth) + shift))
      return { id: `p${i}`, output: { late }, ...(outcomes ? { outcome: random() < truth ? 1 : 0 } : {}) }
    })
  }
  const arms = { champion: armOf(2_000), challenger: armOf(500) }

  test('a version that says the opposite loses by its outcomes', () => {
    const rows = { champion: rowsOf(2_000, 1), challenger: rowsOf(500, 2, { flip: true }) }
    expect(look({ arms, rows })).toMatchObject({ verdict: 'loss', sentence: expect.stringMatching(/mean loss/) })
  })

  test('a version that knows more wins by its outcomes, and never by guards alone', () => {
    const rows = { champion: rowsOf(2_000, 1, { flip: true }), challenger: rowsOf(500, 2) }
    expect(look({ arms, rows })).toMatchObject({ verdict: 'win' })
    expect(look({ rows })).toMatchObject({ verdict: 'open' })
  })

  test('one that is as good stays open', () => {
    const rows = { champion: rowsOf(2_000, 1), challenger: rowsOf(500, 2) }
    expect(look({ arms, rows })).toMatchObject({
      verdict: 'open',
      isUnlike: false,
      sentence: expect.stringMatching(/no difference/),
    })
  })

  test('a shadow is judged on the outcomes of the originals, row by row', () => {
    const champion = rowsOf(400, 1)
    const challenger = champion.map(({ id, output: { late } }) => ({ id, output: { late: 1 - Number(late) } }))
    const analysis = look({ arms, isShadow: true, rows: { champion, challenger } })
    expect(analysis.verdict).toBe('loss')
    expect(analysis.measures.at(-1)).toMatchObject({ measure: 'quality', championRows: 400, challengerRows: 400 })
  })

  test('predictions that lie far apart are unlike, which is no loss', () => {
    const rows = { champion: rowsOf(400, 1, { outcomes: false }), challenger: rowsOf(400, 2, { outcomes: false, shift: 0.5 }) }
    expect(look({ arms, rows })).toMatchObject({ verdict: 'open', isUnlike: true })
    const few = { champion: rows.champion, challenger: rows.challenger.slice(0, 100) }
    expect(verdictOf({ arms, rows: few }, 'predictions')).toBe('not-enough-data')
  })

  test('looked at after every few rows, a version that is as good is stopped at most once in twenty times', () => {
    let stopped = 0
    for (let seed = 0; seed < 60; seed++) {
      const [champion, challenger] = [rowsOf(1_500, 2 * seed + 1), rowsOf(1_500, 2 * seed + 2)]
      for (let count = 100; count <= 1_500; count += 100) {
        const rows = { champion: champion.slice(0, count), challenger: challenger.slice(0, count) }
        if (look({ arms, rows }).verdict !== 'loss') continue
        stopped += 1
        break
      }
    }
    expect(stopped).toBeLessThanOrEqual(3)
  })
})

test.each([
  [{ name: 'y', type: 'probability' }, { y: 0.8 }, true, 0.04],
  [{ name: 'y', type: 'probability', classes: ['stay', 'go'] }, { y: 0.8 }, 'stay', 0.64],
  [{ name: 'y', type: 'boolean' }, { y: true }, 0, 1],
  [{ name: 'y', type: 'probabilities', classes: ['a', 'b'] }, { y: { a: 0.3, b: 0.7 } }, 'b', 0.09],
  [{ name: 'y', type: 'probabilities', classes: ['a', 'b'] }, { y: [0.3, 0.7] }, 'a', 0.49],
  [{ name: 'y', type: 'category' }, { y: 'a' }, 'b', 1],
  [{ name: 'y', type: 'number' }, { y: 3 }, 5, 4],
  [{ name: 'y', type: 'number' }, { y: 3 }, 'five', undefined],
  [{ name: 'y', type: 'probability' }, { y: 0.8 }, 'maybe', undefined],
  [{ name: 'y', type: 'probability' }, {}, 1, undefined],
  [{ name: 'y', type: 'tensor' }, { y: [1] }, 1, undefined],
] as const)('the loss of %j saying %j when %j happened is %j', (field, outputs, outcome, loss) => {
  const found = rowLoss(field, outputs, outcome)
  if (loss === undefined) expect(found).toBeUndefined()
  else expect(found).toBeCloseTo(loss, 12)
})

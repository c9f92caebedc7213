import { expect, test } from 'vitest'
import type { CheckReport, GateResult } from './check.ts'
import { checkText, shortcomingsOf } from './check-text.ts'

const gate = (more: Partial<GateResult>): GateResult => ({
  ...{ gate: 'quality', path: 'sufficient.quality.roc-auc', measured: 'roc-auc', verdict: 'pass', explanation: 'Because.' },
  ...more,
})
const report = (...gates: GateResult[]): CheckReport => ({
  ...{ format: 'seaworthy-check/1', id: 'c1', model: 'delay', version: 3, versionDigest: 'd', contractDigest: 'c' },
  ...{ snapshotDigest: 's', snapshotRows: 120_000, verdict: 'fail', gates, machine: {}, createdAt: 0, createdBy: 'kim' },
})

test('a report is a line a result, with its sign first and columns that stand below each other', () => {
  const lines = checkText(
    report(
      gate({ value: 0.64321, interval: [0.63, 0.65], bound: { min: 0.62 }, rows: 120_000 }),
      gate({ gate: 'latency', measured: 'p99 at 200 requests/s', verdict: 'fail', value: 31, bound: { max: 20 }, unit: 'ms' }),
      gate({ gate: 'explain', measured: 'slowest explanation', verdict: 'not-enough-data', explanation: 'No rows.' }),
    ),
  )
  expect(lines).toEqual([
    'delay@3, on 120,000 rows',
    '  ✓ quality  roc-auc                0.6432 [0.63, 0.65]  ≥ 0.62  n=120,000',
    '      Because.',
    '  ✗ latency  p99 at 200 requests/s  31 ms                ≤ 20',
    '      Because.',
    '  ? explain  slowest explanation',
    '      No rows.',
    '✗ fail: it is not good enough. Checked by kim at 1970-01-01T00:00:00.000Z, c1',
  ])
})

test('what is in the data cannot write into the terminal', () => {
  const text = checkText(report(gate({ measured: 'roc-auc where origin = \u001b[2J\nX', explanation: 'Bad \u0007value.' }))).join(
    '\n',
  )
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  expect(text.split('\n')).toHaveLength(4)
})

test('what keeps a version back fits into a sentence', () => {
  const failing = Array.from({ length: 7 }, (_, i) => gate({ verdict: 'fail', measured: `f1 where origin = A${i}` }))
  expect(shortcomingsOf({ gates: [...failing, gate({ verdict: 'not-enough-data', measured: 'mae' }), gate({})] }, 2)).toBe(
    'fail: f1 where origin = A0, f1 where origin = A1 and 5 more; not-enough-data: mae',
  )
})

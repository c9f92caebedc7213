/**
 * Time of one outlier score, the limit being what a request can spare: below a microsecond for a row of ten columns.
 *
 *     node bench/outlier-score.ts
 */
import { createOutlierScore } from '../server/src/layers/operations/anomaly/outlier-score.ts'
import type { Baseline, BaselineColumn, InputField } from '../server/src/layers/model/index.ts'

const LIMIT_NS = 1_000
const ROWS = 10_000
const ROUNDS = 200

const names = Array.from({ length: 10 }, (_, i) => `column-${i}`)
const isText = (i: number) => i % 3 === 2
const categories = Array.from({ length: 300 }, (_, i) => `value ${i}`)
const columns = names.map((name, i): BaselineColumn => {
  const counted = { name, missing: 10, distinct: 1_000 }
  if (isText(i))
    return { ...counted, type: 'text', values: categories.map((value, rank) => [value, 600 - 2 * rank]), rest: 0, length: null }
  const quantiles = Array.from({ length: 21 }, (_, step) => step ** 1.5)
  const about = { nan: 0, infinite: 0, whole: i % 2 === 0, min: 0, max: quantiles[20]!, mean: 30, std: 20 }
  return { ...counted, type: 'number', ...about, quantiles, histogram: { edges: [], counts: [0] } }
})
const baseline: Baseline = { format: 'seaworthy-baseline/1', rows: 100_000, columns }
const inputs = names.map((name, i): InputField => ({ name, type: isText(i) ? 'category' : 'number', nullable: true }))
const { score } = createOutlierScore(baseline, { inputs })
const rows = Array.from({ length: ROWS }, () =>
  Object.fromEntries(
    names.map((name, i) => [name, isText(i) ? categories[Math.floor(Math.random() * 300)]! : Math.random() * 90]),
  ),
)

let best = Number.POSITIVE_INFINITY
let sum = 0
for (let round = 0; round < ROUNDS; round++) {
  const start = performance.now()
  for (const row of rows) sum += score(row)
  best = Math.min(best, ((performance.now() - start) * 1e6) / ROWS)
}
console.log(
  `outlier score of ten columns: ${best.toFixed(0)} ns a row (limit ${LIMIT_NS}), mean score ${(sum / ROWS / ROUNDS).toFixed(2)}`,
)
if (best > LIMIT_NS) process.exitCode = 1

/**
 * What profiling costs. Fills columns with numbers, profiles them in one thread against a baseline of the first rows, and prints
 * values a second beside the fastest that memory allows, which is a plain sum of the same values.
 * Run: node --expose-gc bench/profile.ts [rows] [columns]
 */
import { performance } from 'node:perf_hooks'
import type { Column, Table } from '../server/src/kernel/table.ts'
import {
  createProfile,
  mergeProfiles,
  parseProfile,
  profileReferenceOf,
  profileToJson,
} from '../server/src/layers/operations/index.ts'
import type { Baseline, BaselineColumn } from '../server/src/layers/model/index.ts'
import { createRandom } from '../server/src/stats/random.ts'

const ROWS = Number(process.argv[2] ?? 1_000_000)
const COLUMNS = Number(process.argv[3] ?? 50)
const GOAL_PER_SECOND = 20e6
const GOAL_MEGABYTES = 200

const random = createRandom(1)
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const kinds: readonly (() => number)[] = [
  normal,
  () => Math.exp(3 * normal()),
  () => Math.floor(random() * 24),
  () => (random() < 0.05 ? Number.NaN : 100 * normal() - 30),
  () => Math.floor(1e9 * random()),
]
const nameOf = (i: number) => `c${i}`
const table: Table = {
  rowCount: ROWS,
  columns: new Map(
    Array.from({ length: COLUMNS }, (_, i): [string, Column] => [
      nameOf(i),
      { type: 'number', values: Float64Array.from({ length: ROWS }, kinds[i % kinds.length]!) },
    ]),
  ),
}

/** Twenty bins, from the first ten thousand rows. */
function baselineOf(name: string, column: Column): BaselineColumn {
  if (column.type === 'text') throw new TypeError('this bench has columns of numbers')
  const head = column.values.subarray(0, 10_000)
  const sorted = head.filter((value) => !Number.isNaN(value)).toSorted()
  const [min, max] = [sorted[0]!, sorted.at(-1)!]
  const at = Array.from({ length: 19 }, (_, i) => sorted[Math.floor(((i + 1) / 20) * sorted.length)]!)
  const edges = [...new Set(at)].filter((edge) => edge < max)
  const counts = [...edges, max].map((edge, i) => sorted.filter((x) => x <= edge && x > (edges[i - 1] ?? -Infinity)).length)
  const moments = { mean: null, std: null, quantiles: [], whole: false, nan: 0, infinite: 0 }
  const missing = head.length - sorted.length
  return { name, type: 'number', missing, distinct: new Set(sorted).size, min, max, ...moments, histogram: { edges, counts } }
}
const baseline: Baseline = {
  format: 'seaworthy-baseline/1',
  rows: 10_000,
  columns: Array.from(table.columns, ([name, column]) => baselineOf(name, column)),
}

function secondsOf(work: () => void, times = 3): number {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    work()
    best = Math.min(best, (performance.now() - start) / 1_000)
  }
  return best
}
const line = (name: string, text: string) => process.stdout.write(`${name.padEnd(30)}${text}\n`)
const values = ROWS * COLUMNS
const millions = (seconds: number) => `${(values / seconds / 1e6).toFixed(1)} million values/s`
const used = () => {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1e6
}

/** Kept, so that the sum is not left out as useless. */
let total = 0
const sum = secondsOf(() => {
  for (const column of table.columns.values()) {
    if (column.type === 'text') continue
    let columnSum = 0
    for (let i = 0; i < ROWS; i++) columnSum += column.values[i]!
    total += columnSum
  }
})
const before = used()
const reference = profileReferenceOf(baseline)
const specs = Array.from(table.columns.keys(), (name) => ({ name, type: 'number' as const }))
let profile = createProfile(specs, reference)
const ours = secondsOf(() => {
  profile = createProfile(specs, reference)
  profile.addTable(table)
})
const megabytes = used() - before
const bare = secondsOf(() => createProfile(specs).addTable(table))

const LIVE = Math.min(ROWS, 20_000)
const instances = Array.from({ length: LIVE }, (_, row) =>
  Object.fromEntries(Array.from(table.columns, ([name, column]) => [name, column.type === 'text' ? null : column.values[row]!])),
)
const live = secondsOf(() => {
  const stream = createProfile(specs, reference)
  for (const instance of instances) stream.addInstance(instance)
})
const merge = secondsOf(() => void mergeProfiles(profile, profile)) / 2
const text = JSON.stringify(profileToJson(profile))
const read = secondsOf(() => void parseProfile(JSON.parse(text), reference))

if (total === 0) throw new Error('nothing was summed')
line('rows x columns', `${ROWS.toLocaleString('en')} x ${COLUMNS}, one thread, best of 3`)
line('sum (limit of memory)', `${millions(sum)}, ${((values * 8) / sum / 1e9).toFixed(1)} GB/s`)
line('profile on the baseline', `${millions(ours)}, ${ours.toFixed(2)} s, ${((100 * sum) / ours).toFixed(1)} % of the limit`)
line('profile without a baseline', millions(bare))
line(
  'live stream',
  `${((LIVE * COLUMNS) / live / 1e6).toFixed(1)} million values/s, ${((1e6 * live) / LIVE).toFixed(1)} us a row`,
)
line(
  'memory of the profile',
  `${megabytes.toFixed(1)} MB, its bins included${globalThis.gc === undefined ? ' (run with --expose-gc)' : ''}`,
)
line('merge, a part', `${(1e3 * merge).toFixed(2)} ms`)
line('stored', `${(text.length / COLUMNS / 1e3).toFixed(1)} KB a column, read in ${(1e3 * read).toFixed(1)} ms`)
line(
  'goal',
  `${values / ours >= GOAL_PER_SECOND && megabytes < GOAL_MEGABYTES ? 'met' : 'MISSED'}: ${GOAL_PER_SECOND / 1e6} million values/s, ${GOAL_MEGABYTES} MB`,
)

/**
 * What training costs here, and what the trained model costs to serve. In one process, on one thread:
 *
 *   made-up    100,000 rows of 10 numbers, 100 trees of depth 6. Claim: at most 2 s
 *   flights    every flight of three weeks, 5 columns, 100 trees of depth 6
 *   ydf        the same flights, fewer of them, by Yggdrasil's WebAssembly and by us with its settings, in turns.
 *              Claims: at least as fast a row and tree; log loss on other days no worse
 *   serving    the exported models in ONNX Runtime, one row at a time and in batches of 1,000, one thread
 *
 *     node bench/boosted-trees.ts [--rounds 3]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import type { Column, Table } from '../server/src/kernel/table.ts'
import { onnx } from '../server/src/layers/model/inference/runtimes/onnx.ts'
import type { TrainedModel } from '../server/src/layers/model/training/trainers/contract.ts'
import { trainBoostedTrees } from '../server/src/layers/model/training/trainers/boosted-trees/boosted-trees.ts'
import type { BoostedTreesInput } from '../server/src/layers/model/training/trainers/boosted-trees/options.ts'
import { logLoss } from '../server/src/stats/probability-loss.ts'
import { createRandom } from '../server/src/stats/random.ts'
import { rocAuc } from '../server/src/stats/roc-auc.ts'
import { readFlights } from '../server/test/fixtures/real-flights.ts'
import { trainYdf, YDF_OPTIONS } from '../server/test/fixtures/ydf.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } })
const ROUNDS = Number(values.rounds)
const COLUMNS = ['hour', 'weekday', 'distance', 'origin', 'destination']
const HUNDRED = { treesMax: 100, depthMax: 6, leavesMax: 64, validationShare: 0 }
const MADE_UP_SECONDS_MAX = 2

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!
const count = (value: number) => Math.round(value).toLocaleString('en-US')
const say = (name: string, ...cells: string[]) =>
  console.log(`${name.padEnd(20)}${cells.map((cell) => `  ${cell.padStart(20)}`).join('')}`)

/** 100,000 rows of ten numbers; half of them decide (J. Friedman 1991). */
function madeUpTable(): Table {
  const random = createRandom(1)
  const rows = 100_000
  const numbers = Array.from({ length: 10 }, () => Float64Array.from({ length: rows }, random))
  const [a, b, c, d, e] = numbers as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
  const signal = (i: number) => 10 * Math.sin(Math.PI * a[i]! * b[i]!) + 20 * (c[i]! - 0.5) ** 2 + 10 * d[i]! + 5 * e[i]!
  const y = Float64Array.from({ length: rows }, (_, i) => signal(i) + random() - 0.5)
  const columns = numbers.map((value, i): [string, Column] => [`x${i}`, { type: 'number', values: value }])
  return { rowCount: rows, columns: new Map([...columns, ['y', { type: 'number', values: y }]]) }
}

async function timed(table: Table, options: BoostedTreesInput): Promise<{ model: TrainedModel; seconds: number }> {
  const startedAt = performance.now()
  const model = await trainBoostedTrees(table, options)
  return { model, seconds: (performance.now() - startedAt) / 1_000 }
}

async function train(name: string, table: Table, options: BoostedTreesInput): Promise<{ model: TrainedModel; seconds: number }> {
  const runs: { model: TrainedModel; seconds: number }[] = []
  for (let round = 0; round < ROUNDS; round++) runs.push(await timed(table, options))
  const seconds = median(runs.map((run) => run.seconds))
  const { model } = runs[0]!
  const trees = model.metrics['trees']!
  say(
    name,
    `${count(table.rowCount)} rows`,
    `${trees} trees`,
    `${seconds.toFixed(2)} s`,
    `${count((table.rowCount * trees) / seconds)} rows x trees/s`,
  )
  return { model, seconds }
}

async function compareWithYdf(): Promise<boolean> {
  const [table, later] = [await readFlights('2001-02-01', '2001-02-22', 8), await readFlights('2001-02-22', '2001-03-01', 4)]
  const { values: outcomes } = later.columns.get('late') as Extract<Column, { values: Float64Array }>
  const quality = (p: Float64Array) =>
    `AUC ${rocAuc(p, outcomes).value.toFixed(4)}, log loss ${logLoss(p, outcomes).value.toFixed(4)}`
  const [ours, theirs]: [number[], number[]] = [[], []]
  let better = false
  for (let round = 0; round < ROUNDS; round++) {
    const { model, seconds } = await timed(table, { ...YDF_OPTIONS, outcome: 'late', columns: COLUMNS })
    const rival = await trainYdf(table, COLUMNS, 'late')
    ours.push((seconds * 1_000) / model.metrics['trees-grown']!)
    theirs.push(rival.trainMs / rival.treesGrown)
    if (round === 0) {
      const [p, q] = [model.predict(later), rival.predict(later)]
      say(
        'flights, as ydf',
        `${count(table.rowCount)} rows`,
        `${model.metrics['trees-grown']} trees grown`,
        `${seconds.toFixed(2)} s`,
        '',
        quality(p),
      )
      say(
        'ydf-training 0.0.1',
        `${count(table.rowCount)} rows`,
        `${rival.treesGrown} trees grown`,
        `${(rival.trainMs / 1_000).toFixed(2)} s`,
        '',
        quality(q),
      )
      better = logLoss(p, outcomes).low <= logLoss(q, outcomes).value
    }
    rival.close()
  }
  const ratios = ours.map((ms, round) => theirs[round]! / ms)
  console.log(
    `ydf / ours, time of a tree: ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} … ${Math.max(...ratios).toFixed(2)})\n`,
  )
  return better && median(ratios) >= 1
}

async function serve(name: string, model: TrainedModel, fill: (data: Float32Array) => void): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-bench-'))
  const file = path.join(folder, 'model.onnx')
  const bytes = model.toOnnx()
  writeFileSync(file, bytes)
  const loaded = await onnx.load(file, { threads: 1, memoryArena: true })
  try {
    const width = model.columns.length
    const data = new Float32Array(1_000 * width)
    fill(data)
    const run = (from: number, rows: number) =>
      loaded.run([
        { name: 'features', element: 'float32', data: data.subarray(from * width, (from + rows) * width), dims: [rows, width] },
      ])
    const [single, batch]: [number[], number[]] = [[], []]
    for (let round = 0; round < 20; round++) {
      const startedAt = performance.now()
      for (let row = 0; row < 1_000; row++) await run(row, 1)
      single.push(performance.now() - startedAt)
      const batchAt = performance.now()
      for (let i = 0; i < 10; i++) await run(0, 1_000)
      batch.push((performance.now() - batchAt) / 10)
    }
    say(
      name,
      `${(bytes.length / 1e6).toFixed(2)} MB`,
      `${model.metrics['trees']} trees`,
      `${median(single).toFixed(1)} µs one row`,
      `${count(1e6 / median(batch))} rows/s by 1,000`,
    )
  } finally {
    await loaded.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const madeUp = await train('made-up', madeUpTable(), { ...HUNDRED, outcome: 'y' })
const flights = await train('flights', await readFlights('2001-01-01', '2001-01-21'), {
  ...HUNDRED,
  outcome: 'late',
  columns: COLUMNS,
})
const beatsYdf = await compareWithYdf()
const random = createRandom(2)
await serve('made-up, served', madeUp.model, (data) => data.forEach((_, i) => (data[i] = random())))
const RANGES = [24, 8, 2_500, 200, 200]
await serve('flights, served', flights.model, (data) => data.forEach((_, i) => (data[i] = Math.floor(random() * RANGES[i % 5]!))))
const holds = madeUp.seconds <= MADE_UP_SECONDS_MAX && beatsYdf
console.log(
  `\nclaims (made-up in ${MADE_UP_SECONDS_MAX} s; a tree no slower than ydf's, log loss no worse): ${holds ? 'hold' : 'DO NOT HOLD'}`,
)
process.exitCode = holds ? 0 : 1

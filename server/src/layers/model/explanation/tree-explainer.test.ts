import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attribute, encode, message, node, onnxFile, opset, text, value, whole } from '../../../../test/fixtures/onnx-bytes.ts'
import { readFlights } from '../../../../test/fixtures/real-flights.ts'
import { treesModel, treesSample, treesSignature } from '../../../../test/fixtures/synthetic-trees.ts'
import { instancesOf, type Instance, type Table } from '../../../kernel/table.ts'
import { createRandom } from '../../../stats/random.ts'
import { writeInstance } from '../inference/instance-writer.ts'
import { loadModel, type ModelSession } from '../inference/session.ts'
import type { Signature } from '../signature/signature.ts'
import { trainBoostedTrees } from '../training/trainers/boosted-trees/boosted-trees.ts'
import { explainBySubsets } from './all-subsets.ts'
import { createRowExplainer, readTreeModel } from './explain-rows.ts'
import type { Explanation } from './explanation.ts'
import { createTensorGame, type Game } from './game.ts'
import { sampleShapley } from './sampled-shapley.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-trees-'))
const sessions: ModelSession[] = []
let flights: Table
beforeAll(async () => {
  flights = await readFlights('2001-01-01', '2001-01-15', 20)
})
afterAll(async () => {
  for (const session of sessions) await session.close()
  rmSync(folder, { recursive: true })
})

/** A model with some instances as serving feeds them: the explained row first, the background after it. */
async function opened(model: Uint8Array, signature: Signature, instances: readonly Instance[]) {
  const modelFile = path.join(folder, `${sessions.length}.onnx`)
  writeFileSync(modelFile, model)
  const version = { model: 'm', version: 1, digest: 'd', signature, modelFile, sample: instances.slice(0, 5) }
  const session = await loadModel(version, { threads: 1, memoryArena: true, workerRunMsMin: 1_000, batchRowsMax: 64 })
  sessions.push(session)
  const tensors = session.createTensors(instances.length)
  instances.forEach((instance, row) => writeInstance(signature, session.layout, tensors, row, instance))
  return { session, tensors, rows: instances.length, treeModel: await readTreeModel(modelFile) }
}
const backgroundOf = (rows: number) => Array.from({ length: rows - 1 }, (_, i) => i + 1)
const sumOf = ({ baseValue, contributions }: Explanation) => contributions.reduce((sum, own) => sum + own.value, baseValue)
const logit = (p: number) => Math.log(p / (1 - p))

/** The same game with another unit: what the formula over all subsets says of the sums behind probabilities. */
const inLogOdds = (game: Game): Game => ({ ...game, score: async (mix, signal) => (await game.score(mix, signal)).map(logit) })

const FLIGHT_COLUMNS = ['hour', 'weekday', 'distance', 'origin', 'destination']
async function trainedOnFlights(outcome: 'late' | 'delay') {
  const model = await trainBoostedTrees(flights, { outcome, columns: FLIGHT_COLUMNS, treesMax: 40, validationShare: 0 })
  const categoriesOf = (name: string) => {
    const column = flights.columns.get(name)!
    return column.type === 'text' ? [...column.dictionary] : undefined
  }
  const bytes = model.toOnnx()
  const metadata = new TextDecoder('latin1').decode(bytes)
  const known = JSON.parse(/\{"origin":\[.*?\]\}/.exec(metadata)![0]) as Record<string, string[]>
  const signature: Signature = {
    inputs: FLIGHT_COLUMNS.map((name) => ({
      name,
      type: categoriesOf(name) === undefined ? 'number' : 'category',
      nullable: true,
      ...(categoriesOf(name) === undefined ? {} : { categories: known[name]! }),
    })),
    outputs: [
      { name: outcome, type: outcome === 'late' ? 'probability' : 'number', graphOutput: outcome, element: 'float32', column: 0 },
    ],
    graph: { inputs: [{ name: 'features', element: 'float32', columns: FLIGHT_COLUMNS, rank: 2 }] },
  }
  return { bytes, signature }
}

test('a regression on real flights is shared out as the formula over all subsets does, airports as one column each', async () => {
  const { bytes, signature } = await trainedOnFlights('delay')
  const instances = instancesOf(
    flights,
    FLIGHT_COLUMNS,
    Array.from({ length: 31 }, (_, i) => i * 97),
  )
  const given = await opened(bytes, signature, instances)
  const background = backgroundOf(given.rows)
  const explainer = await createRowExplainer({ ...given, output: 'delay' })
  const explanation = await explainer.explain(0, background)
  expect(explanation).toMatchObject({
    unit: 'output',
    method: expect.stringMatching(/^exact .* 40 trees .*, 30 background rows$/),
  })
  expect(sumOf(explanation)).toBeCloseTo(explanation.prediction, 9)
  const exact = await explainBySubsets(createTensorGame(given.session, given.tensors, 'delay'), { row: 0, background })
  expect(explanation.prediction).toBeCloseTo(exact.prediction, 4)
  explanation.contributions.forEach(({ value: own, standardError, column }, i) => {
    // Float32 sums of minutes on the one side, doubles on the other.
    expect(own).toBeCloseTo(exact.contributions[i]!.value, 4)
    expect(standardError).toBeCloseTo(exact.contributions[i]!.standardError, 4)
    expect(column).toBe(FLIGHT_COLUMNS[i])
  })
  expect(Math.max(...explanation.contributions.map((own) => Math.abs(own.value)))).toBeGreaterThan(0.1)
})

test('a probability is shared out in log-odds, which add up, and on demand in its own unit', async () => {
  const { bytes, signature } = await trainedOnFlights('late')
  const instances = instancesOf(
    flights,
    FLIGHT_COLUMNS,
    Array.from({ length: 21 }, (_, i) => i * 131),
  )
  const given = await opened(bytes, signature, instances)
  const background = backgroundOf(given.rows)
  const game = createTensorGame(given.session, given.tensors, 'late')
  const explainer = await createRowExplainer({ ...given, output: 'late' })
  for (const row of [0, 3, 7]) {
    const explanation = await explainer.explain(row, background)
    expect(explanation.unit).toBe('log-odds')
    expect(Math.abs(sumOf(explanation) - explanation.prediction)).toBeLessThan(1e-6)
    const exact = await explainBySubsets(inLogOdds(game), { row, background })
    explanation.contributions.forEach((own, i) => expect(own.value).toBeCloseTo(exact.contributions[i]!.value, 4))
  }
  const itself = await (await createRowExplainer({ ...given, output: 'late', of: 'output' })).explain(0, background)
  expect(itself).toMatchObject({ unit: 'output', method: expect.stringMatching(/all 32 subsets/) })
  expect(sumOf(itself)).toBeCloseTo(itself.prediction, 9)
})

test('missing values and unknown categories go where the model sends them', async () => {
  const { bytes, signature } = await trainedOnFlights('delay')
  const rows = instancesOf(flights, FLIGHT_COLUMNS, [5, 500, 1_500, 2_500])
  const instances = [
    { ...rows[0]!, hour: null, origin: 'nowhere' },
    rows[1]!,
    { ...rows[2]!, distance: null },
    { ...rows[3]!, origin: null },
  ]
  const given = await opened(bytes, signature, instances)
  const background = backgroundOf(given.rows)
  const explanation = await (await createRowExplainer({ ...given, output: 'delay' })).explain(0, background)
  const exact = await explainBySubsets(createTensorGame(given.session, given.tensors, 'delay'), { row: 0, background })
  expect(explanation.method).toMatch(/trees/)
  explanation.contributions.forEach((own, i) => expect(own.value).toBeCloseTo(exact.contributions[i]!.value, 4))
})

test('deep trees in which every column comes again and again are shared out exactly', async () => {
  const random = createRandom(3)
  const some = () => ({ ...treesSample[Math.floor(random() * 8)]!, hour: Math.floor(random() * 24), distance: random() * 3_000 })
  const given = await opened(treesModel(30, 9, 5), treesSignature, Array.from({ length: 12 }, some))
  const background = backgroundOf(given.rows)
  const explanation = await (await createRowExplainer({ ...given, output: 'late' })).explain(0, background)
  const exact = await explainBySubsets(inLogOdds(createTensorGame(given.session, given.tensors, 'late')), { row: 0, background })
  expect(sumOf(explanation)).toBeCloseTo(explanation.prediction, 9)
  explanation.contributions.forEach((own, i) => expect(own.value).toBeCloseTo(exact.contributions[i]!.value, 4))
  const sampled = await sampleShapley(inLogOdds(createTensorGame(given.session, given.tensors, 'late')), {
    row: 0,
    background,
    ordersPerRow: 100,
  })
  sampled.contributions.forEach((own, i) =>
    expect(Math.abs(own.value - explanation.contributions[i]!.value)).toBeLessThan(5 * own.standardError + 1e-4),
  )
})

/** Two numbers, one tree: node 0 splits, its children are what the test says. */
function smallTree(changes: { readonly children?: readonly [number, number]; readonly last?: 'mix' } = {}): Uint8Array {
  const [yes, no] = changes.children ?? [1, 2]
  const ints = (name: string, values: readonly number[]) =>
    attribute(name, ...values.map((number) => whole(8, number)), whole(20, 7))
  const floats = (name: string, values: readonly number[]) =>
    attribute(
      name,
      ...values.map((number) => (writer: Parameters<ReturnType<typeof whole>>[0]) => void writer.tag(7, 5).float(number)),
      whole(20, 6),
    )
  const texts = (name: string, values: readonly string[]) => attribute(name, ...values.map((word) => text(9, word)), whole(20, 8))
  const attributes = [
    ...[ints('nodes_treeids', [0, 0, 0]), ints('nodes_nodeids', [0, 1, 2]), ints('nodes_featureids', [0, 0, 0])],
    ...[floats('nodes_values', [0.5, 0, 0]), texts('nodes_modes', ['BRANCH_LEQ', 'LEAF', 'LEAF'])],
    ...[ints('nodes_truenodeids', [yes, 0, 0]), ints('nodes_falsenodeids', [no, 0, 0])],
    ...[
      ints('target_treeids', [0, 0]),
      ints('target_nodeids', [1, 2]),
      ints('target_ids', [0, 0]),
      floats('target_weights', [10, 30]),
    ],
    attribute('n_targets', whole(3, 1), whole(20, 2)),
  ]
  const tree = (input: string) =>
    node('TreeEnsembleRegressor', { domain: 'ai.onnx.ml', inputs: [input], outputs: ['z'], attributes })
  return encode(
    whole(1, 8),
    message(
      7,
      ...(changes.last === 'mix'
        ? // The trees see the mean of the columns, twice.
          [
            node('ReduceMean', { inputs: ['x'], outputs: ['mean'], attributes: [attribute('axes', whole(8, 1), whole(20, 7))] }),
            tree('mean'),
          ]
        : [tree('x')]),
      node('Identity', { inputs: ['z'], outputs: ['y'] }),
      text(2, 'small'),
      value(11, 'x', ['rows', 2]),
      value(12, 'y', ['rows', 1]),
    ),
    opset('', 17),
    opset('ai.onnx.ml', 3),
  )
}
const smallSignature: Signature = {
  inputs: ['a', 'b'].map((name) => ({ name, type: 'number', nullable: true })),
  outputs: [{ name: 'y', type: 'number', graphOutput: 'y', element: 'float32', column: 0 }],
  graph: { inputs: [{ name: 'x', element: 'float32', columns: ['a', 'b'], rank: 2 }] },
}

test('one split shares out the whole difference to the column that it looks at', async () => {
  const given = await opened(smallTree(), smallSignature, [
    { a: 1, b: 5 },
    { a: 0, b: 9 },
  ])
  const explanation = await (await createRowExplainer({ ...given, output: 'y' })).explain(0, [1])
  expect(explanation).toMatchObject({
    baseValue: 10,
    prediction: 30,
    contributions: [
      { column: 'a', value: 20, standardError: 0 },
      { column: 'b', value: 0 },
    ],
  })
})

test('trees that see a mixture of columns are explained from outside, exactly all the same', async () => {
  const given = await opened(smallTree({ last: 'mix' }), smallSignature, [
    { a: 1, b: 1 },
    { a: 0, b: 0 },
  ])
  const explanation = await (await createRowExplainer({ ...given, output: 'y' })).explain(0, [1])
  expect(explanation.method).toMatch(/all 4 subsets/)
  expect(sumOf(explanation)).toBe(30)
})

test('nodes that go round in a circle are no trees, and a file that is no model has none', async () => {
  const file = path.join(folder, 'circle.onnx')
  for (const bytes of [
    smallTree({ children: [0, 2] }),
    smallTree({ children: [1, 1] }),
    smallTree({ children: [1, 9] }),
    onnxFile(),
    Buffer.from('noise'),
  ]) {
    writeFileSync(file, bytes)
    expect(await readTreeModel(file)).toBeUndefined()
  }
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { binary, graph, number, perColumn, value, zipMap } from '../../../../test/fixtures/described-graph.ts'
import { treesModel } from '../../../../test/fixtures/synthetic-trees.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import { createSqlEngine } from '../../../platform/sql/sql-engine.ts'
import { openDataFile } from '../../../platform/tables/open-data-file.ts'
import { tableOf } from '../../../platform/tables/read-table.ts'
import type { Baseline } from '../baseline/baseline.ts'
import { profileData } from '../baseline/profile-data.ts'
import { sampleInstances } from '../baseline/sample-instances.ts'
import { formats } from '../formats/catalog.gen.ts'
import { createScorer } from '../inference/scorer.ts'
import { loadModel } from '../inference/session.ts'
import type { ContractUnfit } from './errors.ts'
import { inferSignature } from './infer-signature.ts'
import { Signature } from './signature.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-signature-'))
const engine = createSqlEngine({ memoryBytesMax: 256_000_000, tempFolder: folder })
let files = 0
async function open(csv: string) {
  const file = path.join(folder, `${(files += 1)}`)
  writeFileSync(file, csv)
  return openDataFile(engine, { path: file, name: 'train.csv' })
}
async function baselineOf(csv: string): Promise<Baseline> {
  const file = await open(csv)
  try {
    return await profileData(file)
  } finally {
    file.close()
  }
}
afterAll(() => {
  engine.close()
  rmSync(folder, { recursive: true })
})

const contractOf = (rest: string) => parseContract(`name: flight-delay\n${rest}`)
function refusal(work: () => unknown): { code: string; message: string; hint: string } {
  try {
    work()
  } catch (error) {
    return error as { code: string; message: string; hint: string }
  }
  throw new Error('it was accepted')
}
const problemsOf = (work: () => unknown) => (refusal(work) as InstanceType<typeof ContractUnfit>).details.problems

const CSV = 'hour,distance,origin,late\n1,10.5,JFK,true\n2,20,ATL,false\n3,,ATL,false\n'
let flights: Baseline
beforeAll(async () => {
  flights = await baselineOf(CSV)
})

test('a pipeline with one input for each column gets names, categories and ranges from the data, and finds the outcome', () => {
  const { signature, outcome, warnings } = inferSignature(graph(perColumn, binary, { classes: ['0', '1'] }), flights)
  expect(signature).toEqual({
    inputs: [
      { name: 'hour', type: 'integer', nullable: false, min: 1, max: 3 },
      { name: 'origin', type: 'category', nullable: false, categories: ['ATL', 'JFK'] },
      { name: 'distance', type: 'number', nullable: true, min: 10.5, max: 20 },
    ],
    outputs: [
      { name: 'late', type: 'probability', graphOutput: 'probabilities', element: 'float32', column: 1, classes: ['0', '1'] },
    ],
    graph: {
      inputs: [
        { name: 'hour', element: 'float32', rank: 2, columns: ['hour'] },
        { name: 'origin', element: 'string', rank: 2, columns: ['origin'] },
        { name: 'distance', element: 'float32', rank: 2, columns: ['distance'] },
      ],
    },
  })
  expect([outcome, warnings]).toEqual(['late', []])
  expect(Signature.parse(signature)).toEqual(signature)
})

test('names that a converter respelt find their columns, and it says so', async () => {
  const data = await baselineOf('petal length (cm),y\n1.5,0\n')
  const { signature, warnings } = inferSignature(graph([value('petal_length__cm_', 'float32', undefined, 1)], [number]), data)
  expect(signature.graph.inputs[0]).toMatchObject({ name: 'petal_length__cm_', columns: ['petal length (cm)'] })
  expect(warnings.join()).toContain('"petal length (cm)"')
})

test('an input that the data lacks is told with the nearest column and both sides', () => {
  const error = refusal(() => inferSignature(graph([value('hours', 'float32', undefined, 1), perColumn[1]!], [number]), flights))
  expect(error.code).toBe('SIGNATURE_MISMATCH')
  expect(error.message).toContain('the data lacks "hours" (the nearest is "hour")')
  expect(error.message).toContain(
    'The graph takes hours float32 [?, 1], origin string [?, 1]; the data has hour integer, distance number',
  )
})

test('one tensor takes the columns of the data in their order, without the outcome', async () => {
  const data = await baselineOf('a,late,b\n1,0,2.5\n2,1,3\n')
  const { signature, outcome } = inferSignature(graph([value('X', 'float32', undefined, 2)], [number]), data, { outcome: 'late' })
  expect(signature.graph.inputs).toEqual([{ name: 'X', element: 'float32', rank: 2, columns: ['a', 'b'] }])
  expect(outcome).toBe('late')
})

test('of one column too many the text is the outcome; three numbers for two places are refused', async () => {
  const tensor = [value('X', 'float32', undefined, 2)]
  const text = await baselineOf('a,b,state\n1,2,good\n2,3,bad\n')
  expect(inferSignature(graph(tensor, [number]), text).outcome).toBe('state')
  const error = refusal(() => inferSignature(graph(tensor, [number]), flights3))
  expect(error).toMatchObject({
    code: 'SIGNATURE_MISMATCH',
    message: expect.stringContaining('which of them is the outcome') as string,
  })
  expect(error.hint).toContain('--outcome')
})
let flights3: Baseline
beforeAll(async () => {
  flights3 = await baselineOf('a,b,c\n1,2,3\n2,3,4\n')
})

test('columns that the contract names are taken where the data has more, and what is ignored is told', () => {
  const contract = contractOf('inputs: { c: { type: number }, a: { type: number } }')
  const { signature, warnings, outcome } = inferSignature(graph([value('X', 'float32', undefined, 2)], [number]), flights3, {
    contract,
  })
  expect(signature.graph.inputs[0]!.columns).toEqual(['a', 'c'])
  expect(outcome).toBe('b')
  expect(warnings.join()).toContain('in the order of the data')
})

test('names and categories in the file go before the order of the data', () => {
  const metadata = { 'seaworthy.columns': ['origin', 'hour'], 'seaworthy.categories': { origin: ['JFK', 'ATL', 'LAX'] } }
  const { signature, warnings } = inferSignature(graph([value('X', 'float32', 'rows', 2)], [number], { metadata }), flights, {
    outcome: 'late',
  })
  expect(signature.inputs[0]).toEqual({ name: 'origin', type: 'category', nullable: false, categories: ['JFK', 'ATL', 'LAX'] })
  expect(signature.graph.inputs[0]!.columns).toEqual(['origin', 'hour'])
  expect(warnings).toContain('The model does not take these columns of the data, which are ignored: distance.')
})

test('names of another exporter count too; ours that are broken, or too few, are refused', () => {
  const infer = (metadata: Record<string, unknown>) =>
    inferSignature(graph([value('X', 'float32', 'rows', 2)], [number], { metadata }), flights, { outcome: 'late' })
  expect(infer({ feature_names: ['distance', 'hour'] }).signature.graph.inputs[0]!.columns).toEqual(['distance', 'hour'])
  expect(refusal(() => infer({ 'seaworthy.columns': 'hour' })).message).toContain('not what this key is for')
  expect(refusal(() => infer({ 'seaworthy.columns': ['hour'] })).message).toContain('the inputs take 2 columns')
  expect(refusal(() => infer({ 'seaworthy.columns': ['hour', 'distanse'] })).message).toContain(
    '"distanse" (the nearest is "distance")',
  )
})

test('text for a tensor of numbers is refused until the file says which number stands for which text', () => {
  const error = refusal(() => inferSignature(graph([value('X', 'float32', 'rows', 3)], [number]), flights, { outcome: 'late' }))
  expect(error).toMatchObject({ code: 'ENCODING_UNKNOWN', message: expect.stringContaining('"origin"') as string })
  expect(error.hint).toContain('seaworthy.categories')
})

test('a value that the model has no code for is told', () => {
  const metadata = { 'seaworthy.columns': ['origin'], 'seaworthy.categories': { origin: ['JFK'] } }
  const { warnings } = inferSignature(graph([value('X', 'int64', 'rows', 1)], [number], { metadata }), flights, {
    outcome: 'late',
  })
  expect(warnings.join()).toContain('no code for: ATL')
})

test('more than a thousand different texts are text and no category', async () => {
  const data = await baselineOf(`origin,y\n${Array.from({ length: 1001 }, (_, i) => `v${i},${i}`).join('\n')}`)
  expect(inferSignature(graph([perColumn[1]!], [number]), data).signature.inputs).toEqual([
    { name: 'origin', type: 'text', nullable: false },
  ])
})

test('an image is one tensor with its shape, named by the contract', () => {
  const image = graph([value('pixel_values', 'float32', 'batch', 3, 32, 32)], [value('logits', 'float32', 'batch', 10)])
  const { signature } = inferSignature(image, undefined, { contract: contractOf('inputs: { photo: { type: tensor } }') })
  expect(signature.inputs).toEqual([{ name: 'photo', type: 'tensor', nullable: false, shape: [3, 32, 32] }])
  expect(signature.graph.inputs[0]).toMatchObject({ rank: 4, columns: ['photo'] })
  expect(signature.outputs).toEqual([{ name: 'logits', type: 'tensor', graphOutput: 'logits', element: 'float32', shape: [10] }])
})

test('a row too wide to be columns is one tensor', () => {
  const { signature } = inferSignature(graph([value('embedding', 'float32', 'batch', 4096)], [number]), undefined)
  expect(signature.inputs).toEqual([{ name: 'embedding', type: 'tensor', nullable: false, shape: [4096] }])
})

test('without data the graph names the columns, floats may be missing, and it warns', () => {
  const inputs = [value('X', 'float32', undefined, 2), value('n', 'int64', undefined), value('port', 'string', undefined, 1)]
  const { signature, outcome, warnings } = inferSignature(graph(inputs, [number]), undefined)
  expect(signature.inputs).toEqual([
    { name: 'X[0]', type: 'number', nullable: true },
    { name: 'X[1]', type: 'number', nullable: true },
    { name: 'n', type: 'integer', nullable: false },
    { name: 'port', type: 'text', nullable: false },
  ])
  expect([outcome, warnings.length]).toEqual([undefined, 1])
})

test('without data the contract may name the columns, which is told to be an assumption', () => {
  const contract = contractOf('inputs: { b: { type: number }, a: { type: integer } }')
  const { signature, warnings } = inferSignature(graph([value('X', 'float32', undefined, 2)], [number]), undefined, { contract })
  expect(signature.inputs.map(({ name, type }) => [name, type])).toEqual([
    ['b', 'number'],
    ['a', 'integer'],
  ])
  expect(warnings.join()).toContain('taken from the contract')
})

test('the outcome is what is wished, then what the contract says; unknown or taken as input it is refused', () => {
  const all = graph(perColumn, [number])
  expect(inferSignature(all, flights, { contract: contractOf('outcome: { name: late }') }).outcome).toBe('late')
  expect(refusal(() => inferSignature(all, flights, { outcome: 'lat' }))).toMatchObject({
    code: 'OUTCOME_UNFIT',
    message: expect.stringContaining('did you mean "late"?') as string,
  })
  expect(refusal(() => inferSignature(all, flights, { outcome: 'hour' })).message).toContain('would be told the answer')
  const some = inferSignature(graph([perColumn[0]!], [number]), flights)
  expect(some.outcome).toBeUndefined()
  expect(some.warnings.join()).toContain('ignored: distance, origin, late. If one of them is the outcome, name it.')
})

test.each([
  ['half precision', [value('X', 'float16', 'rows', 3)], /float16/, /keep_io_types/],
  ['bfloat16', [value('X', 'bfloat16', 'rows', 3)], /bfloat16/, /float32/],
  ['complex numbers', [value('X', 'complex64', 'rows', 3)], /complex64/, /float32/],
  ['a fixed number of rows', [value('X', 'float32', 1, 3)], /fixed size 1/, /free first axis/],
  ['one number for all rows', [value('alpha', 'float32')], /one number for all rows/, /constant/],
  ['a free inner axis', [value('X', 'float32', 'rows', 'time', 3)], /axis 1 has no fixed size/, /fixed size/],
  ['a shape beyond all memory', [value('X', 'float32', 'rows', 1e9, 1e9)], /at most 100000000/, /./],
  ['a sequence', [{ ...zipMap, name: 'X' }], /only tensors/, /tensors/],
  ['no inputs', [], /takes nothing/, /inputs/],
] as const)('%s at the input is refused by name', (_, inputs, said, hint) => {
  const error = refusal(() => inferSignature(graph(inputs, [number]), undefined))
  expect(error).toMatchObject({
    code: 'GRAPH_UNUSABLE',
    message: expect.stringMatching(said) as string,
    hint: expect.stringMatching(hint) as string,
  })
})

test('every contradiction of the contract is told at once, each with its path', () => {
  const contract = contractOf(`inputs:
  hours: { type: integer }
  origin: { type: integer }
  distance: { type: integer }
output: { name: late, type: category }
outcome: { name: late }`)
  expect(problemsOf(() => inferSignature(graph(perColumn, [number]), flights, { contract }))).toEqual([
    { path: 'inputs.hours', message: 'the model takes no input "hours"; did you mean "hour"?' },
    {
      path: 'inputs.origin.type',
      message: 'integer does not fit: the graph takes string, and the data has text with 2 different values',
    },
    {
      path: 'inputs.distance.type',
      message: 'integer does not fit: the graph takes float32, and the data has numbers with fractions from 10.5 to 20',
    },
    {
      path: 'output.type',
      message: 'category does not fit: the output "variable" is float32 [?, 1], which can be number or probability',
    },
  ])
})

test('within what graph and data allow, the contract chooses type and nullability', async () => {
  const data = await baselineOf('hour,distance,origin,flag,late\n1,10.0,JFK,0,1\n2,20.0,ATL,1,0\n')
  const contract = contractOf(
    `inputs: { hour: { type: number, nullable: true }, distance: { type: integer }, origin: { type: text }, flag: { type: boolean } }`,
  )
  const inputs = [...perColumn, value('flag', 'float32', undefined, 1)]
  const { signature } = inferSignature(graph(inputs, [number]), data, { contract })
  expect(signature.inputs.map(({ name, type, nullable }) => [name, type, nullable])).toEqual([
    ['hour', 'number', true],
    ['origin', 'text', false],
    ['distance', 'integer', false],
    ['flag', 'boolean', false],
  ])
})

test('what a whole-number tensor cannot hold is refused or told: fractions, missing values, times', async () => {
  const one = (element: string) => graph([value('x', element, undefined, 1)], [number])
  const infer = async (csv: string, element = 'int64', contract = '') =>
    inferSignature(one(element), await baselineOf(csv), { outcome: 'y', contract: contractOf(contract) })
  await expect(infer('x,y\n1.5,0\n')).rejects.toMatchObject({ code: 'SIGNATURE_MISMATCH' })
  await expect(infer('x,y\n2026-01-01,0\n', 'float32')).rejects.toThrow('the column "x" has times')
  await expect(infer('x,y\n7,0\n', 'bool')).rejects.toThrow('other numbers than 0 and 1')
  expect((await infer('x,y\n1,0\n,1\n')).warnings.join()).toContain('missing in 1 rows')
  await expect(infer('x,y\n1,0\n', 'int64', 'inputs: { x: { type: integer, nullable: true } }')).rejects.toMatchObject({
    code: 'CONTRACT_UNFIT',
  })
})

test('the signature of a real file runs it: names from the data, numbers through the engine', async () => {
  const modelFile = path.join(folder, 'model.onnx')
  writeFileSync(modelFile, treesModel(5, 3))
  const rows = Array.from({ length: 40 }, (_, i) => [i % 24, (i % 7) + 1, (i % 12) + 1, i * 50.5, i % 9, i % 11, i % 2].join())
  const file = await open(`hour,weekday,month,distance,origin,destination,late\n${rows.join('\n')}`)
  const description = await formats.get('onnx').describe(modelFile, { bytesMax: 1e9 })
  const { signature, outcome } = inferSignature(description, await profileData(file), { outcome: 'late' })
  expect([outcome, signature.outputs[0]?.name]).toEqual(['late', 'late'])
  const sample = await sampleInstances(
    file,
    signature.inputs.map(({ name }) => name),
  )
  const session = await loadModel(
    { model: 'm', version: 1, digest: '', signature, modelFile, sample },
    { threads: 1, memoryArena: false, workerRunMsMin: 1_000, batchRowsMax: 64 },
  )
  const scored = await createScorer(session, signature).score(await tableOf(file))
  const late = scored.columns.get('late') as { values: Float64Array }
  expect(late.values.every((p) => p > 0 && p < 1)).toBe(true)
  expect(new Set(late.values).size).toBeGreaterThan(1)
  await session.close()
  file.close()
})

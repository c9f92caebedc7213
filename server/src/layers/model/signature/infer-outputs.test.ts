import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graph, number, perColumn, value, zipMap } from '../../../../test/fixtures/described-graph.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import { createSqlEngine } from '../../../platform/sql/sql-engine.ts'
import { openDataFile } from '../../../platform/tables/open-data-file.ts'
import type { Baseline } from '../baseline/baseline.ts'
import { profileData } from '../baseline/profile-data.ts'
import { inferSignature } from './infer-signature.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-outputs-'))
const engine = createSqlEngine({ memoryBytesMax: 256_000_000, tempFolder: folder })
let flights: Baseline
async function baselineOf(csv: string): Promise<Baseline> {
  const file = path.join(folder, 'train')
  writeFileSync(file, csv)
  const data = await openDataFile(engine, { path: file, name: 'train.csv' })
  return profileData(data).finally(() => data.close())
}
beforeAll(async () => {
  flights = await baselineOf('hour,distance,origin,late\n1,10.5,JFK,true\n2,20,ATL,false\n3,,ATL,false\n')
})
afterAll(() => {
  engine.close()
  rmSync(folder, { recursive: true })
})

const contractOf = (rest: string) => parseContract(`name: flight-delay\n${rest}`)
function refusal(work: () => unknown): { code: string; hint: string } {
  try {
    work()
  } catch (error) {
    return error as { code: string; hint: string }
  }
  throw new Error('it was accepted')
}

test('more than two classes are probabilities with a label beside them; two are one probability of the second', async () => {
  const data = await baselineOf('a,state\n1,good\n2,bad\n3,fair\n')
  const outputs = [value('label', 'string', undefined), value('probabilities', 'float32', undefined, undefined)]
  const inputs = [value('a', 'float32', undefined, 1)]
  const three = inferSignature(graph(inputs, outputs, { classes: ['bad', 'fair', 'good'] }), data)
  expect(three.signature.outputs).toEqual([
    { name: 'state', type: 'probabilities', graphOutput: 'probabilities', element: 'float32', classes: ['bad', 'fair', 'good'] },
    { name: 'label', type: 'category', graphOutput: 'label', element: 'string', classes: ['bad', 'fair', 'good'] },
  ])
  const two = inferSignature(graph(inputs, outputs, { classes: ['bad', 'good'] }), data)
  expect(two.signature.outputs).toMatchObject([{ type: 'probability', column: 1, classes: ['bad', 'good'] }])
  expect(two.warnings).toEqual(['"state" is the probability of "good", the second of bad and good.'])
})

test('whole numbers as classes are read from the tensor itself, names by their position', () => {
  const labelOf = (classes: readonly string[]) =>
    inferSignature(graph([perColumn[0]!], [value('label', 'int64', undefined)], { classes }), undefined).signature.outputs[0]
  expect(labelOf(['3', '5'])).not.toHaveProperty('classes')
  expect(labelOf(['bad', 'good'])).toMatchObject({ type: 'category', classes: ['bad', 'good'] })
})

test('one number is a number, and a probability when the contract or the file says so', () => {
  const infer = (metadata: Record<string, unknown>, contract = '') =>
    inferSignature(graph(perColumn, [number], { metadata }), flights, { contract: contractOf(contract) })
  const plain = infer({})
  expect(plain.signature.outputs).toEqual([
    { name: 'late', type: 'number', graphOutput: 'variable', element: 'float32', column: 0 },
  ])
  expect(plain.warnings.join()).toContain('if it is a probability, say so')
  expect(infer({ 'seaworthy.output': { name: 'p', type: 'probability' } }).signature.outputs[0]).toMatchObject({
    name: 'p',
    type: 'probability',
  })
  expect(infer({}, 'output: { name: q, type: probability }').signature.outputs[0]).toMatchObject({
    name: 'q',
    type: 'probability',
  })
})

test('a matrix that the graph does not explain is explained by the outcome, and that is told', () => {
  const { signature, warnings } = inferSignature(graph(perColumn, [value('out', 'float32', 'rows', 2)]), flights)
  expect(signature.outputs[0]).toMatchObject({ name: 'late', type: 'probability', column: 1 })
  expect(warnings.join()).toContain('the probabilities of false, true, in this order')
})

test('dictionaries of probabilities are refused with the way to export them, unless the label is all that is asked for', () => {
  const dictionaries = graph(perColumn, [value('output_label', 'int64', undefined), zipMap], { classes: ['0', '1'] })
  const error = refusal(() => inferSignature(dictionaries, flights))
  expect(error.code).toBe('GRAPH_UNUSABLE')
  expect(error.hint).toContain("options={id(model): {'zipmap': False}}")
  const { signature } = inferSignature(dictionaries, flights, { contract: contractOf('output: { name: late, type: category }') })
  expect(signature.outputs).toMatchObject([{ name: 'late', type: 'category', graphOutput: 'output_label' }])
})

test('an output that cannot be read is left out with a warning while another can, and refused alone', () => {
  const half = value('half', 'float16', 'rows', 1)
  expect(inferSignature(graph(perColumn, [half, number]), flights).warnings.join()).toContain('float16')
  expect(refusal(() => inferSignature(graph(perColumn, [half]), flights)).code).toBe('GRAPH_UNUSABLE')
})

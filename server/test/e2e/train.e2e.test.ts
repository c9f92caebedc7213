/** Training as a user does it: a script of one's own, run on a snapshot, its result kept as a version with its run. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { outputOf, runProgram, runWell, spawnProgram } from '../fixtures/program.ts'
import { createProject } from '../fixtures/project.ts'

/** "Trains" by taking the model that lies there, with the seed in its metrics; `slow` never ends, `broken` gives up. */
const SCRIPT = `
const { copyFileSync, writeFileSync } = require('node:fs')
const { SEAWORTHY_TRAIN_OUTPUT: output, SEAWORTHY_TRAIN_SEED: seed } = process.env
console.log('::progress {"done": 1, "total": 2, "note": "half way"}')
if (process.argv[2] === 'slow') setInterval(() => {}, 1000)
else if (process.argv[2] === 'broken') throw new Error('the data smells')
else {
  copyFileSync('model.onnx', output + '/model.onnx')
  writeFileSync(output + '/metrics.json', JSON.stringify({ seed: Number(seed) }))
}
`

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-train-'))
  await createProject(folder, { name: 'trained' })
  writeFileSync(path.join(folder, 'train.cjs'), SCRIPT)
  for (const kind of ['good', 'slow', 'broken']) {
    const file = path.join(folder, kind === 'good' ? 'seaworthy.yaml' : `${kind}.yaml`)
    if (kind !== 'good') writeFileSync(file, 'name: trained\noutcome: { name: late }\n')
    appendFileSync(file, `maintenance: { train: { command: node train.cjs ${kind} } }\n`)
  }
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const train = (...args: string[]) => ['train', '--data', 'train.parquet', ...args]
const runs = async () => {
  const { items } = JSON.parse(await runWell(['runs', 'trained', '--json'], { cwd: folder })) as {
    items: { state: string; version?: number; metrics: Record<string, number>; failure?: { code: string } }[]
  }
  return items
}

test('a training becomes a version, and its run says how', async () => {
  const trained = await runWell(train('--seed', '7', '--evaluation', 'evaluation.parquet', '--json'), { cwd: folder })
  expect(JSON.parse(trained)).toMatchObject({ model: 'trained', version: 1, created: true })
  expect(await runs()).toMatchObject([{ state: 'succeeded', version: 1, metrics: { seed: 7 } }])
  expect(await runWell(['show', 'trained'], { cwd: folder })).toMatch(/seed +7/)
  expect(await runWell(['check', 'trained@1'], { cwd: folder })).toMatch(/pass/)
}, 60_000)

test('a training that fails shows what it said, and leaves no version', async () => {
  const { code, stderr } = await runProgram(train('--contract', 'broken.yaml'), { cwd: folder })
  expect(code).toBe(1)
  expect(stderr).toMatch(/the data smells/)
  const [, run] = /The whole log: seaworthy runs trained --log (\w+)/.exec(stderr) ?? []
  const log = await runWell(['runs', 'trained', '--log', run!], { cwd: folder })
  expect(log).toMatch(/^::progress .*\n(.*\n)*.*the data smells/)
  expect(JSON.parse(await runWell(['runs', 'trained', '--log', 'last', '--json'], { cwd: folder }))).toEqual({ run, log })
  expect(await runProgram(['runs', 'trained', '--log', 'none'], { cwd: folder })).toMatchObject({ code: 4 })
  expect((await runs())[0]).toMatchObject({ state: 'failed', failure: { code: 'TRAINING_FAILED' } })
}, 60_000)

test('Ctrl-C ends the training with its process, and the run is cancelled', async () => {
  const child = spawnProgram(train('--contract', 'slow.yaml'), { cwd: folder })
  const result = outputOf(child)
  setTimeout(() => child.kill('SIGINT'), 3_000)
  expect((await result).code).toBe(130)
  expect((await runs())[0]).toMatchObject({ state: 'cancelled' })
  expect(await runWell(['models', '--json'], { cwd: folder })).toMatch(/"versionLast":1/)
}, 60_000)

test('a contract without a training command says what to add', async () => {
  writeFileSync(path.join(folder, 'none.yaml'), 'name: trained\n')
  const { code, stderr } = await runProgram(train('--contract', 'none.yaml'), { cwd: folder })
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('maintenance.train.command') as string })
})

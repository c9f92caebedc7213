/** The first hour of a new user, by the commands of the README: from a model file to answers, outcomes and the proof of it all. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runProgram, runWell, spawnProgram } from '../fixtures/program.ts'
import { createProject } from '../fixtures/project.ts'

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-voyage-'))
  await createProject(folder, { name: 'my-model' })
  rmSync(path.join(folder, 'seaworthy.yaml'))
}, 60_000)
afterAll(async () => {
  await runProgram(['stop'], { cwd: folder })
  rmSync(folder, { recursive: true, force: true })
})

const env = { SEAWORTHY_HTTP_PORT: '0' }
const run = (...args: string[]) => runWell(args, { cwd: folder, env })
const json = async <T>(...args: string[]) => JSON.parse(await run(...args, '--json')) as T
const FLIGHT = { hour: 21, weekday: 2, distance: 590, origin: 'ORD', destination: 'SFO' }
const post = (url: string, body: unknown) => fetch(url, { method: 'POST', body: JSON.stringify(body) })

/** What `serve` may not load: stores, the analytical engine, the framework of the control plane, pages. */
const FOREIGN =
  /node:sqlite|node_modules\/(kysely|@duckdb|pg|fastify|@scalar|cli-table3|vite|react)\/|\/web\/|\/entry\/http\/(server|routes|pages|web-pages|page-files)\.ts|\/platform\/(db|sql|jobs)\/|\/training\//

let url = ''
let predictions: { id: string; output: { late: number } }[] = []

test('a contract, a version, a passing check', async () => {
  expect(await run('init', '--name', 'my-model', '--latency-ms', '1000', '--yes')).toMatch(/realtime/)
  const contract = path.join(folder, 'seaworthy.yaml')
  const outcome = readFileSync(contract, 'utf8').replace('# outcome: { name: late', 'outcome: { name: late')
  writeFileSync(
    contract,
    outcome.replace(
      '# quality: { roc-auc: { min: 0.62 }, calibration-error: { max: 0.05 } }',
      'quality: { roc-auc: { min: 0.55 } }',
    ),
  )
  expect(await run('push', 'model.onnx', '--data', 'train.parquet')).toMatch(/my-model@1/)
  expect(await json('push', 'model.onnx', '--data', 'train.parquet')).toMatchObject({ version: 1, created: false })
  expect(await run('show', 'my-model')).toMatch(/origin +category/)

  const tooEarly = await runProgram(['launch', 'my-model@1', '--no-start'], { cwd: folder, env })
  expect(tooEarly).toMatchObject({ code: 5, stderr: expect.stringContaining('check') as string })
  const withoutData = await runProgram(['check', 'my-model@1'], { cwd: folder, env })
  expect(withoutData.code, withoutData.stdout).not.toBe(0)
  expect(await run('check', 'my-model@1', '--evaluation', 'evaluation.parquet')).toMatch(/roc-auc/)
}, 120_000)

test('launch starts a server, and it answers', async () => {
  const launched = await json<{ server: { url: string; pid: number } }>('launch', 'my-model@1')
  url = launched.server.url
  const reply = await post(`${url}/v1/deployments/my-model/predict`, {
    instances: [FLIGHT, { ...FLIGHT, hour: 3, origin: 'LAS' }],
  })
  expect(reply.status).toBe(200)
  ;({ predictions } = (await reply.json()) as { predictions: typeof predictions })
  expect(predictions[0]!.output.late).toBeGreaterThan(predictions[1]!.output.late)
  expect((await fetch(`${url}/docs`)).ok).toBe(true)
  expect((await fetch(`${url}/openapi.json`)).ok).toBe(true)
  expect((await fetch(`${url}/v1/deployments/my-model/docs`)).ok).toBe(true)
  expect(await run('deployments')).toMatch(/my-model +live/)
}, 60_000)

test('what really happened finds its prediction', async () => {
  writeFileSync(path.join(folder, 'outcomes.csv'), `id,outcome\n${predictions[0]!.id},1\n${predictions[1]!.id},0\n`)
  expect(await json('outcomes', 'my-model', 'outcomes.csv')).toEqual({ recorded: 2 })
  const { items } = await json<{ items: { id: string; outcome: number; inputs: unknown }[] }>('predictions', 'my-model')
  expect(items.find(({ id }) => id === predictions[0]!.id)).toMatchObject({ outcome: 1, inputs: FLIGHT })
  expect(await json('journal', 'my-model')).toMatchObject({ predictions: 2, outcomes: 2, state: 'healthy' })
})

test('what was answered is answered again, to the bit', async () => {
  expect(await run('replay', 'my-model')).toMatch(/2 identical to the bit, 0 different/)
  const replay = await json<{ kind: string; predictions: number; deviations: number }>('replay', 'my-model', '--on', 'champion')
  expect(replay).toMatchObject({ kind: 'cross', predictions: 2, deviations: 0, report: { changed: { value: 0 }, outcomes: 2 } })
})

test('an answer is explained, to people by bars and to programs by numbers', async () => {
  const [late] = predictions
  expect(await run('explain', 'my-model', '--id', late!.id)).toMatch(/origin +ORD +\+0\.\d+ +│█+/)
  const explained = await json<{
    predicted: number
    baseValue: number
    said: number
    contributions: { column: string; value: number }[]
  }>('explain', 'my-model', '--instance', JSON.stringify(FLIGHT))
  expect(explained).toMatchObject({ version: 1, unit: 'log-odds', method: expect.stringMatching(/^exact .* trees/) as string })
  const sum = explained.contributions.reduce((total, { value }) => total + value, explained.baseValue)
  expect(Math.abs(sum - explained.predicted)).toBeLessThan(1e-6)
  expect(explained.said).toBeCloseTo(late!.output.late, 6)
  expect(1 / (1 + Math.exp(-explained.predicted))).toBeCloseTo(explained.said, 5)
  const wrong = await runProgram(['explain', 'my-model', '--instance', '{"hour":99}'], { cwd: folder, env })
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/instances\[0\]/) as string })
  const strange = { ...FLIGHT, distance: 4_999 }
  expect(await run('explain', 'my-model', '--instance', JSON.stringify(strange))).toMatch(/unusual .* by distance/)
  expect(await run('show', 'my-model@1', '--importance')).toMatch(/hour +\d+\.\d % +█+/)
})

test('the audit log tells the way, and a head kept elsewhere agrees', async () => {
  expect(await run('audit')).toMatch(/deployment\.launch/)
  expect(await run('audit', 'verify')).toMatch(/whole/)
  await run('audit', 'export', 'head.json')
  await run('alias', 'my-model@1', 'champion', '--reason', 'the first')
  expect(await run('audit', 'verify', 'head.json')).toMatch(/agrees/)
  const head = JSON.parse(readFileSync(path.join(folder, 'head.json'), 'utf8')) as { hash: string }
  writeFileSync(path.join(folder, 'forged.json'), JSON.stringify({ ...head, hash: '0'.repeat(64) }))
  expect((await runProgram(['audit', 'verify', 'forged.json'], { cwd: folder, env })).stderr).toMatch(/not signed/)
})

test('a deployment is taken down with its reason, and the server of the folder stops', async () => {
  expect((await runProgram(['stop', 'my-model'], { cwd: folder, env })).code).toBe(2)
  expect(await run('stop', 'my-model', '--reason', 'the test is over')).toMatch(/down/)
  expect((await post(`${url}/v1/deployments/my-model/predict`, { instances: [FLIGHT] })).status).toBe(404)
  expect(await run('stop')).toMatch(/stopped/)
  await expect(fetch(url)).rejects.toThrow()
  expect(await run('journal', 'my-model')).toMatch(/predictions +2/)
})

test('the package alone is served by the data plane alone, without a database', async () => {
  await run('pull', 'my-model@champion')
  const modules = path.join(folder, 'modules.json')
  const child = spawnProgram(['serve', 'my-model-1.seaworthy', '--port', '0', '--journal', 'alone', '--json'], {
    cwd: folder,
    env: {
      NODE_OPTIONS: `--import ${path.resolve(import.meta.dirname, '../fixtures/list-modules.ts')}`,
      SEAWORTHY_TEST_MODULES: modules,
    },
  })
  const ready = await new Promise<string>((resolve) => child.stdout!.once('data', (text: Buffer) => resolve(text.toString())))
  const serving = JSON.parse(ready) as { url: string }
  const reply = await post(`${serving.url}/v1/deployments/my-model/predict`, { instances: [FLIGHT] })
  const { predictions: again } = (await reply.json()) as { predictions: typeof predictions }
  expect(again[0]!.output).toEqual(predictions[0]!.output)
  child.kill('SIGTERM')
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
  const loaded = JSON.parse(readFileSync(modules, 'utf8')) as string[]
  expect(loaded.length).toBeGreaterThan(50)
  expect(loaded.filter((name) => FOREIGN.test(name))).toEqual([])
}, 60_000)

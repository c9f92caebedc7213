import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readTrainingOutput } from './training-output.ts'

let root: string
let folder: string
const put = (name: string, content: string) => writeFileSync(path.join(folder, name), content)
const read = () => readTrainingOutput(folder, 10 * 2 ** 20)
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'seaworthy-output-'))
  folder = path.join(root, 'output')
  mkdirSync(folder)
  put('model.onnx', 'a model')
  put('metrics.json', '{"roc-auc":0.7,"rows":3}')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('what was written is read, and only model and metrics must be there', async () => {
  expect(await read()).toEqual({
    modelFile: path.join(folder, 'model.onnx'),
    metrics: { 'roc-auc': 0.7, rows: 3 },
    parameters: {},
    environment: {},
  })
  put('parameters.json', '{"depth":6,"features":["a"]}')
  put('environment.json', '{"language":"python","libraries":{"sklearn":"1.6"},"gpu":"none"}')
  mkdirSync(path.join(folder, 'weights'))
  put('weights/part-1.bin', 'w')
  expect(await read()).toMatchObject({
    parameters: { depth: 6, features: ['a'] },
    environment: { language: 'python', libraries: { sklearn: '1.6' }, gpu: 'none' },
  })
})

test('what is missing is named', async () => {
  for (const file of ['metrics.json', 'model.onnx']) {
    rmSync(path.join(folder, file))
    await expect(read()).rejects.toMatchObject({ code: 'TRAINING_OUTPUT_INVALID', details: { file } })
  }
})

test('a metric that is no number is refused with its place', async () => {
  const bad: Record<string, { path?: string; message: RegExp }> = {
    '{"a":1,"roc-auc": NaN}': { path: 'roc-auc', message: /NaN is no number/ },
    '{"loss":-Infinity}': { path: 'loss', message: /-Infinity is no number/ },
    '{"loss":1e999}': { path: 'loss', message: /number/ },
    '{"loss":"0.3"}': { path: 'loss', message: /expected number/ },
    '{"by":{"x":1}}': { path: 'by', message: /expected number/ },
    '[1]': { message: /expected record/ },
    '{"a":1': { message: /no JSON/ },
  }
  for (const [text, { path: place, message }] of Object.entries(bad)) {
    put('metrics.json', text)
    await expect(read(), text).rejects.toMatchObject({
      details: { file: 'metrics.json' },
      message: expect.stringMatching(message),
    })
    if (place !== undefined) await expect(read(), text).rejects.toMatchObject({ details: { path: place } })
  }
})

test('files that are too large, too many or too deep are refused', async () => {
  put('metrics.json', `{"a":1${' '.repeat(2 ** 20)}}`)
  await expect(read()).rejects.toMatchObject({ details: { file: 'metrics.json', reason: expect.stringContaining('1048576') } })
  put('metrics.json', `{${Array.from({ length: 1_001 }, (_, i) => `"m${i}":1`).join()}}`)
  await expect(read()).rejects.toMatchObject({ details: { reason: expect.stringContaining('1000 metrics') } })
  put('metrics.json', '{}')
  put('parameters.json', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
  await expect(read()).rejects.toMatchObject({ details: { file: 'parameters.json', reason: expect.stringContaining('nested') } })
  writeFileSync(path.join(folder, 'parameters.json'), Buffer.from([0x22, 0xff, 0x22]))
  await expect(read()).rejects.toMatchObject({ details: { reason: 'it is not UTF-8' } })
  put('parameters.json', '{}')
  truncateSync(path.join(folder, 'model.onnx'), 11 * 2 ** 20)
  await expect(read()).rejects.toMatchObject({ details: { file: 'model.onnx', reason: expect.stringContaining('10485760') } })
})

test('links and what is neither file nor folder are refused, wherever they are', async () => {
  const refused = (file: string) => expect(read()).rejects.toMatchObject({ code: 'TRAINING_OUTPUT_INVALID', details: { file } })
  mkdirSync(path.join(folder, 'deep'))
  symlinkSync('/etc/passwd', path.join(folder, 'deep', 'weights.bin'))
  await refused(path.join('deep', 'weights.bin'))
  rmSync(path.join(folder, 'deep'), { recursive: true })
  put('twin', 'x')
  linkSync(path.join(folder, 'twin'), path.join(root, 'elsewhere'))
  await refused('twin')
  rmSync(path.join(folder, 'twin'))
  rmSync(path.join(folder, 'metrics.json'))
  symlinkSync('/dev/zero', path.join(folder, 'metrics.json'))
  await refused('metrics.json')
  rmSync(path.join(folder, 'metrics.json'))
  execFileSync('mkfifo', [path.join(folder, 'metrics.json')])
  await refused('metrics.json')
})

test('an output folder that was replaced by a link is refused', async () => {
  rmSync(folder, { recursive: true })
  symlinkSync('/tmp', folder)
  await expect(read()).rejects.toMatchObject({ code: 'TRAINING_OUTPUT_INVALID' })
})

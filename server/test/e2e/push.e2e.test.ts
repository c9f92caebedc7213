/** What `push` brings along without being asked: files of weights, and the lock files of the environment. */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeLinearProject } from '../fixtures/linear-model.ts'
import { runProgram, runWell, spawnProgram, startProgram } from '../fixtures/program.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-push-'))
  writeLinearProject(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: string[]) => runWell(args, { cwd: folder })
const fails = (...args: string[]) => runProgram(args, { cwd: folder })
const costOf = async (url: string) => {
  const reply = await fetch(`${url}/v1/deployments/linear/predict`, {
    method: 'POST',
    body: JSON.stringify({ instances: [{ a: 1, b: 2 }] }),
  })
  const { predictions } = (await reply.json()) as { predictions: { output: { cost: number } }[] }
  return predictions[0]!.output.cost
}

test('a model that keeps its weights in files beside it is pushed, checked, launched and served', async () => {
  await run('push', 'model.onnx', '--data', 'train.csv')
  const { files } = JSON.parse(await run('show', 'linear@1', '--json')) as { files: { path: string }[] }
  expect(files.map((file) => file.path)).toEqual(
    expect.arrayContaining(['model/model.onnx', 'model/model.onnx.data', 'model/weights/bias.bin']),
  )
  await run('check', 'linear')
  const server = await startProgram({ cwd: folder })
  await run('launch', 'linear')
  expect(await costOf(server.url)).toBe(18)
  // Sent to a server by HTTP, the same files are the same version.
  expect(await run('push', 'model.onnx', '--data', 'train.csv')).toMatch(/already/)
  await run('pull', 'linear')
  await server.stop()
  const serve = spawnProgram(['serve', 'linear-1.seaworthy', '--port', '0', '--json'], { cwd: folder })
  const ready = await new Promise<string>((resolve) => serve.stdout!.once('data', (chunk: Buffer) => resolve(chunk.toString())))
  expect(await costOf((JSON.parse(ready) as { url: string }).url)).toBe(18)
  serve.kill('SIGTERM')
  await new Promise((resolve) => serve.once('exit', resolve))
}, 120_000)

test('weights that are not beside the model, or lead elsewhere, are told before anything is sent', async () => {
  const weights = path.join(folder, 'weights')
  renameSync(weights, `${weights}-elsewhere`)
  expect(await fails('push', 'model.onnx')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/weights\/bias\.bin.*no such/),
  })
  symlinkSync(`${weights}-elsewhere`, weights)
  expect(await fails('push', 'model.onnx')).toMatchObject({ code: 1, stderr: expect.stringMatching(/weights\/bias\.bin.*link/) })
  rmSync(weights)
  renameSync(`${weights}-elsewhere`, weights)
  writeFileSync(path.join(folder, 'model.pkl'), Buffer.from([0x80, 0x04, 0x95, 1, 0, 0, 0]))
  expect(await fails('push', 'model.pkl')).toMatchObject({ code: 1, stderr: expect.stringMatching(/pickle/i) })
}, 60_000)

test('lock files beside the model are its environment, and the push says so', async () => {
  writeFileSync(path.join(folder, 'requirements.txt'), 'torch==2.5.0\nnumpy==2.1.0\n')
  expect(await run('push', 'model.onnx', '--data', 'train.csv')).toMatch(/requirements\.txt \(2 libraries\)/)
  const environmentOf = async (version: number) =>
    (JSON.parse(await run('show', `linear@${version}`, '--json')) as { environment: unknown }).environment
  const lock = [{ name: 'requirements.txt', bytes: 26, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string }]
  expect(await environmentOf(2)).toMatchObject({ libraries: { torch: '2.5.0', numpy: '2.1.0' }, lock })
  // The model's own folder goes before the one that the command runs in, and a named file before both.
  mkdirSync(path.join(folder, 'trained'))
  for (const name of ['model.onnx', 'model.onnx.data', 'weights'])
    renameSync(path.join(folder, name), path.join(folder, 'trained', name))
  const uv = '[[package]]\nname = "scikit-learn"\nversion = "1.5.0"\n'
  writeFileSync(path.join(folder, 'trained/uv.lock'), uv)
  expect(await run('push', 'trained/model.onnx', '--data', 'train.csv')).toMatch(/trained\/uv\.lock \(1 library\)/)
  expect(await environmentOf(3)).toMatchObject({ libraries: { 'scikit-learn': '1.5.0' } })
  const named = await run('push', 'trained/model.onnx', '--data', 'train.csv', '--environment', 'requirements.txt')
  expect(named).toMatch(/linear@2 has this content already/)
  expect(readFileSync(path.join(folder, 'trained/uv.lock'), 'utf8')).toBe(uv)
}, 60_000)

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Tensor } from './contract.ts'
import { createWorkerModel } from './worker-session.ts'

/** A thread that answers with its input, and dies at a run whose first value is -1. */
const THREAD = `
import { parentPort } from 'node:worker_threads'
parentPort.postMessage({ kind: 'ready', inputs: [], outputs: [], memoryBytes: 1 })
parentPort.on('message', (request) => {
  if (request.kind === 'close') parentPort.close()
  else if (request.inputs[0].data[0] === -1) process.exit(3)
  else parentPort.postMessage({ kind: 'done', id: request.id, outputs: request.inputs })
})`
const OPTIONS = { threads: 1, memoryArena: true }
let folder = ''
let source: URL
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-worker-'))
  writeFileSync(path.join(folder, 'thread.mjs'), THREAD)
  source = pathToFileURL(path.join(folder, 'thread.mjs'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const batch = (value: number): Tensor[] => [{ name: 'x', element: 'float32', dims: [1], data: Float32Array.of(value) }]

test('a thread that dies fails what it had, is told in the log, and comes back', async () => {
  const events: unknown[] = []
  const log = { debug() {}, info() {}, warn() {}, error: (event: string) => void events.push(event) }
  const model = await createWorkerModel('x.onnx', OPTIONS, log, source)
  expect((await model.run(batch(5))).get('x')?.data).toEqual(Float32Array.of(5))
  const lost = [model.run(batch(-1)), model.run(batch(6))]
  for (const run of lost) await expect(run).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE', status: 503 })
  expect(events).toEqual(['the thread of a model died'])
  expect((await model.run(batch(7))).get('x')?.data).toEqual(Float32Array.of(7))
  await model.close()
})

test('a thread that keeps dying stays down and says so', async () => {
  const model = await createWorkerModel('x.onnx', OPTIONS, undefined, source)
  for (let i = 0; i < 4; i++) await expect(model.run(batch(-1))).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' })
  await expect(model.run(batch(1))).rejects.toThrow(/died 4 times/)
  expect(model.isAlive).toBe(false)
  await model.close()
})

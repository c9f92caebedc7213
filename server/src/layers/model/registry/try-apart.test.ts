import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  attribute,
  initializer,
  message,
  node,
  onnxFile,
  packed,
  tensor,
  text,
  value,
  whole,
} from '../../../../test/fixtures/onnx-bytes.ts'
import { treesModel, treesSample, treesSignature } from '../../../../test/fixtures/synthetic-trees.ts'
import type { Signature } from '../signature/signature.ts'
import { tryApart } from './try-apart.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-trial-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const OPTIONS = { threads: 1, memoryArena: true, workerRunMsMin: 1_000, batchRowsMax: 4 }
const never = new AbortController().signal
const versionOf = (bytes: Uint8Array, signature: Signature = treesSignature, sample: readonly object[] = treesSample) => {
  const modelFile = path.join(folder, 'model.onnx')
  writeFileSync(modelFile, bytes)
  return { model: 'm', version: 0, digest: '', signature, sample: sample.map((row) => ({ ...row })), modelFile }
}

test('a good model is tried and nothing is said; a refusal keeps its code, message and hint', async () => {
  expect(await tryApart(versionOf(treesModel(2, 2)), OPTIONS, never)).toEqual([])
  await expect(tryApart(versionOf(treesModel(2, 2).subarray(0, 500)), OPTIONS, never)).rejects.toMatchObject({
    code: 'MODEL_UNREADABLE',
    message: expect.stringContaining('model.onnx') as string,
    hint: expect.stringContaining('not a whole ONNX model') as string,
  })
  const other = { ...treesSignature, graph: { inputs: [{ ...treesSignature.graph.inputs[0]!, name: 'x' }] } }
  await expect(tryApart(versionOf(treesModel(2, 2), other), OPTIONS, never)).rejects.toMatchObject({ code: 'MODEL_RUN_FAILED' })
})

/** A loop of as many rounds as 63 bits count, about its own input. */
function endlessLoop(): Uint8Array {
  const body = message(
    6,
    node('Identity', { inputs: ['go'], outputs: ['go-on'] }),
    node('Identity', { inputs: ['now'], outputs: ['next'] }),
    text(2, 'body'),
    value(11, 'round', [], 7),
    value(11, 'go', [], 9),
    value(11, 'now', ['rows', 1]),
    value(12, 'go-on', [], 9),
    value(12, 'next', ['rows', 1]),
  )
  const rounds = initializer(...tensor('rounds', 7, [], packed(7, [2n ** 62n])))
  const loop = node('Loop', { inputs: ['rounds', '', 'x'], attributes: [attribute('body', body, whole(20, 5))] })
  return onnxFile(message(7, loop, text(2, 'g'), rounds, value(11, 'x', ['rows', 1]), value(12, 'y', ['rows', 1])))
}
const oneColumn: Signature = {
  inputs: [{ name: 'a', type: 'number', nullable: false }],
  outputs: [{ name: 'y', type: 'number', graphOutput: 'y', element: 'float32', column: 0 }],
  graph: { inputs: [{ name: 'x', element: 'float32', columns: ['a'], rank: 2 }] },
}

test('a model that never comes to an end is stopped and said so, and this process goes on', async () => {
  const start = performance.now()
  await expect(tryApart(versionOf(endlessLoop(), oneColumn, [{ a: 0 }]), OPTIONS, never, 1_500)).rejects.toMatchObject({
    code: 'MODEL_TRIAL_FAILED',
    status: 422,
    message: expect.stringMatching(/model\.onnx .*did not come to an end within 1\.5 s/) as string,
  })
  expect(performance.now() - start).toBeLessThan(5_000)
})

test('whoever asked may stop it', async () => {
  const stop = new AbortController()
  setTimeout(() => stop.abort(new Error('asked to')), 300)
  await expect(tryApart(versionOf(endlessLoop(), oneColumn, [{ a: 0 }]), OPTIONS, stop.signal)).rejects.toThrow('asked to')
  await expect(tryApart(versionOf(treesModel(2, 2)), OPTIONS, stop.signal)).rejects.toThrow('asked to')
})

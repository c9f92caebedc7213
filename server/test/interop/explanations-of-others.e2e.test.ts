/**
 * Exact explanations of trees that LightGBM and scikit-learn grew and exported, held against the shap package. Needs a Python with
 * the libraries of requirements.txt and shap; this is how the suite was run:
 *
 *     python3 -m venv /tmp/interop-venv && /tmp/interop-venv/bin/pip install -r server/test/interop/requirements.txt shap==0.51.0
 *     SEAWORTHY_TEST_PYTHON=/tmp/interop-venv/bin/python npx vitest run server/test/interop/explanations-of-others.e2e.test.ts
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { onnx } from '../../src/layers/model/formats/onnx.ts'
import { createRowExplainer, loadModel, readTreeModel, type Signature } from '../../src/layers/model/index.ts'
import { writeInstance } from '../../src/layers/model/inference/instance-writer.ts'
import { findPython } from './python.ts'

const MODELS = [
  'gradient-boosting-classifier',
  'gradient-boosting-regressor',
  'lightgbm-classifier',
  'lightgbm-regressor',
  'random-forest-classifier',
  'random-forest-regressor',
] as const
/** The exporters round thresholds and leaves to float32. */
const TOLERANCE = 2e-5

const python = findPython()
const hasShap = python !== undefined && canImportShap(python)
if (!hasShap) console.warn('\n!!! SKIPPED: explanations are not held against the shap package, because no Python has it.\n')

function canImportShap(program: string): boolean {
  try {
    execFileSync(program, ['-c', 'import shap'], { stdio: 'ignore', timeout: 120_000 })
    return true
  } catch {
    return false
  }
}

interface Expected {
  readonly kind: 'number' | 'log-odds' | 'probability'
  readonly background: readonly (readonly number[])[]
  readonly shown: readonly (readonly number[])[]
  readonly values: readonly (readonly number[])[]
  readonly base: number
}

describe.skipIf(!hasShap)('an explanation of trees', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-shap-'))
    execFileSync(python!, [path.join(import.meta.dirname, 'explain_models.py'), folder], { stdio: 'ignore' })
  }, 180_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(MODELS)('of %s is that of the shap package', async (name) => {
    const file = path.join(folder, name, 'model.onnx')
    const { kind, background, shown, values, base } = JSON.parse(
      readFileSync(path.join(folder, name, 'shap.json'), 'utf8'),
    ) as Expected
    const signature = await signatureOf(file, kind)
    const columns = signature.inputs.map((input) => input.name)
    const instances = [...shown, ...background].map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]!])))
    const version = { model: name, version: 1, digest: name, signature, modelFile: file, sample: instances.slice(0, 3) }
    const session = await loadModel(version, { threads: 1, memoryArena: true, workerRunMsMin: 1_000, batchRowsMax: 64 })
    const tensors = session.createTensors(instances.length)
    instances.forEach((instance, row) => writeInstance(signature, session.layout, tensors, row, instance))
    const treeModel = await readTreeModel(file)
    const explainer = await createRowExplainer({ session, treeModel, tensors, rows: instances.length, output: 'y' })
    for (const [row, expected] of values.entries()) {
      const from = background.map((_, i) => shown.length + i)
      const explanation = await explainer.explain(row, from)
      expect(explanation.method).toMatch(/^exact Shapley values of \d+ trees/)
      expect(explanation.unit).toBe(kind === 'log-odds' ? 'log-odds' : 'output')
      const size = Math.max(1, ...expected.map(Math.abs))
      expect(Math.abs(explanation.baseValue - base)).toBeLessThan(TOLERANCE * size)
      explanation.contributions.forEach(({ value }, i) =>
        expect(Math.abs(value - expected[i]!), `row ${row}, column ${i}`).toBeLessThan(TOLERANCE * size),
      )
      const sum = explanation.contributions.reduce((total, { value }) => total + value, explanation.baseValue)
      expect(Math.abs(sum - explanation.prediction)).toBeLessThan(1e-6)
    }
    await session.close()
  })
})

async function signatureOf(file: string, kind: Expected['kind']): Promise<Signature> {
  const { inputs, outputs } = await onnx.describe(file, { bytesMax: 1e9 })
  const columns = Array.from({ length: 6 }, (_, i) => `c${i}`)
  const graphOutput = outputs.at(-1)!.name
  return {
    inputs: columns.map((name) => ({ name, type: 'number', nullable: true })),
    outputs: [
      kind === 'number'
        ? { name: 'y', type: 'number', graphOutput, element: 'float32', column: 0 }
        : { name: 'y', type: 'probability', graphOutput, element: 'float32', column: 1 },
    ],
    graph: { inputs: [{ name: inputs[0]!.name, element: 'float32', columns, rank: 2 }] },
  }
}

/**
 * Models that no one here made: trained and exported by the libraries that their users have, pushed, checked, launched and
 * asked over HTTP, and held against what the libraries themselves answer.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningProgram, runWell, startProgram } from '../fixtures/program.ts'
import { findPython } from './python.ts'

const NAMES = ['forest-of-three-classes', 'lightgbm-classifier', 'pipeline-with-text', 'ridge'] as const
const TOLERANCE = 1e-5

const python = findPython()
if (python === undefined)
  console.warn(
    '\n!!! SKIPPED: models of scikit-learn and LightGBM are not tested, because no Python with these libraries was found.\n!!! npm run interop:prepare makes one.\n',
  )

interface Expected {
  readonly outcome: string
  readonly instances: readonly Readonly<Record<string, unknown>>[]
  readonly answers: readonly (number | Readonly<Record<string, number>>)[]
}

describe.skipIf(python === undefined)('a model of another library', () => {
  let folder: string
  let server: RunningProgram
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-interop-'))
    execFileSync(python!, [path.join(import.meta.dirname, 'make_models.py'), path.join(folder, 'models')], { stdio: 'ignore' })
    server = await startProgram({ cwd: folder })
  }, 180_000)
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test.each(NAMES)(
    '%s answers over HTTP what its library answers',
    async (name) => {
      const made = path.join(folder, 'models', name)
      expect(readdirSync(made)).toContain('model.onnx')
      const expected = JSON.parse(readFileSync(path.join(made, 'expected.json'), 'utf8')) as Expected
      for (const file of ['model.onnx', 'train.csv']) copyFileSync(path.join(made, file), path.join(folder, `${name}-${file}`))
      writeFileSync(path.join(folder, 'seaworthy.yaml'), `name: ${name}\noutcome: { name: ${expected.outcome} }\n`)
      await runWell(['push', `${name}-model.onnx`, '--data', `${name}-train.csv`], { cwd: folder })
      await runWell(['check', `${name}@1`], { cwd: folder })
      await runWell(['launch', `${name}@1`], { cwd: folder })
      const reply = await fetch(`${server.url}/v1/deployments/${name}/predict`, {
        method: 'POST',
        body: JSON.stringify({ instances: expected.instances }),
      })
      const text = await reply.text()
      expect(reply.status, text).toBe(200)
      const { predictions } = JSON.parse(text) as { predictions: { output: Record<string, unknown> }[] }
      expect(predictions.length).toBe(expected.answers.length)
      for (const [i, answer] of expected.answers.entries()) {
        const outputs = Object.values(predictions[i]!.output)
        if (typeof answer === 'number') expect(outputs.some((value) => near(value, answer))).toBe(true)
        else
          expect(
            outputs.some((value) =>
              Object.entries(answer).every(([label, share]) => near((value as Record<string, unknown>)?.[label], share)),
            ),
          ).toBe(true)
      }
    },
    60_000,
  )
})

const near = (value: unknown, answer: number): boolean =>
  typeof value === 'number' && Math.abs(value - answer) <= TOLERANCE * Math.max(1, Math.abs(answer))

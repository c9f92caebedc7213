import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { treesModel, treesSample, treesSignature } from '../../../../test/fixtures/synthetic-trees.ts'
import { createRandom } from '../../../stats/random.ts'
import { loadModel, type ModelSession, type ServableVersion } from '../../model/index.ts'
import { createAnswerer } from './answer-again.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-again-'))
const version: ServableVersion = {
  ...{ model: 'trees', version: 1, digest: 'd', signature: treesSignature, sample: treesSample },
  modelFile: path.join(folder, 'model.onnx'),
}
const ROWS = 128
let session: ModelSession

beforeAll(async () => {
  writeFileSync(version.modelFile, treesModel(300, 5, 3))
  const options = { threads: 2, memoryArena: true, workerRunMsMin: 1_000, batchRowsMax: ROWS }
  session = { ...(await loadModel(version, options)), batchRowsBest: ROWS }
})
afterAll(async () => {
  await session.close()
  rmSync(folder, { recursive: true })
})

const answerer = (rules = {}) => createAnswerer({ deployment: 'd', version, session, rules, nestingMax: 32 })

test('what a row came to among many rows is found again, even where it comes to other bits alone', async () => {
  const random = createRandom(5)
  const inputs = Array.from({ length: ROWS }, () => JSON.stringify({ ...treesSample[0], distance: random() * 3_000 }))
  const together = await answerer().ask(inputs)
  for (const [i, input] of inputs.entries()) {
    const wanted = together[i]!.output!
    const [alone] = await answerer().ask([input])
    // With two cores and two threads about a third of the rows come to other bits alone.
    if (alone!.output !== wanted) expect((await answerer().askInCompany(input, wanted))?.output).toBe(wanted)
  }
  expect(await answerer().askInCompany(inputs[0]!, '{"late":2}')).toBeUndefined()
})

test('inputs that the contract refuses are refused in the words that a caller reads, and their neighbours are answered', async () => {
  const bad = JSON.stringify({ ...treesSample[0], origin: 'nowhere' })
  const [refused, fine] = await answerer().ask([bad, JSON.stringify(treesSample[1])])
  expect(refused).toEqual({ refusal: expect.stringMatching(/^instances\[0\]\.origin: expected one of .*got "nowhere"/) })
  expect(fine!.output).toMatch(/^\{"late":0\.\d+\}$/)
  const [flagged] = await answerer({ serving: { 'on-invalid': 'flag' } }).ask([bad])
  expect(flagged).toMatchObject({ flags: expect.stringMatching(/UNKNOWN_CATEGORY/) })
})

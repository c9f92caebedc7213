/** Files that nobody wrote: thousands of damaged and made-up ones. Each is described or refused; none is a bug, slow or large. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  attribute,
  blob,
  encode,
  external,
  graph,
  initializer,
  message,
  node,
  onnxFile,
  packed,
  type Part,
  tensor,
  text,
  value,
  whole,
} from '../../../../test/fixtures/onnx-bytes.ts'
import { treesModel } from '../../../../test/fixtures/synthetic-trees.ts'
import { AppError } from '../../../kernel/errors.ts'
import { createRandom } from '../../../stats/random.ts'
import { onnx } from './onnx.ts'

const MUTANTS = 4_000
const DESCRIBE_MS_MAX = 500

let folder: string
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-fuzz-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Anything but a description or an expected failure fails the test with the file's bytes. */
async function look(bytes: Uint8Array): Promise<string> {
  const file = path.join(folder, 'model.onnx')
  writeFileSync(file, bytes)
  const start = performance.now()
  const end = await onnx.describe(file, { bytesMax: 10_000_000 }).then(
    () => 'described',
    (error: unknown) => {
      if (!(error instanceof AppError)) throw new Error(`a bug on ${Buffer.from(bytes).toString('base64')}`, { cause: error })
      expect(error.message.length + error.hint.length, error.message).toBeLessThan(3_000)
      return error.code
    },
  )
  expect(performance.now() - start).toBeLessThan(DESCRIBE_MS_MAX)
  return end
}

/** A file with a bit of everything that the reader looks into. */
const rich = onnxFile(
  text(2, 'fuzz'),
  graph(
    node('If', { attributes: [attribute('then_branch', message(6, node('Identity'), value(12, 'y', [1])))] }),
    node('LinearClassifier', {
      domain: 'ai.onnx.ml',
      attributes: [
        attribute('classlabels_strings', text(9, 'no'), text(9, 'yes')),
        attribute('classlabels_int64s', packed(8, [1, 2])),
      ],
    }),
    node('Constant', { attributes: [attribute('value', message(5, ...tensor('c', 7, [2], packed(7, [1, -2]))))] }),
    initializer(...tensor('w', 1, [2, 2], blob(9, new Uint8Array(16)))),
    initializer(...tensor('s', 8, [2], text(6, 'a'), text(6, 'b'))),
    initializer(...tensor('e', 1, [0], ...external('weights.bin', { offset: '0' }))),
    message(
      15,
      message(1, ...tensor('v', 1, [1], blob(9, new Uint8Array(4)))),
      message(2, ...tensor('i', 7, [1], packed(7, [0]))),
    ),
    value(12, 'z', ['rows', 3], 8),
  ),
  message(14, text(1, 'key'), text(2, 'value')),
  message(25, text(1, 'f'), text(10, 'ours'), node('Identity')),
)

function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = () => Math.floor(random() * bytes.length)
  let result = Uint8Array.from(bytes)
  for (let i = 0; i <= random() * 4; i++) {
    const kind = random()
    if (kind < 0.4) result[at() % result.length] = Math.floor(random() * 256)
    else if (kind < 0.6) result[at() % result.length]! ^= 1 << Math.floor(random() * 8)
    else if (kind < 0.7) result = result.slice(0, Math.max(1, at()))
    else if (kind < 0.85) {
      // Lengths and sizes that are as large as a varint can say.
      const from = at() % result.length
      result.fill(0xff, from, from + 9)
    } else {
      const [a, b] = [at(), at()]
      result = Uint8Array.from([
        ...result.subarray(0, a),
        ...bytes.subarray(Math.min(a, b), Math.max(a, b)),
        ...result.subarray(b),
      ])
    }
  }
  return result
}

test('damaged models are described or refused, quickly and in bounded memory', async () => {
  const random = createRandom(20_261_124)
  const seeds = [rich, treesModel(1, 2), onnxFile(graph())]
  writeFileSync(path.join(folder, 'weights.bin'), new Uint8Array(8))
  for (const seed of seeds) expect(await look(seed)).toBe('described')
  const before = process.memoryUsage().rss
  const ends = new Map<string, number>()
  for (let i = 0; i < MUTANTS; i++) {
    const end = await look(mutate(seeds[i % seeds.length]!, random))
    ends.set(end, (ends.get(end) ?? 0) + 1)
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000)
  expect([...ends.keys()]).toEqual(expect.arrayContaining(['described', 'MODEL_FILE_MALFORMED', 'MODEL_FILE_TRUNCATED']))
}, 60_000)

test('noise of any length and start is refused', async () => {
  const start = fc.constantFrom([], [8], [8, 8, 0x3a], [0x3a], [0x72], [0xca, 1])
  await fc.assert(
    fc.asyncProperty(start, fc.uint8Array({ maxLength: 300 }), async (head, tail) => {
      await look(Uint8Array.from([...head, ...tail]))
    }),
    { numRuns: 600 },
  )
}, 60_000)

test('any tree of fields under any numbers is described or refused', async () => {
  const { part } = fc.letrec<{ part: Part }>((tie) => {
    const field = fc.integer({ min: 1, max: 26 })
    return {
      part: fc.oneof(
        { maxDepth: 6, depthSize: 'large' },
        fc.tuple(field, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })).map(([at, number]) => whole(at, number)),
        fc.tuple(field, fc.string({ maxLength: 20 })).map(([at, content]) => text(at, content)),
        fc.tuple(field, fc.uint8Array({ maxLength: 20 })).map(([at, bytes]) => blob(at, bytes)),
        fc.tuple(field, fc.array(tie('part'), { maxLength: 6 })).map(([at, parts]) => message(at, ...parts)),
      ),
    }
  })
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
      await look(encode(whole(1, 8), message(7, ...parts, value(12, 'y', [1]))))
    }),
    { numRuns: 600 },
  )
}, 60_000)

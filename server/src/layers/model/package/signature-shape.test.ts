import { expect, test } from 'vitest'
import { treesSignature } from '../../../../test/fixtures/synthetic-trees.ts'
import { Signature } from '../signature/signature.ts'
import { signatureShape } from './signature-shape.ts'

/** Every value inside a document, one after the other replaced by `other` or taken out. */
function* variationsOf(document: unknown, other: unknown): Generator<unknown> {
  if (typeof document !== 'object' || document === null) return
  for (const [key, member] of Object.entries(document)) {
    const put = (value: unknown): unknown =>
      Array.isArray(document) ? document.toSpliced(Number(key), 1, value) : { ...document, [key]: value }
    yield put(other)
    const { [key]: _, ...less } = document as Record<string, unknown>
    yield Array.isArray(document) ? document.toSpliced(Number(key), 1) : less
    yield Array.isArray(document) ? [...document, other] : { ...document, more: other }
    for (const inner of variationsOf(member, other)) yield put(inner)
  }
}

const whole: Signature = {
  inputs: [
    { name: 'a', type: 'number', nullable: true, min: -1.5, max: 2 },
    { name: 'b', type: 'category', nullable: false, categories: ['x', 'y'] },
    { name: 'c', type: 'tensor', nullable: false, shape: [2, 3] },
  ],
  outputs: [
    { name: 'p', type: 'probabilities', graphOutput: 'g', element: 'float32', column: 1, classes: ['n', 'y'], shape: [2] },
  ],
  graph: { inputs: [{ name: 'g', element: 'float64', columns: ['a', 'b'], rank: 2 }] },
}

test('the shape that the data plane checks is the schema of the control plane', () => {
  const shapeTakes = (value: unknown) => {
    try {
      signatureShape(value, '')
      return true
    } catch {
      return false
    }
  }
  let refused = 0
  let taken = 0
  for (const other of [0, 1, 9, -1, 1.5, '', 'float32', 'tensor', true, null, [], [1], ['x'], {}])
    for (const value of variationsOf(whole, other)) {
      const expected = Signature.safeParse(value).success
      expect({ value, taken: shapeTakes(value) }).toEqual({ value, taken: expected })
      if (expected) taken += 1
      else refused += 1
    }
  expect(signatureShape(treesSignature, '')).toEqual(treesSignature)
  expect(Math.min(refused, taken)).toBeGreaterThan(50)
})

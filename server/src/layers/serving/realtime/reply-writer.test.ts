import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OutputField, Signature, Tensor, TensorData } from '../../model/data-plane.ts'
import { createReplyWriter, REPLY_TAIL } from './reply-writer.ts'

function outputOf(field: Omit<OutputField, 'name' | 'graphOutput'>, data: TensorData, rows: number, row: number): unknown {
  const output: OutputField = { name: 'the "y"', graphOutput: 'y', ...field }
  const signature: Signature = { inputs: [], outputs: [output], graph: { inputs: [] } }
  const writer = createReplyWriter(signature, { deployment: 'd', model: 'm', version: 1, variant: 'champion' })
  const tensor: Tensor = { name: 'y', element: field.element, dims: [rows, data.length / rows], data }
  const bound = writer.bind(new Map([['y', tensor]]), rows)
  const reply = JSON.parse(writer.head('r') + writer.prediction('id', bound, row, undefined) + REPLY_TAIL) as {
    predictions: [{ id: string; output: Record<string, unknown> }]
  }
  expect(Object.keys(reply.predictions[0].output)).toEqual(['the "y"'])
  return reply.predictions[0].output['the "y"']
}

test('each type of output is written as its own kind of JSON', () => {
  const floats = Float32Array.of(0.25, 0.75, 0.5, 0.5)
  expect(outputOf({ type: 'probability', element: 'float32', column: 1 }, floats, 2, 0)).toBe(0.75)
  expect(outputOf({ type: 'probabilities', element: 'float32', classes: ['a"', 'b'] }, floats, 2, 0)).toEqual({
    'a"': 0.25,
    b: 0.75,
  })
  expect(outputOf({ type: 'probabilities', element: 'float32' }, floats, 2, 1)).toEqual([0.5, 0.5])
  expect(outputOf({ type: 'tensor', element: 'float32', shape: [2, 1] }, floats, 2, 0)).toEqual([[0.25], [0.75]])
  expect(outputOf({ type: 'integer', element: 'int64' }, BigInt64Array.of(7n, -8n), 2, 1)).toBe(-8)
  expect(outputOf({ type: 'boolean', element: 'bool' }, Uint8Array.of(0, 1), 2, 1)).toBe(true)
  expect(outputOf({ type: 'category', element: 'string' }, ['x', 'y\n"'], 2, 1)).toBe('y\n"')
  expect(outputOf({ type: 'category', element: 'int64', classes: ['no', 'yes'] }, BigInt64Array.of(0n, 1n), 2, 1)).toBe('yes')
  expect(outputOf({ type: 'number', element: 'float64' }, Float64Array.of(0.1), 1, 0)).toBe(0.1)
})

test('any number comes back as the bits it had, and what JSON cannot say as null', () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      const written = outputOf({ type: 'number', element: 'float64' }, Float64Array.of(value), 1, 0)
      return written === (Number.isFinite(value) ? value : null) || value === 0
    }),
  )
})

test('an output of another shape than the rows is refused, not misread', () => {
  const field = { type: 'number', element: 'float32' } as const
  expect(() => outputOf(field, new Float32Array(3), 2, 0)).toThrow(/has 3 values for 2 rows/)
})

test('flags and awkward names are quoted', () => {
  const output: OutputField = { name: 'y', type: 'number', graphOutput: 'y', element: 'float32' }
  const writer = createReplyWriter(
    { inputs: [], outputs: [output], graph: { inputs: [] } },
    { deployment: 'a"b', model: '\\', version: 2, variant: 'ü' },
  )
  const bound = writer.bind(new Map([['y', { name: 'y', element: 'float32', dims: [1], data: Float32Array.of(1) }]]), 1)
  const flags = [{ field: 'o"', code: 'MISSING', message: '…' }] as const
  expect(JSON.parse(writer.head('r') + writer.prediction('1', bound, 0, flags) + REPLY_TAIL)).toEqual({
    requestId: 'r',
    deployment: 'a"b',
    model: '\\',
    version: 2,
    variant: 'ü',
    predictions: [{ id: '1', output: { y: 1 }, flags }],
  })
})

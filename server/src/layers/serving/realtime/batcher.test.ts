import { expect, test } from 'vitest'
import type { BatchTensors, LoadedModel, Tensor } from '../../model/data-plane.ts'
import { createBatcher } from './batcher.ts'

/** A model that records how many rows each call had, and takes a turn of the event loop for it. */
function createFake(batchRowsBest: number, rowsWaitingMax = 100) {
  const calls: number[] = []
  let failing: Error | undefined
  const tensors = (rowsMax: number): BatchTensors => ({
    rowsMax,
    data: [],
    tensors: (rows) => [{ name: 'x', element: 'float32', dims: [rows], data: new Float32Array(rows) }],
  })
  const model: LoadedModel = {
    inputs: [],
    outputs: [],
    memoryBytes: 0,
    isAlive: true,
    async run([input]) {
      calls.push(input!.dims[0]!)
      await new Promise((resolve) => setImmediate(resolve))
      if (failing !== undefined) throw failing
      return new Map<string, Tensor>([['x', input!]])
    },
    close: () => Promise.resolve(),
  }
  const batcher = createBatcher({
    session: { model, batchRowsBest, rowMs: 100, createTensors: tensors },
    rowsWaitingMax,
    bind: (_, rows) => rows,
  })
  const done: string[] = []
  const send = (name: string, rows: number, isGone = () => false) => {
    const ticket = batcher.place(rows)
    return new Promise<unknown>((resolve) =>
      batcher.submit(ticket, isGone, (failure) => {
        done.push(name)
        resolve(failure)
      }),
    )
  }
  return { calls, done, batcher, send, fail: (error: Error | undefined) => void (failing = error) }
}

test('requests of one turn share one call', async () => {
  const { calls, send } = createFake(32)
  await Promise.all([send('a', 1), send('b', 2), send('c', 1)])
  expect(calls).toEqual([4])
})

test('no call is larger than the best size, and no small request is cut', async () => {
  const { calls, send } = createFake(4)
  await Promise.all([send('a', 3), send('b', 2), send('c', 2), send('d', 1)])
  expect(calls).toEqual([3, 4, 1])
})

test('a large request is cut, and small ones do not wait for all of it', async () => {
  const { calls, done, send } = createFake(4, 1_000)
  await Promise.all([send('large', 41), send('small', 1)])
  expect(calls).toHaveLength(12)
  expect(Math.max(...calls)).toBe(4)
  expect(done).toEqual(['small', 'large'])
})

test('two large requests take turns', async () => {
  const { done, send } = createFake(2, 1_000)
  await Promise.all([send('longer', 40), send('shorter', 6)])
  expect(done).toEqual(['shorter', 'longer'])
})

test('beyond the bound a request is refused at once, with the time the measured rate needs', async () => {
  const { send, batcher } = createFake(4, 50)
  const first = send('a', 45)
  expect(() => batcher.place(6)).toThrow(
    expect.objectContaining({ code: 'OVERLOADED', status: 503, details: { rowsWaiting: 45, rowsMax: 50, retryAfterS: 5 } }),
  )
  await first
  expect(batcher.rowsWaiting).toBe(0)
})

test('a request larger than the bound is served when nothing waits', async () => {
  const { send } = createFake(4, 8)
  expect(await send('a', 20)).toBeUndefined()
})

test('a batch whose requests are all gone is not run', async () => {
  const { calls, send } = createFake(4)
  await send('gone', 2, () => true)
  expect(calls).toEqual([])
})

test('abandoned rows leave no trace', async () => {
  const { calls, batcher, send } = createFake(4)
  batcher.abandon(batcher.place(3))
  batcher.abandon(batcher.place(9))
  await send('a', 2)
  expect(calls).toEqual([2])
})

test('a failing call fails its requests once each, and the next call goes on', async () => {
  const fake = createFake(4)
  const broken = new Error('broken')
  fake.fail(broken)
  expect(await Promise.all([fake.send('a', 9), fake.send('b', 1)])).toEqual([broken, broken])
  fake.fail(undefined)
  expect(await fake.send('c', 1)).toBeUndefined()
  expect(fake.done).toEqual(['b', 'a', 'c'])
  await fake.batcher.drained()
})

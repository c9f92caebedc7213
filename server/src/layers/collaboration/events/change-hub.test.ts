import { expect, test } from 'vitest'
import type { Change } from './change.ts'
import { type ChangeListener, createChangeHub } from './change-hub.ts'

const open = (name = 'a') => createChangeHub({ name, now: () => 7, listenersMax: 2, recentMax: 5, waitingMax: 3 })
const change = (subject: string, topic: Change['topic'] = 'deployments'): Change => ({ topic, subject, time: 1 })
const take = (listener: ChangeListener) => {
  const taken: string[] = []
  for (let next = listener.take(); next !== undefined; next = listener.take())
    taken.push(next.change.topic === 'resync' ? 'resync' : next.change.subject)
  return taken
}

test('every listener gets every change, in order, and only those that it wants', () => {
  const hub = open()
  const all = hub.listen()
  const one = hub.listen(undefined, ({ subject }) => subject === 'x')
  hub.publish([change('x'), change('y')])
  expect([take(all), take(one)]).toEqual([['x', 'y'], ['x']])
})

test('a listener that comes back gets what it missed', () => {
  const hub = open()
  const first = hub.listen()
  hub.publish([change('x')])
  const { id } = first.take()!
  first.close()
  hub.publish([change('y'), change('noise', 'traffic'), change('z')])
  expect(take(hub.listen(id))).toEqual(['y', 'z'])
})

test('a listener that comes back too late, or to another hub, is told to ask for everything again', () => {
  const hub = open()
  hub.publish(Array.from({ length: 20 }, (_, i) => change(`${i}`)))
  expect(take(hub.listen('a-1'))).toEqual(['resync'])
  expect(take(hub.listen('b-20'))).toEqual(['resync'])
  expect(() => hub.listen()).toThrow('2 connections are told of changes already')
})

test('a slow listener loses what waits, is told so once, and holds no more than its share', () => {
  const hub = open()
  const slow = hub.listen()
  hub.publish(Array.from({ length: 101 }, (_, i) => change(`${i}`)))
  const taken = take(slow)
  expect(taken.length).toBeLessThanOrEqual(3)
  expect(taken[0]).toBe('resync')
  expect(taken.at(-1)).toBe('100')
})

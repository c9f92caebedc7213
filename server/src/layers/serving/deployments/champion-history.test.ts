import { expect, test } from 'vitest'
import { formerOf } from './champion-history.ts'
import type { ChampionRecord } from './deployment.ts'

/** Reads `1 2 3 <2`: launches of 1, 2 and 3, then a rollback to 2. */
const former = (story: string) => {
  const records = story.split(' ').map((word, i): ChampionRecord => ({
    ...{ deployment: 'gate', revision: i + 1, version: Number(word.replace('<', '')), contractText: `r${i + 1}` },
    ...{ contractDigest: '', how: word.startsWith('<') ? 'rollback' : 'launch', beganAt: i, beganBy: 'kim' },
  }))
  return formerOf(records.toReversed())
}

test.each([
  ['1', []],
  ['1 2', [1]],
  ['1 2 3', [2, 1]],
  ['1 2 3 <2', [1]],
  ['1 2 3 <2 <1', []],
  ['1 2 3 <1', []],
  ['1 2 3 <2 4', [2, 1]],
  ['1 2 3 <2 3', [2, 1]],
  ['1 2 2', [1]],
  ['1 2 1', [2]],
  ['1 2 <1 <2', [1]],
])('after %s a rollback goes to %j', (story, versions) => {
  expect(former(story).map(({ version }) => version)).toEqual(versions)
})

test('a former version comes with the contract that it served under last', () => {
  expect(former('1 1 2')).toMatchObject([{ version: 1, contractText: 'r2' }])
})

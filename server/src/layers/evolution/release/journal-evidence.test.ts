import { expect, test } from 'vitest'
import type { JournaledPrediction, JournalReader } from '../../operations/index.ts'
import { createJournalEvidence } from './journal-evidence.ts'

/** A journal in memory: a prediction a millisecond, every `nth` of them by version 2, the others by version 1. */
function journalOf(rows: number, nth: number): Pick<JournalReader, 'window'> {
  const all = Array.from({ length: rows }, (_, time) => ({
    ...{ id: `p${time}`, time, version: time % nth === 0 ? 2 : 1, variant: 'champion', output: { late: 0.5 }, inputs: {} },
  })) as unknown as JournaledPrediction[]
  return {
    async window({ version, limit = 100, cursor = '0' }) {
      const found = all.filter((row) => row.version === version)
      const [begin, end] = [Number(cursor), Number(cursor) + limit]
      return { items: found.slice(begin, end), ...(end < found.length ? { next: String(end) } : {}) }
    },
  }
}
const rowsOf = (rows: number, nth: number) =>
  createJournalEvidence(journalOf(rows, nth)).rows({
    ...{ deployment: 'gate', champion: 1, challenger: 2, isShadow: false, from: 0, to: rows },
  })
const timeOf = (id: string | undefined) => Number(id?.slice(1))

test.each([
  [1_000, 10, 100, 900],
  [30_000, 10, 2_223, 19_999],
  [100_000, 10, 2_223, 19_999],
  [30_000, 3, 3_999, 7_998],
])('of %i rows, every %i-th by the new version, both are of the same time', async (rows, nth, challengers, champions) => {
  const { champion, challenger } = await rowsOf(rows, nth)
  expect(Math.abs(timeOf(champion.at(-1)?.id) - timeOf(challenger.at(-1)?.id))).toBeLessThanOrEqual(nth)
  expect([challenger.length, champion.length]).toEqual([challengers, champions])
})

test('looking again sees what was seen before, and more', async () => {
  let before = await rowsOf(20_000, 10)
  for (const rows of [22_000, 22_400, 23_000, 60_000]) {
    const now = await rowsOf(rows, 10)
    expect(now.champion.slice(0, before.champion.length)).toEqual(before.champion)
    expect(now.challenger.slice(0, before.challenger.length)).toEqual(before.challenger)
    before = now
  }
})

test('an outcome that comes while the rows are read counts for neither', async () => {
  const row = (version: number, outcomeAt: number) =>
    ({
      id: `p${version}-${outcomeAt}`,
      time: 1,
      version,
      variant: 'champion',
      output: { late: 0.5 },
      outcome: true,
      outcomeAt,
    }) as const
  const reader = {
    window: async ({ version = 0 }: { readonly version?: number | undefined }) => ({
      items: [row(version, 9), row(version, 10)] as unknown as JournaledPrediction[],
    }),
  }
  const query = { deployment: 'gate', champion: 1, challenger: 2, isShadow: false, from: 0, to: 10 }
  const { champion, challenger } = await createJournalEvidence(reader).rows(query)
  for (const rows of [champion, challenger]) expect(rows.map(({ outcome }) => outcome)).toEqual([true, undefined])
})

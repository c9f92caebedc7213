import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Column, type Instance, instancesOf, sliceRows, type Table } from '../../../kernel/table.ts'
import { createRandom } from '../../../stats/random.ts'
import type { Baseline } from '../../model/index.ts'
import { compareProfiles } from './compare-profiles.ts'
import type { ProfileColumn } from './profile-column.ts'
import { parseProfile, profileToJson } from './profile-json.ts'
import { profileReferenceOf } from './profile-reference.ts'
import { createProfile, mergeProfiles, type Profile } from './profile.ts'
import { summariseProfile } from './summarise-profile.ts'

const columns: readonly ProfileColumn[] = [
  { name: 'x', type: 'number' },
  { name: 'hour', type: 'integer' },
  { name: 'at', type: 'time' },
  { name: 'late', type: 'boolean' },
  { name: 'origin', type: 'category' },
  { name: 'note', type: 'text' },
]
const number = { missing: 0, nan: 0, infinite: 0, whole: false, mean: 5, std: 2, quantiles: [] }
const baseline: Baseline = {
  format: 'seaworthy-baseline/1',
  rows: 100,
  columns: [
    {
      ...number,
      name: 'x',
      type: 'number',
      missing: 10,
      nan: 2,
      infinite: 3,
      distinct: 80,
      min: -1,
      max: 9,
      histogram: { edges: [0, 2, 4, 6], counts: [10, 20, 20, 20, 15] },
    },
    { ...number, name: 'hour', type: 'integer', distinct: 3, min: 1, max: 3, histogram: { edges: [1, 2], counts: [30, 30, 40] } },
    {
      ...number,
      name: 'at',
      type: 'time',
      distinct: 100,
      min: 1e12,
      max: 2e12,
      histogram: { edges: [1.5e12], counts: [50, 50] },
    },
    { name: 'late', type: 'boolean', missing: 0, distinct: 1, values: [['false', 100]], rest: 0 },
    {
      name: 'origin',
      type: 'text',
      missing: 5,
      distinct: 2,
      values: [
        ['ATL', 60],
        ['JFK', 35],
      ],
      rest: 0,
      length: { min: 3, max: 3 },
    },
    { name: 'note', type: 'text', missing: 0, distinct: 50, values: [['ok', 20]], rest: 80, length: { min: 2, max: 30 } },
  ],
}
const reference = profileReferenceOf(baseline)

const numbers = (type: 'number' | 'integer' | 'time' | 'boolean', values: readonly number[]): Column => ({
  type,
  values: Float64Array.from(values),
})
const texts = (values: readonly (string | null)[]): Column => {
  const dictionary = [...new Set(values.filter((value) => value !== null))]
  return {
    type: 'text',
    dictionary,
    codes: Int32Array.from(values, (value) => (value === null ? -1 : dictionary.indexOf(value))),
  }
}
function tableOf(rows: number, seed: number): Table {
  const random = createRandom(seed)
  const list = <T>(cell: () => T): T[] => Array.from({ length: rows }, cell)
  return {
    rowCount: rows,
    columns: new Map<string, Column>([
      [
        'x',
        numbers(
          'number',
          list(() => (random() < 0.1 ? Number.NaN : (random() - 0.3) * 20)),
        ),
      ],
      [
        'hour',
        numbers(
          'integer',
          list(() => Math.floor(random() * 5)),
        ),
      ],
      [
        'at',
        numbers(
          'time',
          list(() => 1e12 + Math.floor(random() * 1e12)),
        ),
      ],
      [
        'late',
        numbers(
          'boolean',
          list(() => (random() < 0.1 ? Number.NaN : random() < 0.3 ? 1 : 0)),
        ),
      ],
      ['origin', texts(list(() => (random() < 0.1 ? null : ['ATL', 'JFK', 'LAX'][Math.floor(random() * 3)]!)))],
      ['note', texts(list(() => `note ${Math.floor(random() * 50)}`))],
    ]),
  }
}
const names = columns.map(({ name }) => name)
const profileOf = (...tables: Table[]): Profile => {
  const profile = createProfile(columns, reference)
  for (const table of tables) profile.addTable(table)
  return profile
}
/** Mean and squares to twelve digits, all else as it is. */
function facts(profile: Profile): unknown {
  const rounded = (spread: readonly (number | null)[] | null) => spread?.map((value) => value && Number(value.toPrecision(11)))
  return {
    rows: profile.rows,
    columns: profileToJson(profile).columns.map((column) =>
      'moments' in column ? { ...column, moments: rounded(column.moments) } : { ...column, length: rounded(column.length) },
    ),
  }
}

test('a table and its rows as instances give the same profile', () => {
  const table = tableOf(3_000, 1)
  const live = createProfile(columns, reference)
  for (const instance of instancesOf(
    table,
    names,
    Array.from({ length: 3_000 }, (_, i) => i),
  ))
    live.addInstance(instance)
  expect(facts(live)).toEqual(facts(profileOf(table)))
})

test('parts merge to the profile of the whole, however they are cut, ordered and grouped', () => {
  const table = tableOf(600, 2)
  const whole = facts(profileOf(table))
  const cuts = fc.array(fc.nat(600), { minLength: 2, maxLength: 6 })
  fc.assert(
    fc.property(cuts, fc.nat(), (cuts, seed) => {
      const ends = [0, ...cuts.toSorted((a, b) => a - b), 600]
      const parts = ends.slice(1).map((to, i) => profileOf(sliceRows(table, ends[i]!, to)))
      const random = createRandom(seed)
      const shuffled = parts
        .map((part) => [random(), part] as const)
        .toSorted(([a], [b]) => a - b)
        .map(([, part]) => part)
      expect(facts(mergeProfiles(shuffled[0]!, ...shuffled.slice(1)))).toEqual(whole)
      const [a, b, c] = shuffled as [Profile, Profile, Profile]
      expect(facts(mergeProfiles(mergeProfiles(a, b), c))).toEqual(facts(mergeProfiles(a, mergeProfiles(b, c))))
      expect(facts(mergeProfiles(a, b))).toEqual(facts(mergeProfiles(b, a)))
    }),
    { numRuns: 25 },
  )
})

test('an empty profile changes nothing, and merging leaves its parts as they were', () => {
  const profile = profileOf(tableOf(200, 3))
  const before = facts(profile)
  expect(facts(mergeProfiles(profile, createProfile(columns, reference)))).toEqual(before)
  mergeProfiles(profile, profile)
  expect(facts(profile)).toEqual(before)
})

test('a stored profile is the profile', () => {
  const profile = profileOf(tableOf(5_000, 4))
  const text = JSON.stringify(profileToJson(profile))
  const read = parseProfile(JSON.parse(text), reference)
  expect(JSON.stringify(profileToJson(read))).toBe(text)
  expect(facts(mergeProfiles(read, profile))).toEqual(facts(mergeProfiles(profile, profile)))
  expect(compareProfiles(reference, read)).toEqual(compareProfiles(reference, profile))
  expect(text.length / columns.length).toBeLessThan(6_000)
})

test('stored text that is no profile, or of another baseline, is refused', () => {
  const json = structuredClone(profileToJson(profileOf(tableOf(50, 5)))) as unknown as {
    columns: Record<string, unknown>[]
    reference: string
  }
  const code = (change: (copy: typeof json) => void, expected: string) => {
    const copy = structuredClone(json)
    change(copy)
    expect(() => parseProfile(copy, reference)).toThrow(expect.objectContaining({ code: expected }))
  }
  code((copy) => (copy.reference = 'other'), 'PROFILES_DIFFER')
  code((copy) => (copy.columns[0]!['bins'] = [1]), 'PROFILE_UNREADABLE')
  code((copy) => (copy.columns[0]!['histogram'] = 'AAAA'), 'PROFILE_UNREADABLE')
  code((copy) => (copy.columns[0]!['distinct'] = ''), 'PROFILE_UNREADABLE')
  code((copy) => (copy.columns[0]!['missing'] = -1), 'PROFILE_UNREADABLE')
  code((copy) => (copy.columns[1]!['name'] = 'x'), 'PROFILE_UNREADABLE')
  expect(() => parseProfile(null)).toThrow(expect.objectContaining({ code: 'PROFILE_UNREADABLE' }))
  expect(() => mergeProfiles(profileOf(), createProfile(columns))).toThrow(expect.objectContaining({ code: 'PROFILES_DIFFER' }))
  expect(() => mergeProfiles(profileOf(), createProfile(columns.slice(1), reference))).toThrow(
    expect.objectContaining({ code: 'PROFILES_DIFFER' }),
  )
})

const rows: Instance[] = [
  { x: -1.0000001, hour: 1, at: '2001-09-09T01:46:40Z', late: true, origin: 'ATL', note: 'ok' },
  { x: -1, hour: 2.5, at: 1.5e12, late: 'yes', origin: 'LAX', note: 'new' },
  { x: 0, hour: '3', at: 'noon', late: null, origin: 7, note: '' },
  { x: 4.5, hour: 4, at: null, late: false },
  { x: Number.NaN, hour: 0, origin: 'ATL' },
  { x: -Infinity },
  { x: 9, note: 'ok' },
  { x: 9.5 },
]

test('every row lies in a bin: missing, infinite, wrongly typed, out of range and new ones too', () => {
  const window = createProfile(columns, reference)
  for (const row of rows) window.addInstance(row)
  const { columns: compared, windowRows, referenceRows, unmatched } = compareProfiles(reference, window)
  expect([windowRows, referenceRows, unmatched]).toEqual([8, 100, []])
  const counts = Object.fromEntries(
    compared.map(({ name, bins, window }) => [
      name,
      Object.fromEntries(bins.map(({ label }, i) => [label, window[i]]).filter(([, n]) => n !== 0)),
    ]),
  )
  expect(counts).toEqual({
    x: { missing: 1, infinite: 1, 'below the smallest seen': 1, 'up to 0': 2, '4 to 6': 1, '6 to 9': 1, 'above 9': 1 },
    hour: { missing: 3, 'of another type': 1, 'below the smallest seen': 1, '1': 1, '3': 1, 'above 3': 1 },
    at: { missing: 5, 'of another type': 1, 'up to 2017-07-14T02:40:00.000Z': 2 },
    late: { missing: 5, 'of another type': 1, false: 1, true: 1 },
    origin: { missing: 4, 'of another type': 1, ATL: 2, 'new values': 1 },
    note: { missing: 4, ok: 2, 'other values': 2 },
  })
  for (const { reference: before, window: after, bins } of compared) {
    expect([before.length, after.length]).toEqual([bins.length, bins.length])
    expect([before.reduce((a, b) => a + b), after.reduce((a, b) => a + b)]).toEqual([100, 8])
  }
})

test('a window is compared with other windows as with the training data', () => {
  const [before, window] = [profileOf(tableOf(500, 6)), profileOf(tableOf(300, 7))]
  const { columns: compared, referenceRows } = compareProfiles(before, window)
  expect(referenceRows).toBe(500)
  for (const { reference: counts } of compared) expect(counts.reduce((a, b) => a + b)).toBe(500)
  expect(() => compareProfiles(createProfile(columns), window)).toThrow(expect.objectContaining({ code: 'PROFILES_DIFFER' }))
  expect(() => compareProfiles(reference, createProfile(columns))).toThrow(expect.objectContaining({ code: 'PROFILES_DIFFER' }))
})

test('columns that the reference lacks, or has as another kind, are told', () => {
  const window = createProfile([{ name: 'origin', type: 'number' }, { name: 'weight', type: 'number' }, columns[0]!], reference)
  window.addInstance({ origin: 1, weight: 2, x: 3 })
  const { columns: compared, unmatched } = compareProfiles(reference, window)
  expect(compared.map(({ name }) => name)).toEqual(['x'])
  expect(unmatched).toEqual([
    { name: 'origin', reason: 'it is number, and text in the reference' },
    { name: 'weight', reason: 'the reference does not have it' },
  ])
})

test('columns of a table that are absent or of another type are missing or wrongly typed in every row', () => {
  const profile = createProfile(columns, reference)
  profile.addTable({
    rowCount: 4,
    columns: new Map([
      ['x', texts(['1', null, '2', '3'])],
      ['origin', numbers('number', [1, Number.NaN, 2, 3])],
    ]),
  })
  const [x, hour, , , origin] = summariseProfile(profile)
  expect(x).toMatchObject({ missing: 1, wrongType: 3 })
  expect(hour).toMatchObject({ missing: 4, wrongType: 0 })
  expect(origin).toMatchObject({ missing: 1, wrongType: 3 })
})

test('a dictionary far larger than the table is not walked, and gives the same', () => {
  const column = {
    type: 'text',
    codes: Int32Array.of(5, -1, 9_000, 5),
    dictionary: Array.from({ length: 10_000 }, (_, i) => `t${i}`),
  } as const
  const profile = createProfile([{ name: 'note', type: 'text' }])
  profile.addTable({ rowCount: 4, columns: new Map([['note', column]]) })
  expect(summariseProfile(profile)[0]).toMatchObject({
    missing: 1,
    distinct: 2,
    frequent: [
      ['t5', 2],
      ['t9000', 1],
    ],
  })
})

test('a summary has what is known exactly, and quantiles within their error', () => {
  const values = Float64Array.from({ length: 10_000 }, (_, i) => ((i * 7919) % 1009) ** 2 / 1009)
  const profile = createProfile([{ name: 'x', type: 'number' }])
  profile.addTable({ rowCount: values.length, columns: new Map([['x', { type: 'number', values }]]) })
  const [x] = summariseProfile(profile)
  const sorted = values.toSorted()
  expect(x).toMatchObject({ missing: 0, nan: 0, infinite: 0, numbers: { min: sorted[0], max: sorted.at(-1) } })
  expect(Math.abs(x!.distinct / 1009 - 1)).toBeLessThan(0.05)
  ;[0.05, 0.25, 0.5, 0.75, 0.95].forEach((p, i) =>
    expect(Math.abs(x!.quantiles![i]! / sorted[Math.floor(p * 9_999)]! - 1)).toBeLessThan(0.008),
  )
})

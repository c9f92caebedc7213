import { expect, test } from 'vitest'
import type { Column } from '../../../kernel/table.ts'
import { createRandom } from '../../../stats/random.ts'
import type { Baseline } from '../../model/index.ts'
import { compareProfiles, type ComparedColumn } from '../profile/compare-profiles.ts'
import type { ColumnType } from '../profile/profile-column.ts'
import { profileReferenceOf } from '../profile/profile-reference.ts'
import { createProfile } from '../profile/profile.ts'
import { findMeasure } from './choose-measure.ts'
import { falseAlarmRateOf } from './false-alarm-rate.ts'
import { type DriftVerdict, judgeColumn, judgeColumns } from './judge-drift.ts'
import { driftMeasures } from './measures/catalog.gen.ts'
import { allowForTheUnseen } from './pool-sparse-bins.ts'

const random = createRandom(17)
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const list = <T>(rows: number, cell: (i: number) => T): T[] => Array.from({ length: rows }, (_, i) => cell(i))
type Cells = readonly (number | string | boolean | null)[]

/** Values that a baseline lists. */
const CATEGORIES_MAX = 1_000

/** The baseline of these rows, with twenty bins for numbers. */
function baselineOf(name: string, cells: Cells): Baseline {
  const missing = cells.filter((cell) => cell === null).length
  const seen = cells.filter((cell) => cell !== null)
  if (typeof seen[0] !== 'number') {
    const counts = [...Map.groupBy(seen, String)]
      .map(([value, rows]): [string, number] => [value, rows.length])
      .toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    const values = counts.slice(0, CATEGORIES_MAX)
    const rest = seen.length - values.reduce((sum, [, rows]) => sum + rows, 0)
    const type = typeof seen[0] === 'boolean' ? 'boolean' : 'text'
    return {
      format: 'seaworthy-baseline/1',
      rows: cells.length,
      columns: [{ name, type, missing, distinct: counts.length, values, rest }],
    }
  }
  const sorted = Float64Array.from(seen as number[]).toSorted()
  const [min, max] = [sorted[0]!, sorted.at(-1)!]
  const edges = [...new Set(list(19, (i) => sorted[Math.floor(((i + 1) / 20) * (sorted.length - 1))]!))].filter(
    (edge) => edge < max,
  )
  const upTo = [...edges, max].map((edge) => sorted.findLastIndex((x) => x <= edge) + 1)
  const counts = upTo.map((rows, i) => rows - (upTo[i - 1] ?? 0))
  const facts = { nan: 0, infinite: 0, whole: false, mean: null, std: null, quantiles: [] }
  const distinct = new Set(sorted).size
  return {
    format: 'seaworthy-baseline/1',
    rows: cells.length,
    columns: [{ name, type: 'number', missing, distinct, min, max, ...facts, histogram: { edges, counts } }],
  }
}

/** A window of one column against the rows it was trained on. */
function compare(type: ColumnType, reference: Cells, ...windows: Cells[]): ComparedColumn[] {
  const bins = profileReferenceOf(baselineOf('x', reference))
  return windows.map((window) => {
    const profile = createProfile([{ name: 'x', type }], bins)
    if (type === 'number') {
      const values = Float64Array.from(window as (number | null)[], (cell) => cell ?? Number.NaN)
      profile.addTable({ rowCount: values.length, columns: new Map<string, Column>([['x', { type, values }]]) })
    } else for (const x of window) profile.addInstance({ x })
    return compareProfiles(bins, profile).columns[0]!
  })
}
const judge = (type: ColumnType, reference: Cells, window: Cells, measure = 'auto'): DriftVerdict =>
  judgeColumn(compare(type, reference, window)[0]!, { measure })!
const category = () => ['ATL', 'JFK', 'LAX', 'ORD', 'SFO'][Math.floor(5 * random() ** 2)]!
const truth = () => random() < 0.3

const kinds: Record<string, { cell: () => number | string | boolean; moved: () => number | string | boolean }> = {
  number: { cell: normal, moved: () => normal() + 1 },
  integer: { cell: () => Math.floor(random() * 12), moved: () => 4 + Math.floor(random() * 12) },
  boolean: { cell: truth, moved: () => random() < 0.7 },
  category: { cell: category, moved: () => (random() < 0.4 ? 'DEN' : category()) },
  text: { cell: category, moved: () => (random() < 0.4 ? 'a new note' : category()) },
}
const cases = driftMeasures.all().flatMap((measure) =>
  Object.keys(kinds)
    .filter((type) => measure.columns.includes(type as ColumnType))
    .map((type) => [measure.id, type as ColumnType, measure] as const),
)

test.each(cases)('%s of a %s is 0 for the same shares, silent on healthy windows and loud on moved ones', (id, type, measure) => {
  const { cell, moved } = kinds[type]!
  const reference = list(8_000, cell)
  const [same, shifted, gone, small] = compare(
    type,
    reference,
    reference,
    list(1_000, moved),
    list(1_000, (i) => (i % 4 === 0 ? null : cell())),
    list(10, cell),
  )
  expect(measure.measure(same!).value).toBeCloseTo(0, 12)
  expect(judgeColumn(shifted!, { measure: id })!).toMatchObject({ verdict: 'drift', measure: id })
  expect(judgeColumn(small!, { measure: id })!).toMatchObject({ verdict: 'not-enough-data', rowsNeeded: measure.rowsMin })
  // A quarter of the rows without a value: a change of 25 % of all rows is above each floor but the widest.
  expect(measure.measure(gone!).value).toBeGreaterThan(measure.effectFloor)
  const { value, law, lawAt } = measure.measure(shifted!)
  expect(measure.measure(shifted!).value).toBe(value)
  expect(law.quantile(0.01)).toBeLessThan(law.quantile(0.001))
  expect(lawAt(100_000).quantile(0.01)).toBeLessThan(law.quantile(0.01))
  expect(measure.explain(value)).toMatch(/\d/)
})

test.each(cases)('%s of a %s keeps its false-alarm rate on healthy windows', (_, type, measure) => {
  const { cell } = kinds[type]!
  const [trials, rate] = [400, 0.05]
  let alarms = 0
  // Bins come from the reference, so it is drawn anew from time to time.
  for (let i = 0; i < trials / 20; i++) {
    const windows = list(20, () => list(400, cell))
    for (const column of compare(type, list(3_000, cell), ...windows)) {
      const { value, law } = measure.measure(column)
      if (law.tail(value) <= rate) alarms++
    }
  }
  expect(alarms / trials).toBeLessThan(0.1)
})

test.each(cases)('%s of a %s says whether it is symmetric', (_, type, measure) => {
  const { cell, moved } = kinds[type]!
  // Enough rows in every bin that none is put together with others, which is for the reference to say.
  const mixture = (share: number) => list(4_000, () => (random() < share ? moved() : cell()))
  const [column] = compare(type, mixture(0.5), mixture(0.7))
  const swapped = { ...column!, reference: column!.window, window: column!.reference }
  const [there, back] = [measure.measure(column!).value, measure.measure(swapped).value]
  if (measure.symmetric) expect(there).toBeCloseTo(back, 9)
  else expect(there).not.toBeCloseTo(back, 9)
})

test('a small window is not condemned for being small', () => {
  const reference = list(5_000, normal)
  const verdicts = list(200, () => judge('number', reference, list(100, normal)))
  // 0.2 alarms expected at one in a thousand.
  expect(verdicts.filter(({ verdict }) => verdict === 'drift').length).toBeLessThan(4)
  const unsure = verdicts.find(({ verdict }) => verdict === 'not-enough-data')!
  expect(unsure.value).toBeGreaterThanOrEqual(0.1)
  expect(unsure.value).toBeLessThan(unsure.chance!)
  expect(unsure).toMatchObject({ rowsNeeded: expect.any(Number), sentence: expect.stringContaining('in a window of 100 rows') })
  const { rowsNeeded } = unsure as { rowsNeeded: number }
  const enough = judge('number', reference, list(2 * rowsNeeded, normal))
  expect(enough).toMatchObject({ verdict: 'no-drift' })
  expect(enough.chance).toBeLessThan(0.1)
})

test('at one alarm in a thousand, small windows of many bins alarm about as seldom', () => {
  // With a fixed limit of 0.1 on n = 5,000 and m = 100 nearly all of these windows alarm.
  const value = () => `c${Math.floor(50 * random())}`
  const alarms = new Map(driftMeasures.ids.map((id) => [id, 0]))
  for (let i = 0; i < 4; i++)
    for (const [type, cell] of [
      ['category', value],
      ['number', normal],
    ] as readonly [ColumnType, () => number | string][])
      for (const rows of [100, 200, 500])
        for (const column of compare(type, list(5_000, cell), ...list(20, () => list(rows, cell))))
          for (const measure of driftMeasures.all().filter(({ columns }) => columns.includes(type))) {
            const { value, law } = measure.measure(column)
            if (law.tail(value) <= 0.001) alarms.set(measure.id, alarms.get(measure.id)! + 1)
          }
  // 480 windows, and 240 for measures of numbers alone: 0.5 alarms expected.
  for (const [, count] of alarms) expect(count).toBeLessThan(5)
}, 30_000)

test('a large window is not condemned for a change that does not matter', () => {
  const [reference, window] = [list(200_000, normal), list(200_000, () => normal() + 0.03)]
  for (const measure of ['auto', 'kolmogorov-smirnov', 'wasserstein']) {
    const found = judge('number', reference, window, measure)
    expect(found.verdict).toBe('no-drift')
    expect(found.pValue).toBeLessThan(1e-6)
  }
})

test('one absurd value neither hides a shift nor makes one', () => {
  const reference = list(5_000, normal)
  for (const measure of ['auto', 'kolmogorov-smirnov', 'wasserstein', 'jensen-shannon']) {
    expect(judge('number', reference, [...list(2_000, () => normal() + 1), 1e6], measure).verdict).toBe('drift')
    expect(judge('number', reference, [...list(2_000, normal), 1e6], measure).verdict).toBe('no-drift')
    expect(
      judge(
        'number',
        [...reference, 1e6],
        list(2_000, () => normal() + 1),
        measure,
      ).verdict,
    ).toBe('drift')
  }
})

test('one new category in a thousand rows is no drift, and one row in five is', () => {
  const reference = list(20_000, category)
  expect(judge('category', reference, [...list(999, category), 'DEN']).verdict).toBe('no-drift')
  const found = judge(
    'category',
    reference,
    list(1_000, (i) => (i % 5 === 0 ? 'DEN' : category())),
  )
  expect(found.verdict).toBe('drift')
  expect(found.changes![0]).toMatchObject({ label: 'new values', kind: 'new', before: 0, after: 0.2 })
})

test('values that went missing are drift, though those that are left look as before', () => {
  const found = judge(
    'number',
    list(5_000, normal),
    list(1_000, (i) => (i % 5 === 0 ? null : normal())),
  )
  expect(found.verdict).toBe('drift')
  expect(found.changes![0]).toMatchObject({ label: 'missing', before: 0, after: 0.2 })
})

test('a constant column that stays is no drift, and one that changes is', () => {
  const reference = list(1_000, () => 7)
  expect(
    judge(
      'number',
      reference,
      list(500, () => 7),
    ).verdict,
  ).toBe('no-drift')
  for (const measure of ['auto', 'wasserstein', 'kolmogorov-smirnov'])
    expect(
      judge(
        'number',
        reference,
        list(500, () => 8),
        measure,
      ).verdict,
    ).toBe('drift')
})

/** Alarms among windows of new rows, of which the reference is drawn anew from time to time. */
function alarmShare(cell: () => string, rows: { reference: number; window: number }, measure: string, rate: number): number {
  const [references, windows] = [20, 10]
  let alarms = 0
  for (let i = 0; i < references; i++)
    for (const column of compare('category', list(rows.reference, cell), ...list(windows, () => list(rows.window, cell)))) {
      const { value, law } = driftMeasures.get(measure).measure(column)
      if (law.tail(value) <= rate) alarms++
    }
  return alarms / (references * windows)
}
/** The k-th of many values comes as often as 1 / k, so that windows always bring some that nobody saw before. */
const longTail = (values: number) => () => `c${Math.floor(values ** random())}`

test.each(['jensen-shannon', 'population-stability-index', 'total-variation', 'chi-square'])(
  'values that nobody saw before are expected as often as such that were seen once: %s',
  (measure) => {
    expect(alarmShare(longTail(3_000), { reference: 1_500, window: 700 }, measure, 0.05)).toBeLessThan(0.1)
  },
)

test('values that are not listed are expected to come more often than they did, because those that came often were listed', () => {
  const even = () => `c${Math.floor(2_500 * random())}`
  expect(alarmShare(even, { reference: 20_000, window: 5_000 }, 'jensen-shannon', 0.05)).toBeLessThan(0.1)
  expect(alarmShare(longTail(20_000), { reference: 20_000, window: 5_000 }, 'jensen-shannon', 0.05)).toBeLessThan(0.1)
  const reference = list(20_000, longTail(20_000))
  const moved = list(5_000, (i) => (i % 4 === 0 ? `d${i}` : longTail(20_000)()))
  expect(judge('category', reference, moved).verdict).toBe('drift')
}, 30_000)

test('what another window has of a list it did not make is not corrected for the making', () => {
  const bins = [
    { kind: 'missing', label: 'missing' },
    { kind: 'wrong-type', label: 'of another type' },
    { kind: 'value', label: 'a' },
    { kind: 'rest', label: 'other values' },
    { kind: 'value', label: 'b' },
  ] as const
  const column = { name: 'x', type: 'category', family: 'values', scale: undefined } as const
  const window = Float64Array.of(0, 0, 60, 40, 100)
  // The unlisted are not the last; values do not fall.
  for (const reference of [Float64Array.of(0, 0, 60, 40, 100), Float64Array.of(0, 0, 100, 40, 60)])
    expect(allowForTheUnseen({ ...column, bins, reference, window })).toEqual(reference)
  const listed = [bins[0], bins[1], bins[2], bins[4], bins[3]]
  const reference = Float64Array.of(0, 0, 10, 50, 40)
  expect(allowForTheUnseen({ ...column, bins: listed, window, reference })).toEqual(reference)
  const falling = Float64Array.of(0, 0, 50, 10, 40)
  const lent = allowForTheUnseen({ ...column, bins: listed, window, reference: falling })
  expect(lent.at(-1)).toBeGreaterThan(40)
  expect(lent.reduce((sum, count) => sum + count)).toBeCloseTo(100, 9)
})

test('a column that is nearly always one number keeps a bin for the others in small windows', () => {
  const costs = (share: number) => list(5_000, () => (random() < share ? Math.floor(1e4 * random()) : 0))
  const reference = costs(0.06)
  expect(judge('number', reference, costs(0.06).slice(0, 100)).verdict).not.toBe('drift')
  expect(judge('number', reference, costs(0.4).slice(0, 100)).verdict).toBe('drift')
})

test('the false-alarm budget is shared: fifty healthy columns raise no more alarms than one, and a real one is still found', () => {
  const policy = { falseAlarmRate: 0.05, effectFloor: 0 }
  const trials = 20
  const columns = list(50, () => compare('number', list(2_000, normal), ...list(trials, () => list(300, normal))))
  const isAlarmed = (trial: number) =>
    judgeColumns(
      columns.map((windows) => ({ column: windows[trial]! })),
      policy,
    ).verdicts.some(({ verdict }) => verdict === 'drift')
  // At 5 % a column it would be 18 of 20.
  expect(list(trials, (trial) => isAlarmed(trial)).filter(Boolean).length).toBeLessThan(6)
  const [moved] = compare(
    'number',
    list(2_000, normal),
    list(300, () => normal() + 1),
  )
  const subjects = [...columns.map(([column]) => ({ column: column! })), { column: moved!, slice: 'origin = ATL' }]
  const { verdicts } = judgeColumns(subjects)
  expect(verdicts.filter(({ verdict }) => verdict === 'drift').map(({ slice }) => slice)).toEqual(['origin = ATL'])
})

test('auto chooses by the type of the column, says why, and leaves time alone', () => {
  expect(judge('number', list(500, normal), list(500, normal))).toMatchObject({
    measure: 'population-stability-index',
    because: expect.stringMatching(/^auto: /),
  })
  expect(findMeasure('auto', { name: 'x', type: 'category' })!.measure.id).toBe('jensen-shannon')
  const [column] = compare('number', list(500, normal), list(500, normal))
  expect(judgeColumns([{ column: { ...column!, type: 'time' } }])).toMatchObject({
    verdicts: [],
    skipped: [{ column: 'x', reason: expect.stringContaining('time') }],
  })
})

test('a measure that does not fit, or does not exist, is refused with those that do', () => {
  const [column] = compare('category', list(500, category), list(500, category))
  expect(() => judgeColumn(column!, { measure: 'wasserstein' })).toThrow(
    expect.objectContaining({ code: 'MEASURE_UNFIT', hint: expect.stringContaining('jensen-shannon') }),
  )
  expect(() => judgeColumn(column!, { measure: 'vibes' })).toThrow(expect.objectContaining({ code: 'PART_UNKNOWN' }))
})

test('a rate follows from the false alarms a user accepts in a month', () => {
  const hour = 3_600_000
  expect(falseAlarmRateOf(1, hour)).toBeCloseTo(1 / 720, 12)
  expect(falseAlarmRateOf(1, hour, 3)).toBeCloseTo((1 / 720) ** (1 / 3), 12)
  expect(falseAlarmRateOf(100, 24 * hour)).toBe(0.2)
})

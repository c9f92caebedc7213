import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createSqlEngine, sqlText } from '../../../platform/sql/sql-engine.ts'
import { type DataFile, openDataFile } from '../../../platform/tables/open-data-file.ts'
import { createRandom } from '../../../stats/random.ts'
import { Baseline, type BaselineColumn, categoriesOf, type NumberBaseline, type TextBaseline } from './baseline.ts'
import { profileData, type ProfileOptions } from './profile-data.ts'
import { sampleInstances } from './sample-instances.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-baseline-'))
const engineOf = (threads: number) =>
  createSqlEngine({ memoryBytesMax: 512_000_000, tempFolder: path.join(folder, 'temp'), threads })
const engines = [engineOf(1), engineOf(4)] as const
let files = 0

async function withFile<T>(name: string, content: string, work: (file: DataFile) => Promise<T>, engine = engines[0]): Promise<T> {
  const place = { path: path.join(folder, `${(files += 1)}`), name }
  if (name.endsWith('.parquet')) {
    const session = await engine.session()
    await session.run(`COPY (${content}) TO ${sqlText(place.path)} (FORMAT parquet)`)
    session.close()
  } else writeFileSync(place.path, content)
  const file = await openDataFile(engine, place)
  try {
    return await work(file)
  } finally {
    file.close()
  }
}
const profile = (name: string, content: string, options?: ProfileOptions, engine = engines[0]) =>
  withFile(name, content, (file) => profileData(file, options), engine)
const columnOf = <T extends BaselineColumn>(baseline: Baseline, name: string) =>
  baseline.columns.find((column) => column.name === name) as T

afterAll(() => {
  for (const engine of engines) engine.close()
  rmSync(folder, { recursive: true })
})

const REFERENCE = {
  mean: 335.95989098116945,
  std: 300.75404541949536,
  quantiles: [
    2.4727948463825573, 9.910802775024777, 22.552874132804753, 40.0406342913776, 62.81293359762141, 90.39048562933597,
    123.25297324083252, 160.9603567888999, 203.87299306243804, 251.7502477700694, 304.6729930624381, 362.7601585728444,
    425.65297324083247, 493.990089197225, 566.8129335976214, 645.4400396432111, 728.1528741328048, 815.4910802775024,
    909.5777998017841,
  ],
}

test('mean, deviation and quantiles are those of an independent computation', async () => {
  // python3: import statistics as s; x = [((i*7919)%1009)**2/1009 for i in range(2000)]
  //   s.fmean(x); s.stdev(x); s.quantiles(x, n=20, method='inclusive'); min(x); max(x)
  const values = Array.from({ length: 2000 }, (_, i) => ((i * 7919) % 1009) ** 2 / 1009)
  const x = columnOf<NumberBaseline>(await profile('x.csv', `x\n${values.join('\n')}`), 'x')
  expect(x.mean).toBeCloseTo(REFERENCE.mean, 6)
  expect(x.std).toBeCloseTo(REFERENCE.std, 6)
  expect(x.quantiles).toHaveLength(21)
  REFERENCE.quantiles.forEach((quantile, i) => expect(x.quantiles[i + 1]).toBeCloseTo(quantile, 9))
  expect([x.min, x.max]).toEqual([x.quantiles[0], x.quantiles[20]])
  expect([x.min, x.max]).toEqual([Math.min(...values), Math.max(...values)])
})

test('each bin of the histogram counts what lies between its edges, and none is empty', async () => {
  const random = createRandom(3)
  const values = Array.from({ length: 5000 }, () => Math.round(random() ** 3 * 200) / 10)
  const { histogram } = columnOf<NumberBaseline>(await profile('x.csv', `x\n${values.join('\n')}`), 'x')
  const { edges, counts } = histogram
  const naive = [...edges, Infinity].map((edge, i) => values.filter((v) => v <= edge && v > (edges[i - 1] ?? -Infinity)).length)
  expect(counts).toEqual(naive)
  expect(Math.min(...counts)).toBeGreaterThan(0)
  expect(edges).toEqual([...new Set(edges)].toSorted((a, b) => a - b))
})

test('a constant column has one bin; a column of zeros and ones has two', async () => {
  const baseline = await profile('x.csv', 'a,b\n5,0\n5,1\n5,1\n')
  expect(columnOf<NumberBaseline>(baseline, 'a').histogram).toEqual({ edges: [], counts: [3] })
  expect(columnOf<NumberBaseline>(baseline, 'b').histogram).toEqual({ edges: [0], counts: [1, 2] })
})

test('missing, NaN and infinite are counted apart, and none of them moves the numbers', async () => {
  const baseline = await profile(
    'x.parquet',
    `SELECT CAST(unnest(['1.5', 'nan', 'inf', '-inf', NULL, '2.5']) AS DOUBLE) AS x, CAST(NULL AS DOUBLE) AS nothing`,
  )
  expect(columnOf(baseline, 'x')).toMatchObject({ missing: 1, nan: 1, infinite: 2, min: 1.5, max: 2.5, mean: 2, whole: false })
  expect(columnOf<NumberBaseline>(baseline, 'x').histogram).toEqual({ edges: [1.5], counts: [1, 1] })
  expect(columnOf(baseline, 'nothing')).toMatchObject({
    missing: 6,
    min: null,
    mean: null,
    std: null,
    quantiles: [],
    histogram: { edges: [], counts: [0] },
  })
  expect(Baseline.parse(JSON.parse(JSON.stringify(baseline)))).toEqual(baseline)
})

test('numbers at the end of what fits keep their extremes and lose only what cannot be computed', async () => {
  const x = columnOf<NumberBaseline>(await profile('x.csv', 'x\n1e308\n-1e308\n1e308\n'), 'x')
  expect([x.min, x.max, x.std]).toEqual([-1e308, 1e308, null])
})

test('whole numbers stored as decimals are told from others; times are milliseconds', async () => {
  const baseline = await profile('x.csv', 'a,b,t\n1.0,1.5,1970-01-01T00:00:01Z\n2.0,2.0,1970-01-01T00:00:03Z\n')
  expect(columnOf(baseline, 'a')).toMatchObject({ type: 'number', whole: true })
  expect(columnOf(baseline, 'b')).toMatchObject({ type: 'number', whole: false })
  expect(columnOf(baseline, 't')).toMatchObject({ type: 'time', min: 1_000, max: 3_000, mean: 2_000 })
})

test('texts come by rows and then by name, with what is missing apart and the empty text as a value', async () => {
  const baseline = await profile(
    'x.jsonl',
    ['b', 'a', 'b', null, '', 'a', 'Århus'].map((t) => JSON.stringify({ t, k: t === 'b' })).join('\n'),
  )
  expect(columnOf(baseline, 't')).toEqual({
    name: 't',
    type: 'text',
    missing: 1,
    distinct: 4,
    values: [
      ['a', 2],
      ['b', 2],
      ['', 1],
      ['Århus', 1],
    ],
    rest: 0,
    length: { min: 0, max: 5 },
  })
  expect(columnOf(baseline, 'k')).toMatchObject({
    type: 'boolean',
    values: [
      ['false', 5],
      ['true', 2],
    ],
  })
  expect(categoriesOf(columnOf(baseline, 't'))).toEqual(['', 'a', 'b', 'Århus'])
})

test('a thousand different texts are categories, one more are not, and a long text is only counted', async () => {
  const many = (count: number) => `t\n${Array.from({ length: count }, (_, i) => `v${i}`).join('\n')}\nv0`
  const full = columnOf<TextBaseline>(await profile('x.csv', many(1000)), 't')
  expect([categoriesOf(full)?.length, full.values[0], full.rest]).toEqual([1000, ['v0', 2], 0])
  const over = columnOf<TextBaseline>(await profile('x.csv', many(1001)), 't')
  expect([categoriesOf(over), over.distinct, over.values.length, over.rest]).toEqual([undefined, 1001, 1000, 1])
  const long = columnOf<TextBaseline>(await profile('x.csv', `t\n${'x'.repeat(600)}\ny`), 't')
  expect([long.values, long.rest, long.length]).toEqual([[['y', 1]], 1, { min: 1, max: 600 }])
})

const FLIGHTS = `SELECT i % 24 AS hour, i * 7919 % 3000 / 7 AS distance, 'A' || (i * 31 % 300) AS origin, i AS id, i % 5 = 0 AS late FROM range(300000) t(i)`

test('the same data gives the same baseline, however many threads read it, and it is small', async () => {
  const [one, other] = await Promise.all(engines.map((engine) => profile('f.parquet', FLIGHTS, {}, engine)))
  expect(other).toEqual(one)
  expect(JSON.stringify(one).length).toBeLessThan(10_000)
  expect(columnOf(one!, 'hour')).toMatchObject({ distinct: 24 })
  expect(columnOf(one!, 'id')).toMatchObject({ distinct: 300_000, min: 0, max: 299_999 })
})

test('a sample is the same for the same seed, in the order of the file, in the values of JSON', async () => {
  const draw = (seed: number, engine = engines[0]) =>
    withFile('f.parquet', FLIGHTS, (file) => sampleInstances(file, ['id', 'origin', 'late'], 20, seed), engine)
  const sample = await draw(1)
  expect(await draw(1, engines[1])).toEqual(sample)
  expect(await draw(2)).not.toEqual(sample)
  const ids = sample.map(({ id }) => id as number)
  expect(new Set(ids).size).toBe(20)
  expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  for (const { id, ...rest } of sample)
    expect(rest).toEqual({ origin: `A${((id as number) * 31) % 300}`, late: (id as number) % 5 === 0 })
})

test('every row is as likely as the others to be in a sample', async () => {
  const counts = new Float64Array(10)
  await withFile('x.csv', `x\n${[...counts.keys()].join('\n')}`, async (file) => {
    for (let seed = 0; seed < 300; seed++)
      for (const { x } of await sampleInstances(file, ['x'], 3, seed)) counts[x as number]! += 1
  })
  // 900 draws on 10 rows: 90 each, with a deviation below 9.
  for (const count of counts) expect(Math.abs(count - 90)).toBeLessThan(40)
})

test('a sample of a small file is all of it, and missing is null', async () => {
  await withFile('x.csv', 'a,b,t\n1,x,2026-01-01T00:00:00Z\n,,\n', async (file) => {
    expect(await sampleInstances(file, ['b', 'a', 't'])).toEqual([
      { b: 'x', a: 1, t: '2026-01-01T00:00:00.000Z' },
      { b: null, a: null, t: null },
    ])
  })
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cellOf, instancesOf, type Table } from '../../kernel/table.ts'
import { createSqlEngine, sqlText } from '../sql/sql-engine.ts'
import { openDataFile } from './open-data-file.ts'
import { readTable, tableOf, type TableOptions } from './read-table.ts'

const folder = mkdtempSync(path.join(tmpdir(), "seaworthy-tables-it's [x]="))
const engine = createSqlEngine({ memoryBytesMax: 512_000_000, tempFolder: path.join(folder, 'temp') })
let files = 0

/** A blob: a file without an ending. */
function blob(content: string | Uint8Array): string {
  const file = path.join(folder, `blob-${(files += 1)}`)
  writeFileSync(file, content)
  return file
}
async function parquet(select: string): Promise<string> {
  const file = path.join(folder, `blob-${(files += 1)}`)
  const session = await engine.session()
  await session.run(`COPY (${select}) TO ${sqlText(file)} (FORMAT parquet)`)
  session.close()
  return file
}
const read = (content: string, name = 'data.csv', options?: TableOptions) =>
  readTable(engine, { path: blob(content), name }, options)
const rowsOf = (table: Table) => instancesOf(table, [...table.columns.keys()], Array(table.rowCount).keys())
const typesOf = (table: Table) => Object.fromEntries([...table.columns].map(([name, { type }]) => [name, type]))

beforeAll(() => void mkdirSync(path.join(folder, 'temp')))
afterAll(() => {
  engine.close()
  rmSync(folder, { recursive: true })
})

test('a CSV file without an ending is read by the name it came with, with the types of all its rows', async () => {
  const table = await read('hour,share,late,when,"port, ""home"""\n1,0.5,true,2026-03-01T10:00:00Z,Århus\n2,,false,,\n')
  expect(typesOf(table)).toEqual({ hour: 'integer', share: 'number', late: 'boolean', when: 'time', 'port, "home"': 'text' })
  expect(rowsOf(table)).toEqual([
    { hour: 1, share: 0.5, late: true, when: '2026-03-01T10:00:00.000Z', 'port, "home"': 'Århus' },
    { hour: 2, share: null, late: false, when: null, 'port, "home"': null },
  ])
})

test('a value of another type in the last of many rows changes the type of the column, not the reading', async () => {
  const numbers = Array.from({ length: 40_000 }, (_, i) => i).join('\n')
  expect(typesOf(await read(`x\n${numbers}`))).toEqual({ x: 'integer' })
  expect(typesOf(await read(`x\n${numbers}\n0.5`))).toEqual({ x: 'number' })
  expect(typesOf(await read(`x\n${numbers}\nabc`))).toEqual({ x: 'text' })
})

test.each([
  ['tabs', 'a\tb\n1\tx, y', 'data.tsv'],
  ['semicolons', 'a;b\n1;x, y', 'data.csv'],
  ['bars', 'a|b\r\n1|x, y\r\n', 'DATA.CSV'],
])('%s delimit columns as commas do', async (_, content, name) => {
  expect(rowsOf(await read(content, name))).toEqual([{ a: 1, b: 'x, y' }])
})

test('NA and its like are missing numbers in columns of numbers, and words elsewhere', async () => {
  const table = await read('age,country,code\n12,NA,007\nNA,DE,NA\n,FR,008\n')
  expect(rowsOf(table)).toEqual([
    { age: 12, country: 'NA', code: '007' },
    { age: null, country: 'DE', code: 'NA' },
    { age: null, country: 'FR', code: '008' },
  ])
  expect(typesOf(table)['age']).toBe('integer')
})

test('empty lines or a byte order mark before the header are passed over; an index column without a name is left out', async () => {
  for (const start of ['\n\n', '\uFEFF']) expect(rowsOf(await read(`${start},a\n0,1\n1,2\n`))).toEqual([{ a: 1 }, { a: 2 }])
})

test('JSON lines and JSON arrays are read; objects inside are text', async () => {
  const lines = '{"n": 1, "t": "x", "inner": {"a": [1, 2]}}\n{"t": null, "n": 2.5, "late": true}\n'
  const expected = [
    { n: 1, t: 'x', inner: '{"a":[1,2]}', late: null },
    { n: 2.5, t: null, inner: null, late: true },
  ]
  expect(rowsOf(await read(lines, 'data.jsonl'))).toEqual(expected)
  expect(rowsOf(await read(`[${lines.trim().replace('\n', ',')}]`, 'data.json'))).toEqual(expected)
})

test('three hundred keys of one type stay three hundred columns', async () => {
  const object = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`c${i}`, i]))
  expect((await read(JSON.stringify(object), 'data.jsonl')).columns.size).toBe(300)
})

test('Parquet keeps its types, its order across row groups, and what pandas adds is left out', async () => {
  const file = await parquet(
    `SELECT CAST(i AS INTEGER) AS n, i / 7 AS x, i % 2 = 0 AS b, DATE '2026-01-01' AS d, 'p' || (i % 3) AS p, [i] AS l,
       CAST(i AS UBIGINT) AS u, TIMESTAMP 'infinity' AS w, i AS __index_level_0__ FROM range(300000) t(i)`,
  )
  const opened = await openDataFile(engine, { path: file, name: 'flights.parquet' })
  expect(opened.rowCount).toBe(300_000)
  expect(Object.fromEntries(opened.columns.map(({ name, type }) => [name, type]))).toEqual({
    n: 'integer',
    x: 'number',
    b: 'boolean',
    d: 'time',
    p: 'text',
    l: 'text',
    u: 'number',
    w: 'time',
  })
  expect(opened.ignored).toEqual(['__index_level_0__'])
  const table = await tableOf(opened, { columns: ['n', 'p', 'd', 'w'] })
  opened.close()
  const { values } = table.columns.get('n') as { values: Float64Array }
  expect(values.every((value, i) => value === i)).toBe(true)
  expect(rowsOf({ rowCount: 2, columns: table.columns })).toEqual([
    { n: 0, p: 'p0', d: '2026-01-01T00:00:00.000Z', w: null },
    { n: 1, p: 'p1', d: '2026-01-01T00:00:00.000Z', w: null },
  ])
  expect(cellOf(table.columns.get('p')!, 299_999)).toBe('p2')
})

test('300,000 rows of six columns are read well under a second', async () => {
  const place = {
    path: await parquet(
      `SELECT i % 24 AS hour, i % 7 AS weekday, i % 3000 + 0.5 AS distance, 'A' || (i % 300) AS origin, 'B' || (i % 311) AS destination, i % 5 = 0 AS late FROM range(300000) t(i)`,
    ),
    name: 'flights.parquet',
  }
  await readTable(engine, place)
  const start = performance.now()
  const table = await readTable(engine, place)
  expect(performance.now() - start).toBeLessThan(1_000)
  expect([table.rowCount, table.columns.size]).toEqual([300_000, 6])
})

test.each([
  ['an unknown ending', 'DATA_FORMAT_UNKNOWN', /"\.xlsx" stands for no format/, 'a,b\n1,2', 'data.xlsx'],
  ['a CSV file that is called Parquet', 'DATA_FORMAT_UNKNOWN', /not Parquet/, 'a,b\n1,2', 'data.parquet'],
  ['Parquet that is called CSV', 'DATA_FORMAT_UNKNOWN', /it is Parquet/, 'PAR1xx', 'data.csv'],
  ['binary noise', 'DATA_FORMAT_UNKNOWN', /not text/, 'a,b\n\0\0', 'data.csv'],
  ['UTF-16', 'DATA_FORMAT_UNKNOWN', /UTF-16/, Buffer.from('\uFEFFa,b', 'utf16le'), 'data.csv'],
  ['CSV that is called JSON', 'DATA_FORMAT_UNKNOWN', /begin with/, 'a,b\n1,2', 'data.jsonl'],
  ['an empty file', 'DATA_EMPTY', /no bytes/, '', 'data.csv'],
  ['a header alone', 'DATA_EMPTY', /no rows/, 'a,b\n', 'data.csv'],
  ['a header of nothing but commas', 'DATA_COLUMNS_REFUSED', /none with a name/, ',\n1,2\n', 'data.csv'],
  ['JSON without keys', 'DATA_COLUMNS_REFUSED', /no keys/, '{}\n{}', 'data.jsonl'],
  ['a CSV name that is there twice', 'DATA_COLUMNS_REFUSED', /"a" is there twice/, 'a,b,a\n1,2,3', 'data.csv'],
  ['names that differ in capitals', 'DATA_COLUMNS_REFUSED', /capital letters/, 'a,A\n1,2', 'data.csv'],
  ['numbers for names', 'DATA_COLUMNS_REFUSED', /holds numbers/, '1,2.5\n2,3', 'data.csv'],
  ['a JSON key that is there twice', 'DATA_UNREADABLE', /duplicate key "a"/, '{"a":1,"a":2}', 'data.jsonl'],
  [
    'rows of unequal length',
    'DATA_UNREADABLE',
    /Line: 3.*Expected Number of Columns: 2 Found: 3/,
    'a,b\n1,2\n1,2,3\n',
    'data.csv',
  ],
  ['Latin-1', 'DATA_UNREADABLE', /utf-8/, Buffer.from('a,b\nÅrhus,1\n', 'latin1'), 'data.csv'],
  ['half a JSON object', 'DATA_UNREADABLE', /Malformed JSON/, '{"a":1}\n{"a":', 'data.jsonl'],
  ['Parquet that is cut off', 'DATA_UNREADABLE', /data\.parquet/, 'PAR1 and then nothing of the kind', 'data.parquet'],
  ['a list of numbers', 'DATA_COLUMNS_REFUSED', /no keys/, '[1,2]', 'data.json'],
  [
    'more than 2,000 columns',
    'DATA_COLUMNS_REFUSED',
    /2001/,
    `${Array.from({ length: 2001 }, (_, i) => `c${i}`).join()}\n1`,
    'data.csv',
  ],
])('%s is refused with %s', async (_, code, said, content, name) => {
  const error = await openDataFile(engine, { path: blob(content), name }).catch((caught: unknown) => caught)
  expect(error).toMatchObject({ code, message: expect.stringMatching(said) as string })
  expect((error as Error).message).not.toContain(folder)
})

test('a JSON file of ever new keys is refused in a moment', async () => {
  const line = (row: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${row * 100 + i}`, i])))
  const start = performance.now()
  await expect(read(Array.from({ length: 2_000 }, (_, row) => line(row)).join('\n'), 'data.jsonl')).rejects.toMatchObject({
    code: 'DATA_COLUMNS_REFUSED',
  })
  expect(performance.now() - start).toBeLessThan(5_000)
})

test('lists and structures are one column each in Parquet', async () => {
  const file = await parquet(`SELECT 1 AS a, {x: 1, y: [1]} AS s, 2 AS b`)
  const opened = await openDataFile(engine, { path: file, name: 'data.parquet' })
  expect(opened.columns.map(({ name }) => name)).toEqual(['a', 's', 'b'])
  opened.close()
})

test('a name full of quotes, a file name too, is only a name', async () => {
  const table = await read(`"x"" from t; --",'\n1,2\n`, "it's; drop.csv")
  expect(rowsOf(table)).toEqual([{ 'x" from t; --': 1, "'": 2 }])
})

test('a column that is not there is told with the nearest, and with all there are', async () => {
  await expect(read('hours,b\n1,2', 'data.csv', { columns: ['hour'] })).rejects.toMatchObject({
    code: 'DATA_COLUMN_MISSING',
    message: expect.stringContaining('did you mean "hours"?') as string,
  })
})

test('more cells than allowed are refused with rows, columns and limit', async () => {
  await expect(read('a,b\n1,2\n3,4', 'data.csv', { cellsMax: 3 })).rejects.toMatchObject({
    code: 'DATA_TOO_LARGE',
    details: { rows: 2, columns: 2, cellsMax: 3 },
  })
})

test('reading stops when it is cancelled, and says why', async () => {
  const file = await parquet(`SELECT i, 'u' || i AS t FROM range(2000000) r(i)`)
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('enough')), 100)
  await expect(readTable(engine, { path: file, name: 'd.parquet' }, { signal: controller.signal })).rejects.toThrow('enough')
})

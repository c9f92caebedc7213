import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readOutcomes } from './outcome-file.ts'

let cwd = ''
beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'seaworthy-outcomes-'))
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

async function read(name: string, text: string, columns: { idColumn?: string; outcomeColumn?: string; batchMax?: number } = {}) {
  writeFileSync(path.join(cwd, name), text)
  const batches = []
  for await (const batch of readOutcomes({ file: name, cwd, idColumn: 'id', outcomeColumn: 'outcome', batchMax: 2, ...columns }))
    batches.push(batch)
  return batches
}

test('numbers, truth values and texts are told apart in CSV, and come in batches', async () => {
  expect(await read('a.csv', '\uFEFFid,outcome,more\r\na,1,x\r\nb,true,\r\nc,"late, very ""late""",y\r\n')).toEqual([
    [
      { id: 'a', outcome: 1 },
      { id: 'b', outcome: true },
    ],
    [{ id: 'c', outcome: 'late, very "late"' }],
  ])
})

test('a quoted field may hold a line end, and semicolons separate where they are used', async () => {
  expect(await read('b.csv', 'outcome;id\n"two\nlines";a\n')).toEqual([[{ id: 'a', outcome: 'two\nlines' }]])
})

test('JSON lines keep their types, and columns can be named', async () => {
  const columns = { idColumn: 'prediction', outcomeColumn: 'late' }
  expect(await read('c.jsonl', '{"prediction":"a","late":false}\n\n{"prediction":"b","late":0}\n', columns)).toEqual([
    [
      { id: 'a', outcome: false },
      { id: 'b', outcome: 0 },
    ],
  ])
})

test('what cannot be used is told with its line, or with the columns there are', async () => {
  await expect(read('d.csv', 'id,outcome\na,1\nb,\n')).rejects.toThrow(/Line 3 of d\.csv/)
  await expect(read('e.jsonl', '{"id":"a","outcome":1}\n{broken\n')).rejects.toThrow(/Line 2 of e\.jsonl/)
  await expect(read('f.csv', 'key,late\na,1\n')).rejects.toThrow(/has key, late.*--id-column/)
  await expect(read('g.csv', 'id,outcome\na,"never closed\n')).rejects.toThrow(/quote/)
  await expect(read('h.parquet', '')).rejects.toThrow(/\.csv nor \.jsonl/)
  await expect(readOutcomes({ file: 'no.csv', cwd, idColumn: 'id', outcomeColumn: 'o', batchMax: 1 }).next()).rejects.toThrow(
    /no file no\.csv/,
  )
})

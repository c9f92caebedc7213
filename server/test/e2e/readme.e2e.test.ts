/**
 * Every command that the README tells a newcomer to type, typed: its `sh` blocks are run line by line, in order, by a real
 * shell in one folder, and must succeed. Blocks marked `sh checkout` are the commands that `.ci/run` itself runs first.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { blocksOf, createTypist, linesOf, type Typist } from '../fixtures/documented-commands.ts'
import { runProgram } from '../fixtures/program.ts'

const blocks = blocksOf('README.md')

let typist: Typist
beforeAll(async () => {
  typist = await createTypist()
}, 60_000)
afterAll(() => typist.end())

test('the commands for a checkout are those that the pipeline runs', () => {
  const pipeline = readFileSync(path.resolve(import.meta.dirname, '../../../.ci/run'), 'utf8')
  const lines = blocks.filter(({ kind }) => kind === 'sh checkout').flatMap(linesOf)
  expect(lines.length).toBeGreaterThan(0)
  for (const command of lines.flatMap((line) => line.split(' && '))) expect(pipeline).toContain(command)
})

test('every command of the README works as it stands', async () => {
  const lines = blocks.filter(({ kind }) => kind === 'sh').flatMap(linesOf)
  expect(lines.length).toBeGreaterThan(10)
  await typist.type(lines)
}, 240_000)

test('the query of the README reads the journal with plain DuckDB', async () => {
  await runProgram(['journal', 'my-model', '--compact'], { cwd: typist.home })
  const sql = blocks.find(({ kind }) => kind === 'sql')
  expect(await typist.countRows(sql!.text)).toBeGreaterThan(0)
}, 60_000)

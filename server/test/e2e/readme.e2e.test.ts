/**
 * Every command that the README tells a newcomer to type, typed: its `sh` blocks are run line by line, in order, by a real
 * shell in one folder, and must succeed. Blocks marked `sh checkout` are the commands that `.ci/run` itself runs first.
 */
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cleanEnvironment, runProgram, SEAWORTHY } from '../fixtures/program.ts'
import { createProject } from '../fixtures/project.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8')

interface Block {
  readonly kind: string
  readonly text: string
}
const blocks: readonly Block[] = [...README.matchAll(/^```([^\n]*)\n([\s\S]*?)^```/gm)].map(([, kind = '', text = '']) => ({
  kind,
  text,
}))
/** Comments and blank lines away; a line that ends with a backslash goes on. */
const linesOf = ({ text }: Block): string[] =>
  text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))

let folder: string
let home: string
let port: number
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-readme-'))
  home = path.join(folder, 'my-model')
  mkdirSync(home)
  await createProject(home, { name: 'my-model' })
  rmSync(path.join(home, 'seaworthy.yaml'))
  port = await freePort()
  const shim = path.join(folder, 'bin')
  mkdirSync(shim)
  // `npx seaworthy` as npm would run it in the checkout.
  writeFileSync(path.join(shim, 'npx'), `#!/bin/sh\nshift\nexec '${process.execPath}' '${SEAWORTHY}' "$@"\n`)
  chmodSync(path.join(shim, 'npx'), 0o755)
}, 60_000)
afterAll(async () => {
  await runProgram(['stop'], { cwd: home })
  rmSync(folder, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port: found } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return found
}

function type(line: string): Promise<{ code: number | null; output: string }> {
  const PATH = [path.join(folder, 'bin'), path.dirname(process.execPath), process.env['PATH'] ?? ''].join(path.delimiter)
  const child = spawn('sh', ['-c', line.replaceAll('localhost:8080', `localhost:${port}`)], {
    cwd: home,
    env: cleanEnvironment({ PATH, SEAWORTHY_HTTP_PORT: String(port) }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  return new Promise((resolve, reject) => child.once('error', reject).once('exit', (code) => resolve({ code, output })))
}

test('the commands for a checkout are those that the pipeline runs', () => {
  const pipeline = readFileSync(path.join(ROOT, '.ci/run'), 'utf8')
  const lines = blocks.filter(({ kind }) => kind === 'sh checkout').flatMap(linesOf)
  expect(lines.length).toBeGreaterThan(0)
  for (const command of lines.flatMap((line) => line.split(' && '))) expect(pipeline).toContain(command)
})

test('every command of the README works as it stands', async () => {
  const lines = blocks.filter(({ kind }) => kind === 'sh').flatMap(linesOf)
  expect(lines.length).toBeGreaterThan(10)
  for (const line of lines) {
    const { code, output } = await type(line)
    expect(code, `${line}\n${output}`).toBe(0)
    expect(output, line).not.toMatch(/"status":[45]\d\d|✗/)
  }
}, 240_000)

test('the query of the README reads the journal with plain DuckDB', async () => {
  await runProgram(['journal', 'my-model', '--compact'], { cwd: home })
  const sql = blocks.find(({ kind }) => kind === 'sql')
  expect(sql).toBeDefined()
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const rows = await connection.runAndReadAll(sql!.text.replaceAll("'.seaworthy", `'${home}/.seaworthy`))
  expect(rows.currentRowCount).toBeGreaterThan(0)
}, 60_000)

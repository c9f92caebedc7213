/** Every command of the guides, typed in order by a real shell, and the exports of models by the libraries that are here. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blocksOf, createTypist, linesOf, type Typist } from '../fixtures/documented-commands.ts'
import { runProgram, runWell } from '../fixtures/program.ts'
import { type PostgresServer, startPostgres } from '../fixtures/postgres-server.ts'
import { findPython } from '../interop/python.ts'

const commandsOf = (guide: string, kind = 'sh') =>
  blocksOf(guide)
    .filter((block) => block.kind === kind)
    .flatMap(linesOf)
const OWN_MODEL = 'docs/guides/own-model.md'
const OPERATE = 'docs/guides/operate.md'

describe('bring your own model', () => {
  let typist: Typist
  beforeAll(async () => void (typist = await createTypist()), 60_000)
  afterAll(() => typist.end())

  test('every command of the guide works as it stands, under the lines of the contract that it gives', async () => {
    const [init, ...lines] = commandsOf(OWN_MODEL)
    await typist.type([init!])
    const contract = path.join(typist.home, 'seaworthy.yaml')
    const yaml = blocksOf(OWN_MODEL).find(({ kind }) => kind === 'yaml')!.text
    const given = new Set([...yaml.matchAll(/^([a-z]+):/gm)].map(([, key]) => key!))
    const kept = readFileSync(contract, 'utf8')
      .split(/^(?=[a-z]+:)/m)
      .filter((section) => !given.has(/^[a-z]+/.exec(section)?.[0] ?? ''))
    writeFileSync(contract, `${kept.join('')}${yaml}`)
    expect(lines.length).toBeGreaterThan(5)
    await typist.type(lines)
  }, 120_000)

  test('what the libraries export by the lines of the guide is a version', async () => {
    const python = findPython()
    const exports = blocksOf(OWN_MODEL).filter(({ kind }) => kind === 'python')
    expect(exports.length).toBeGreaterThan(3)
    for (const { text } of python === undefined ? [] : exports) {
      const library = /^(?:import|from) (sklearn|lightgbm|xgboost|torch)\b/m.exec(text)![1]!
      if (!canImport(python!, library)) continue
      execFileSync(python!, ['-c', text], { cwd: typist.home, stdio: 'ignore' })
      const push = ['push', 'model.onnx', '--name', library, '--data', 'train.parquet', '--outcome', 'late']
      expect(await runWell(push, { cwd: typist.home })).toMatch(new RegExp(`${library}@1 made`))
    }
  }, 240_000)
})

function canImport(python: string, library: string): boolean {
  try {
    execFileSync(python, ['-c', `import ${library}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('operate', () => {
  let typist: Typist
  let postgres: PostgresServer | undefined
  beforeAll(async () => {
    typist = await createTypist()
    postgres = await startPostgres()
    writeFileSync(path.join(typist.home, 'seaworthy.yaml'), 'name: my-model\noutcome: { name: late }\n')
    const run = (...args: string[]) => runWell(args, { cwd: typist.home })
    await run('push', 'model.onnx', '--data', 'train.parquet')
    await run('check', 'my-model@1')
  }, 120_000)
  afterAll(async () => {
    await typist.end()
    await postgres?.stop()
  })

  test('every command of the guide works as it stands', async () => {
    const lines = commandsOf(OPERATE)
    expect(lines.length).toBeGreaterThan(15)
    const journal = lines.findIndex((line) => line.includes('--compact'))
    await typist.type(lines.slice(0, journal))
    await typist.type([
      `curl -sf -d '{"instances":[{"hour":9,"weekday":2,"distance":590,"origin":"LAS","destination":"SFO"}]}' localhost:8080/v1/deployments/my-model/predict`,
    ])
    await typist.type([lines[journal]!])
    expect(await typist.countRows(blocksOf(OPERATE).find(({ kind }) => kind === 'sql')!.text)).toBe(1)
    await typist.type(lines.slice(journal + 1))
  }, 240_000)

  test('the metadata can lie in PostgreSQL', async () => {
    if (postgres === undefined) return
    const [exported, ...lines] = commandsOf(OPERATE, 'sh postgres')
    const [, name, url] = /^export (\w+)=(\S+)$/.exec(exported!) ?? []
    expect(url).toMatch(/^postgres:\/\//)
    const environment = { [name!]: await postgres.createDatabase(), SEAWORTHY_HOME: 'beside-postgres' }
    await typist.type(lines, environment)
    const shown = await runProgram(['models', '--json'], { cwd: typist.home, env: environment })
    expect(shown.stdout).toMatch(/"my-model"/)
  }, 60_000)
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadConfig } from '../config/load-config.ts'
import { silentLog } from '../kernel/log.ts'
import { createProgram } from './program.ts'
import { runCommandLine } from '../entry/cli/command-line.ts'

let cwd = ''
beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'seaworthy-cli-'))
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

async function run(words: string, environment: Record<string, string> = {}) {
  let [stdout, stderr] = ['', '']
  const { signal } = new AbortController()
  const code = await runCommandLine(words.split(' ').filter(Boolean), {
    version: '1.2.3',
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    cwd,
    signal,
    interactive: false,
    ...{ noColor: true, showsStacks: false },
    loadConfig: () => loadConfig(environment),
    createLog: async () => silentLog,
    createProgram: (config, log) => createProgram({ version: '1.2.3', config, log, environment: {}, cwd, entry: 'none', signal }),
  })
  return { code, stdout, stderr }
}

test('help names every command and needs none of them', async () => {
  const { code, stdout } = await run('--help', { SEAWORTHY_HTTP_PORT: 'broken' })
  expect(code).toBe(0)
  expect(stdout).toMatch(/init.*\n(.*\n)*.*push.*\n(.*\n)*.*audit/)
})

test('the program alone shows its help, and what is common may stand before the command', async () => {
  expect((await run('')).stdout).toMatch(/init\b.*\n.*train\b.*\n.*push\b.*\n.*check\b.*\n.*launch\b/)
  expect((await run('help push')).stdout).toMatch(/<file>(.*\n)*.*Examples/)
  expect(await run('--json models')).toMatchObject({ code: 0, stdout: '{"items":[]}\n' })
  expect(await run('push --json')).toMatchObject({ code: 2, stdout: expect.stringMatching(/^\{"error":.*file/) as string })
})

test('a mistyped command is told with the one that was meant', async () => {
  expect(await run('lanch x@1')).toMatchObject({ code: 2, stderr: expect.stringContaining('"launch"') as string })
})

test('a mistyped option, value or setting is told in one line with what to do', async () => {
  expect(await run('help lanch')).toMatchObject({ code: 2, stderr: expect.stringContaining('"launch"') as string })
  expect(await run('start --prot 1')).toMatchObject({ code: 2, stderr: expect.stringContaining('--port') as string })
  expect(await run('start --port 99999')).toMatchObject({ code: 2, stderr: expect.stringContaining('--port') as string })
  expect(await run('models', { SEAWORTHY_HTTP_PROT: '1' })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('SEAWORTHY_HTTP_PORT') as string,
  })
})

test('failures are JSON where JSON is asked for', async () => {
  const { code, stdout } = await run('show nothing@1 --json')
  expect(code).toBe(4)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'MODEL_NOT_FOUND' } })
})

test('init writes a contract once', async () => {
  expect(await run('init --name churn --yes')).toMatchObject({ code: 0 })
  expect(await run('init --name churn --yes')).toMatchObject({ code: 1, stderr: expect.stringContaining('--force') as string })
})

test('a server that does not answer is told as that', async () => {
  const { code, stderr } = await run('models', { SEAWORTHY_SERVER: 'http://127.0.0.1:59999' })
  expect({ code, stderr }).toMatchObject({ code: 6, stderr: expect.stringContaining('SEAWORTHY_SERVER') as string })
})

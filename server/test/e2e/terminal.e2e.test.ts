/** What a person sees at a terminal, a real one: no logs between the lines, and an end when it is closed. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cleanEnvironment, runProgram, SEAWORTHY, startProgram } from '../fixtures/program.ts'

/** Of util-linux: runs a command in a terminal of its own. */
const SCRIPT = '/usr/bin/script'
const WAIT_MS_MAX = 20_000

let folder = ''
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-terminal-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const deadline = Date.now() + WAIT_MS_MAX
  while (Date.now() < deadline) {
    const found = look()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`${what} did not come`)
}
const serverFile = () => path.join(folder, '.seaworthy/server.json')

describe.skipIf(process.platform !== 'linux' || !existsSync(SCRIPT))('at a terminal', () => {
  const terminals: ChildProcess[] = []
  afterEach(() => terminals.splice(0).forEach((child) => child.kill('SIGKILL')))
  function type(line: string) {
    const command = `stty cols 80; exec '${process.execPath}' '${SEAWORTHY}' ${line}`
    const child = spawn(SCRIPT, ['-qefc', command, '/dev/null'], { cwd: folder, env: cleanEnvironment({ TERM: 'xterm' }) })
    terminals.push(child)
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    return { child, ended, output: () => output.replaceAll('\r', '') }
  }

  test('a server prints for people, logs into a file, and ends with Ctrl-C', async () => {
    const { child, ended, output } = type('start --port 0')
    await until('the address', () => /Ctrl-C/.test(output()))
    expect(output()).toMatch(/Seaworthy is up at http.*\n(.*\n)*.*log +.*server\.log/)
    const second = await runProgram(['start', '--port', '0'], { cwd: folder })
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr).toMatch(/^✗ Another Seaworthy process \(pid \d+\) holds .*\n {2}Use that one.*\n$/)
    child.stdin.write('\u0003')
    await ended
    expect(output()).toMatch(/Stopped/)
    expect(output()).not.toMatch(/[{}]/)
    expect(readFileSync(path.join(folder, '.seaworthy/server.log'), 'utf8')).toMatch(/"event":"listening"/)
  }, 60_000)

  test('a server ends when its terminal is closed', async () => {
    const { child } = type('start --port 0')
    const { pid } = await until('server.json', () => existsSync(serverFile()) && readAddress())
    child.kill('SIGKILL')
    await until('the end of the server', () => !isAlive(pid))
    expect(existsSync(serverFile())).toBe(false)
  }, 60_000)
})

test('a server without a terminal outlives a hang-up', async () => {
  const server = await startProgram({ cwd: folder })
  server.child.kill('SIGHUP')
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(200)
  expect(await server.stop()).toBe(0)
}, 60_000)

function readAddress(): { pid: number } | undefined {
  try {
    return JSON.parse(readFileSync(serverFile(), 'utf8')) as { pid: number }
  } catch {
    return undefined
  }
}
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

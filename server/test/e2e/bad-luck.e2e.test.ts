/** Hostile files, typing errors and bad luck, through the real program: a clear error with a hint, and nothing half-written. */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { outputOf, runProgram, runWell, spawnProgram, startProgram } from '../fixtures/program.ts'
import { createProject } from '../fixtures/project.ts'

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-bad-luck-'))
  await createProject(folder, { name: 'luck' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const push = (file: string, ...more: string[]) => runProgram(['push', file, '--data', 'train.parquet', ...more], { cwd: folder })
const expectRefusal = (result: { code: number | null; stdout: string; stderr: string }, said: RegExp) => {
  const text = result.stdout + result.stderr
  expect(result.code, text).not.toBe(0)
  expect(text).toMatch(said)
  expect(text).not.toMatch(/\bat .+\.ts:\d+/)
}
const versionsOf = async (model: string): Promise<number> => {
  const { stdout } = await runProgram(['models', '--json'], { cwd: folder })
  const models = (JSON.parse(stdout) as { items: { name: string; versionLast: number }[] }).items
  return models.find(({ name }) => name === model)?.versionLast ?? 0
}

test('files that are no model are refused by what they are, and leave no version', async () => {
  const model = readFileSync(path.join(folder, 'model.onnx'))
  writeFileSync(path.join(folder, 'truncated.onnx'), model.subarray(0, Math.floor(model.length * 0.6)))
  writeFileSync(path.join(folder, 'pickle.onnx'), Buffer.concat([Buffer.from([0x80, 0x04, 0x95]), Buffer.alloc(2_000, 7)]))
  writeFileSync(path.join(folder, 'empty.onnx'), '')
  expectRefusal(await push('truncated.onnx'), /truncated|cut|ends/i)
  expectRefusal(await push('pickle.onnx'), /pickle/i)
  expectRefusal(await push('empty.onnx'), /empty|not (an )?ONNX/i)
  expectRefusal(await push('missing.onnx'), /missing\.onnx/)
  expect(await versionsOf('luck')).toBe(0)
})

test('a model whose inputs do not match the data says which are missing', async () => {
  writeFileSync(
    path.join(folder, 'other.csv'),
    'hours,weekday,distance,origin,destination,late\n1,2,3,LAS,SFO,0\n2,2,3,LAS,SFO,1\n',
  )
  const result = await runProgram(['push', 'model.onnx', '--data', 'other.csv'], { cwd: folder })
  expectRefusal(result, /hour/)
})

test('a typing error in the contract is shown with its line and the name that was meant', async () => {
  const contract = readFileSync(path.join(folder, 'seaworthy.yaml'), 'utf8')
  writeFileSync(path.join(folder, 'seaworthy.yaml'), contract.replace('serving:', 'servng:'))
  try {
    const result = await push('model.onnx')
    expectRefusal(result, /servng/)
    expectRefusal(result, /serving/)
    expectRefusal(result, /seaworthy\.yaml:\d+:\d+|line \d+/)
  } finally {
    writeFileSync(path.join(folder, 'seaworthy.yaml'), contract)
  }
})

test('two pushes at once both get a number, and none is lost', async () => {
  const second = mkdtempSync(path.join(tmpdir(), 'seaworthy-second-'))
  await createProject(second, { name: 'luck', rounds: 3 })
  const from = (cwd: string) =>
    spawnProgram(['push', path.join(cwd, 'model.onnx'), '--data', path.join(cwd, 'train.parquet'), '--json'], { cwd: folder })
  const results = await Promise.all([outputOf(from(folder)), outputOf(from(second))])
  rmSync(second, { recursive: true, force: true })
  for (const { code, stdout, stderr } of results) expect(code, stdout + stderr).toBe(0)
  const numbers = results.map(({ stdout }) => (JSON.parse(stdout) as { version: number }).version)
  expect(numbers.toSorted()).toEqual([1, 2])
}, 60_000)

test('a second server on the same folder is told who holds it, and the first goes on', async () => {
  const first = await startProgram({ cwd: folder })
  const second = await runProgram(['start', '--port', '0'], { cwd: folder })
  expectRefusal(second, new RegExp(`${first.pid}|${first.url}`))
  expect((await fetch(`${first.url}/health/ready`)).ok).toBe(true)
  expect(await first.stop()).toBe(0)
}, 60_000)

test('a port that is in use is named, with the way to choose another', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  const result = await runProgram(['start', '--port', String(port)], { cwd: folder })
  other.close()
  expectRefusal(result, new RegExp(`${port}`))
  expectRefusal(result, /--port/)
  expect(existsSync(path.join(folder, '.seaworthy/server.json'))).toBe(false)
}, 60_000)

test('a disk that cannot be written to is said so', async () => {
  const home = path.join(folder, 'read-only')
  mkdirSync(home)
  const mounted = process.getuid?.() === 0 && tryMount(home)
  if (!mounted) chmodSync(home, 0o555)
  try {
    if (process.getuid?.() === 0 && !mounted)
      return console.warn('SKIPPED: root writes anywhere, and nothing can be mounted here.')
    const result = await runProgram(['push', 'model.onnx', '--data', 'train.parquet'], {
      cwd: folder,
      env: { SEAWORTHY_HOME: home },
    })
    expectRefusal(result, /read-only|writ|permission/i)
    expect(readdirSync(home)).toEqual([])
  } finally {
    if (mounted) execFileSync('umount', [home])
    else chmodSync(home, 0o755)
  }
})

function tryMount(at: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=64k', 'tmpfs', at], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test('Ctrl-C while a push is under way leaves nothing broken', async () => {
  const child = spawnProgram(['push', 'model.onnx', '--data', 'train.parquet', '--name', 'stopped'], { cwd: folder })
  const result = outputOf(child)
  setTimeout(() => child.kill('SIGINT'), 400)
  const { code } = await result
  expect([0, 130]).toContain(code)
  expect(await runWell(['audit', 'verify'], { cwd: folder })).toMatch(/whole/i)
}, 60_000)

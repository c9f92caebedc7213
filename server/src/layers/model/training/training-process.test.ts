import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../kernel/errors.ts'
import { childEnvironment } from './child-environment.ts'
import { splitCommand } from './command-words.ts'
import { openProcessTable } from './process-table.ts'
import { createTrainingLog, type TrainingProgress } from './training-log.ts'
import { runTrainingProcess } from './training-process.ts'

const MiB = 2 ** 20
/** Processes start slowly on a machine that does much else. */
const SLOW = { timeout: 30_000 }
let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-training-'))
  mkdirSync(path.join(folder, 'output'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Limits {
  readonly memoryBytesMax?: number
  readonly msMax?: number
  readonly graceMs?: number
  readonly signal?: AbortSignal
}

/** Runs a command whose `train.mjs` is this script; gives what it printed, its progress and how it failed. */
async function train(script: string, limits: Limits = {}, command = 'node train.mjs') {
  writeFileSync(path.join(folder, 'train.mjs'), script)
  const log = createTrainingLog()
  const progress: TrainingProgress[] = []
  const inputs = { data: '/data.csv', output: path.join(folder, 'output'), seed: 7, contract: '/contract.json' }
  const failure = await runTrainingProcess({
    command,
    words: splitCommand(command),
    folder,
    environment: childEnvironment(process.env, folder, inputs),
    recordFolder: path.join(folder, 'attempt'),
    memoryBytesMax: 1_024 * MiB,
    msMax: 20_000,
    graceMs: 300,
    signal: new AbortController().signal,
    log,
    onProgress: (at) => progress.push(at),
    ...limits,
  }).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failure !== undefined && !(failure instanceof AppError)) throw failure
  return { log: log.bytes().toString(), progress, failure }
}

const isAlive = async (pid: number) => (await openProcessTable().list()).some((row) => row.pid === pid && !row.dead)
const pidIn = (name: string) => Number(readFileSync(path.join(folder, name), 'utf8'))
async function waitFor(name: string): Promise<void> {
  for (let i = 0; !existsSync(path.join(folder, name)); i++) {
    if (i > 2_000) throw new Error(`${name} never came`)
    await pause(10)
  }
}

test('a command runs in its folder with the inputs of the protocol, and says how far it is', SLOW, async () => {
  const { log, progress, failure } = await train(`
    import { cwd, env, execPath } from 'node:process'
    console.log(JSON.stringify([cwd(), execPath, env.SEAWORTHY_TRAIN_DATA, env.SEAWORTHY_TRAIN_SEED, env.SEAWORTHY_HOME]))
    console.log('::progress {"done":1,"total":2,"note":"half"}')
    console.error('a warning')
    console.log('::progress {"done":2,"total":2}')
  `)
  expect(failure).toBeUndefined()
  expect(JSON.parse(log.split('\n')[0]!)).toEqual([folder, process.execPath, '/data.csv', '7', null])
  expect(log).toContain('a warning')
  expect(progress).toEqual([
    { done: 1, total: 2, note: 'half' },
    { done: 2, total: 2 },
  ])
})

test('a shell script finds the Node that runs us', SLOW, async () => {
  writeFileSync(path.join(folder, 'train.sh'), 'node -p process.execPath')
  const { log } = await train('', {}, 'sh train.sh')
  expect(log.trim()).toBe(process.execPath)
})

describe('an end that was not wished for is told apart', SLOW, () => {
  test('by exit code, with the last lines', async () => {
    const { failure } = await train(`for (let i = 0; i < 30; i++) console.log('line', i); process.exitCode = 3`)
    expect(failure).toMatchObject({ code: 'TRAINING_FAILED', details: { exitCode: 3 } })
    expect(failure?.message).toMatch(/exit code 3[^]*line 10\n[^]*line 29$/)
    expect(failure?.message).not.toContain('line 9\n')
  })

  test('by signal', async () => {
    const { failure } = await train(`process.kill(process.pid, 'SIGUSR2'); setTimeout(() => {}, 5000)`)
    expect(failure).toMatchObject({ code: 'TRAINING_FAILED', details: { signal: 'SIGUSR2' } })
  })

  test('by SIGKILL that was not ours, of the program or of what a shell ran', async () => {
    const kill = `process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 5000)`
    expect((await train(kill)).failure).toMatchObject({ code: 'TRAINING_OUT_OF_MEMORY', details: { by: 'system' } })
    writeFileSync(path.join(folder, 'train.sh'), 'node train.mjs\nexit $?\n')
    const { failure } = await train(kill, {}, 'sh train.sh')
    expect(failure).toMatchObject({ code: 'TRAINING_OUT_OF_MEMORY', details: { by: 'system' } })
    expect(failure?.message).toContain('SIGKILL')
  })

  test('by its own words about memory', async () => {
    const { failure } = await train(`console.error('MemoryError: Unable to allocate 9 GiB'); process.exit(1)`)
    expect(failure).toMatchObject({ code: 'TRAINING_OUT_OF_MEMORY', details: { by: 'program' } })
  })

  test('by its time, even when it does not want to end', async () => {
    const { failure, log } = await train(`process.on('SIGTERM', () => console.log('not yet')); setInterval(() => {}, 1000)`, {
      msMax: 2_000,
    })
    expect(failure).toMatchObject({ code: 'TRAINING_TOO_LONG', details: { msMax: 2_000 } })
    expect(log).toBe('not yet\n')
  })

  test('by a program that is not there or may not be run', async () => {
    const missing = (await train('', {}, 'no-such-program-here --x')).failure
    expect(missing).toMatchObject({ code: 'TRAINING_COMMAND_MISSING', hint: expect.stringContaining('Install it') })
    writeFileSync(path.join(folder, 'train.sh'), 'echo')
    expect((await train('', {}, './train.sh')).failure).toMatchObject({
      code: 'TRAINING_COMMAND_MISSING',
      hint: expect.stringContaining('chmod +x'),
    })
  })
})

describe.skipIf(process.platform === 'win32')('memory', SLOW, () => {
  const grow = `const kept = []; setInterval(() => kept.push(Buffer.alloc(16 * 2 ** 20, 1)), 10)`

  test('beyond the limit ends the training, and says how much it was', async () => {
    const { failure } = await train(grow, { memoryBytesMax: 200 * MiB })
    expect(failure).toMatchObject({ code: 'TRAINING_OUT_OF_MEMORY', details: { by: 'limit', bytesMax: 200 * MiB } })
    expect(failure?.message).toMatch(/it held \d{3,} MiB, and may hold 200 MiB/)
    expect(failure?.hint).toContain('SEAWORTHY_TRAIN_MEMORY_BYTES_MAX')
  })

  test('is counted over all processes of the training', async () => {
    writeFileSync(path.join(folder, 'child.mjs'), grow)
    const script = `
      import { spawn } from 'node:child_process'
      spawn(process.execPath, ['child.mjs'], { stdio: 'inherit' })
      setInterval(() => {}, 1000)
    `
    const { failure } = await train(script, { memoryBytesMax: 250 * MiB })
    expect(failure).toMatchObject({ code: 'TRAINING_OUT_OF_MEMORY', details: { by: 'limit' } })
    expect(failure?.message).toContain('its 2 processes')
  })
})

describe.skipIf(process.platform === 'win32')('nothing is left behind', SLOW, () => {
  /** A child of the child that ignores SIGTERM, in the group or out of it. */
  const family = (detached: boolean) => `
    import { spawn } from 'node:child_process'
    import { writeFileSync } from 'node:fs'
    const stubborn = 'process.on("SIGTERM", () => {}); require("node:fs").writeFileSync("ready", ""); setInterval(() => {}, 1000)'
    const child = spawn(process.execPath, ['-e', stubborn], { detached: ${detached}, stdio: 'inherit' })
    writeFileSync('child.pid', String(child.pid))
  `

  test('when a training is cancelled, its grandchildren end too', async () => {
    for (const detached of [false, true]) {
      const stop = new AbortController()
      const training = train(`${family(detached)}; setInterval(() => {}, 1000)`, { signal: stop.signal })
      await waitFor('ready')
      expect(await isAlive(pidIn('child.pid'))).toBe(true)
      stop.abort('cancelled')
      expect((await training).failure).toMatchObject({ code: 'TRAINING_STOPPED' })
      if (!detached || process.platform === 'linux') expect(await isAlive(pidIn('child.pid'))).toBe(false)
      rmSync(path.join(folder, 'ready'))
    }
  })

  test('when a training ends before its children, they are ended and it is not waited for them', async () => {
    const started = performance.now()
    const { failure } = await train(
      `${family(false)}
       import { existsSync } from 'node:fs'
       while (!existsSync('ready')) await new Promise((resolve) => setTimeout(resolve, 10))
       process.exit(0)`,
    )
    expect(failure).toBeUndefined()
    expect(performance.now() - started).toBeLessThan(8_000)
    expect(await isAlive(pidIn('child.pid'))).toBe(false)
  })

  test('a training that is cancelled before it begins never does', async () => {
    const { failure } = await train(`require('fs').writeFileSync('began', '')`, { signal: AbortSignal.abort('cancelled') })
    expect(failure).toMatchObject({ code: 'TRAINING_STOPPED' })
    expect(existsSync(path.join(folder, 'began'))).toBe(false)
  })
})

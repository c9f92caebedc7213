import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openProcessTable } from './process-table.ts'
import { clearRuns, openAttempt, removeAttempt } from './run-folders.ts'

const GRACE_MS = 200
/** Processes start slowly on a machine that does much else. */
const SLOW = { timeout: 30_000 }
let folder: string
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-runs-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const isAlive = async (pid: number) => (await openProcessTable().list()).some((row) => row.pid === pid && !row.dead)
const runsLeft = () => readdirSync(path.join(folder, 'runs'))

/** A training whose child ignores SIGTERM and left the group; both write their number when they are ready. */
const TRAINING = `
  import { spawn } from 'node:child_process'
  import { writeFileSync } from 'node:fs'
  const stubborn = 'process.on("SIGTERM", () => {}); require("node:fs").writeFileSync("child", String(process.pid)); setInterval(() => {}, 1000)'
  spawn(process.execPath, ['-e', stubborn], { detached: true, stdio: 'ignore' })
  writeFileSync('leader', String(process.pid))
  setInterval(() => {}, 1000)
`

/** A program that begins a training as we do, and then ends. Gives the training's leader and the child that left the group. */
async function dieWhileTraining(signal: 'SIGKILL' | 'SIGUSR2' = 'SIGKILL'): Promise<[leader: number, child: number]> {
  const from = (name: string) => JSON.stringify(path.join(import.meta.dirname, name))
  writeFileSync(path.join(folder, 'train.mjs'), TRAINING)
  writeFileSync(
    path.join(folder, 'program.mts'),
    `
    import path from 'node:path'
    import { childEnvironment } from ${from('child-environment.ts')}
    import { openAttempt } from ${from('run-folders.ts')}
    import { createTrainingLog } from ${from('training-log.ts')}
    import { runTrainingProcess } from ${from('training-process.ts')}
    process.on('SIGUSR2', () => process.exit(0))
    const folder = ${JSON.stringify(folder)}
    const { folder: attempt } = await openAttempt(folder, 'run-1', 200)
    const inputs = { data: '/data.csv', output: path.join(attempt, 'output'), seed: 1, contract: '/contract.json' }
    await runTrainingProcess({
      command: 'node train.mjs', words: ['node', 'train.mjs'], folder, recordFolder: attempt,
      environment: childEnvironment(process.env, folder, inputs), memoryBytesMax: 2 ** 40, msMax: 60_000, graceMs: 200,
      signal: new AbortController().signal, log: createTrainingLog(), onProgress() {},
    })`,
  )
  const program = spawn(process.execPath, [path.join(folder, 'program.mts')], { stdio: ['ignore', 'inherit', 'inherit'] })
  const exited = once(program, 'exit')
  const ready = () => ['leader', 'child'].every((name) => existsSync(path.join(folder, name)))
  for (let i = 0; !ready() && i < 1_000; i++) await pause(10)
  program.kill(signal)
  await exited
  const pidIn = (name: string) => Number(readFileSync(path.join(folder, name), 'utf8'))
  return [pidIn('leader'), pidIn('child')]
}

test.runIf(process.platform === 'linux')(
  'after kill -9 the next attempt ends what is left and begins in an empty folder',
  SLOW,
  async () => {
    const [leader, child] = await dieWhileTraining()
    expect([await isAlive(leader), await isAlive(child)]).toEqual([true, true])
    const { folder: attempt, left } = await openAttempt(folder, 'run-1', GRACE_MS)
    expect(left).toBe(2)
    expect([await isAlive(leader), await isAlive(child)]).toEqual([false, false])
    expect(readdirSync(path.dirname(attempt))).toEqual([path.basename(attempt)])
    expect(readdirSync(attempt)).toEqual(['output'])
  },
)

test.runIf(process.platform === 'linux')(
  'a program that starts ends and removes what trainings of its predecessor left',
  SLOW,
  async () => {
    const left = await dieWhileTraining()
    expect(await clearRuns(folder, GRACE_MS)).toBe(2)
    for (const pid of left) expect(await isAlive(pid)).toBe(false)
    expect(runsLeft()).toEqual([])
  },
)

test.skipIf(process.platform === 'win32')('a program that just exits takes the group of its training with it', SLOW, async () => {
  const [leader, child] = await dieWhileTraining('SIGUSR2')
  await pause(50)
  expect(await isAlive(leader)).toBe(false)
  await clearRuns(folder, GRACE_MS)
  if (await isAlive(child)) process.kill(child, 'SIGKILL')
})

test('a process that only got the number of an earlier training is left alone', SLOW, async () => {
  const bystander = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], { detached: true })
  try {
    await once(bystander.stdout, 'data')
    const { folder: attempt } = await openAttempt(folder, 'run-1', GRACE_MS)
    writeFileSync(path.join(attempt, 'process.json'), JSON.stringify({ pid: bystander.pid, startedAt: '1' }))
    expect((await openAttempt(folder, 'run-1', GRACE_MS)).left).toBe(0)
    expect(await isAlive(bystander.pid!)).toBe(true)
  } finally {
    bystander.kill('SIGKILL')
  }
})

test('an attempt that ends late does not take away the folder of its successor', async () => {
  const late = await openAttempt(folder, 'run-1', GRACE_MS)
  const next = await openAttempt(folder, 'run-1', GRACE_MS)
  await removeAttempt(late.folder)
  expect(existsSync(next.folder)).toBe(true)
  await removeAttempt(next.folder)
  expect(runsLeft()).toEqual([])
})

test('what a crash half-wrote about a process harms nobody', async () => {
  const { folder: attempt } = await openAttempt(folder, 'run-1', GRACE_MS)
  writeFileSync(path.join(attempt, 'process.json'), '{"pid":')
  expect(await clearRuns(folder, GRACE_MS)).toBe(0)
  expect(await clearRuns(path.join(folder, 'nowhere'), GRACE_MS)).toBe(0)
})

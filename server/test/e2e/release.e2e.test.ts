/** A new version on its way to all traffic, and back: shadow, canary, a bad one that stops itself, kills, rollbacks. */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createClient, type Client } from '@seaworthy/api/client'
import { listAudit, verifyAudit } from '@seaworthy/api/collaboration'
import { listPredictions, recordOutcomes } from '@seaworthy/api/operations'
import {
  abortRelease,
  approveRelease,
  getRelease,
  holdRelease,
  listChampions,
  promoteRelease,
  type ReleaseState,
  resumeRelease,
  rollBack,
} from '@seaworthy/api/release'
import { launchDeployment, listDeployments } from '@seaworthy/api/serving'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCaller, flightOf, startCallers } from '../fixtures/callers.ts'
import { type RunningProgram, runProgram, runWell, startProgram } from '../fixtures/program.ts'
import { createProject } from '../fixtures/project.ts'

/** Versions: 1 and 2 are as good as each other, 3 says the opposite of the truth. */
const [GOOD, ALIKE, WRONG] = [1, 2, 3]
const env = { SEAWORTHY_JOURNAL_SYNC: 'always' }

let folder: string
let server: RunningProgram
let client: Client
const contractWith = (release: string) =>
  `${readFileSync(path.join(folder, 'seaworthy.yaml'), 'utf8')}maintenance: { release: { ${release} } }\n`

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-release-'))
  for (const [i, options] of [{ rounds: 8 }, { rounds: 9 }, { rounds: 8, upsideDown: true }].entries()) {
    const other = mkdtempSync(path.join(folder, 'version-'))
    await createProject(other, { name: 'ferry', ...options })
    for (const file of ['model.onnx', 'train.parquet', 'seaworthy.yaml'])
      if (i === 0 || file === 'model.onnx') copyFileSync(path.join(other, file), path.join(folder, file))
    await runWell(['push', 'model.onnx', '--data', 'train.parquet'], { cwd: folder })
  }
  await start()
}, 120_000)
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(): Promise<void> {
  server = await startProgram({ cwd: folder, env })
  client = createClient({ baseUrl: server.url, actor: 'kim' })
}
const run = (...args: string[]) => runWell(args, { cwd: folder, env })

const launch = (name: string, version: number, release = 'steps: [full]', more: { now?: string } = {}) =>
  client.call(launchDeployment, {
    params: { deployment: name },
    body: { model: 'ferry', version, contract: contractWith(release), override: 'a test', ...more },
  })
const release = (name: string) => client.call(getRelease, { params: { release: name } })
const variantsOf = async (name: string) => {
  const { items } = await client.call(listDeployments)
  return items.find((one) => one.name === name)!.variants.map((one) => [one.name, one.role, one.version, one.share])
}
async function until<T>(look: () => Promise<T>, holds: (value: T) => boolean, msMax = 30_000): Promise<T> {
  const deadline = Date.now() + msMax
  for (;;) {
    const value = await look()
    if (holds(value)) return value
    if (Date.now() > deadline) throw new Error(`it never came to that; at last: ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
const reaches = (name: string, state: ReleaseState, step?: number) =>
  until(
    () => release(name),
    (found) => found.state === state && (step === undefined || found.step === step),
  )

test('a shadow sees every request and changes no answer; it is held, resumed and aborted by hand', async () => {
  await launch('shadowed', GOOD)
  const caller = createCaller(server.url, 'shadowed')
  const flights = Array.from({ length: 40 }, (_, i) => flightOf(i))
  const before = await caller.ask(flights)
  const launched = await launch('shadowed', ALIKE, 'steps: [shadow 100%, full], step-duration: 1h')
  expect(launched.release).toMatchObject({ state: 'running', step: 0, champion: GOOD, version: ALIKE })
  await reaches('shadowed', 'running', 0)
  const after = await caller.ask(flights, { 'x-request-id': 'shadow-me' })
  expect(after.version).toBe(GOOD)
  expect(after.outputs).toEqual(before.outputs)
  const copies = await until(
    async () => {
      const query = { limit: 1_000 }
      const { items } = await client.call(listPredictions, { params: { deployment: 'shadowed' }, query })
      return items.filter(({ requestId }) => requestId === 'shadow-me')
    },
    (rows) => rows.length === 80,
  )
  const shadowed = copies.filter(({ variant }) => variant === 'shadow')
  expect(new Set(shadowed.map(({ id, version }) => `${id}@${version}`))).toEqual(
    new Set(after.ids.map((id) => `${id}.shadow@${ALIKE}`)),
  )
  expect(shadowed.map(({ output }) => output)).not.toEqual(
    copies.filter(({ variant }) => variant !== 'shadow').map(({ output }) => output),
  )

  const by = (reason: string) => ({ params: { release: 'shadowed' }, body: { reason } })
  expect(await client.call(holdRelease, by('lunch'))).toMatchObject({ state: 'holding', step: 0, explanation: 'lunch' })
  await expect(client.call(holdRelease, by('again'))).rejects.toMatchObject({ problem: { code: 'RELEASE_STATE_UNFIT' } })
  expect(await client.call(resumeRelease, by('fed'))).toMatchObject({ state: 'running', step: 0 })
  await expect(launch('shadowed', WRONG)).rejects.toMatchObject({ problem: { code: 'RELEASE_RUNNING' } })
  expect(await client.call(abortRelease, by('enough'))).toMatchObject({
    state: 'aborted',
    changedBy: 'kim',
    explanation: 'enough',
  })
  expect(await variantsOf('shadowed')).toEqual([['champion', 'answer', GOOD, 1]])
  caller.close()
}, 60_000)

test('a canary gets its share of the callers, each stays with its version, and a promotion gives it all', async () => {
  await launch('canary', GOOD)
  await launch('canary', ALIKE, 'steps: [canary 20%, canary 60%, full], step-duration: 1h')
  await reaches('canary', 'running', 0)
  const caller = createCaller(server.url, 'canary')
  const ask = async () => {
    const answers = await Promise.all(
      Array.from({ length: 1_500 }, (_, i) => caller.ask([flightOf(i)], { 'x-routing-key': `customer ${i}` })),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    return answers.map(({ version }) => version)
  }
  const first = await ask()
  expect(Math.abs(first.filter((version) => version === ALIKE).length / 1_500 - 0.2)).toBeLessThan(0.03)
  expect(await ask()).toEqual(first)
  expect(await run('deployments')).toMatch(/challenger: 2 \(20 %\)/)
  expect(await run('release', 'show', 'canary')).toMatch(/canary 20% \(1 of 3\)/)

  await client.call(promoteRelease, { params: { release: 'canary' }, body: { reason: 'it is needed' } })
  expect(new Set(await ask())).toEqual(new Set([ALIKE]))
  expect(await variantsOf('canary')).toEqual([
    ['champion', 'answer', ALIKE, 1],
    ['standby', 'answer', GOOD, 0],
  ])
  const { items } = await client.call(listChampions, { params: { deployment: 'canary' } })
  expect(items.map(({ version, how }) => [version, how])).toEqual([
    [ALIKE, 'release'],
    [GOOD, 'launch'],
  ])
  caller.close()
}, 60_000)

test('a release waits for others than its author, then moves on by time and traffic to the end', async () => {
  await launch('approved', GOOD)
  const steps = 'steps: [shadow 50%, canary 50%, full], approvals: 2, step-duration: 1s, min-requests: 30'
  const { release: waiting } = await launch('approved', ALIKE, steps)
  expect(waiting).toMatchObject({ state: 'waiting-for-approval', approvalsNeeded: 2 })
  const approve = (actor: string) =>
    createClient({ baseUrl: server.url, actor }).call(approveRelease, {
      params: { release: waiting!.id },
      body: { comment: 'seen' },
    })
  await expect(approve('kim')).rejects.toMatchObject({ problem: { code: 'APPROVAL_BY_AUTHOR' } })
  for (let i = 0; i < 2; i++)
    expect(await approve('ada')).toMatchObject({ state: 'waiting-for-approval', approvals: [{ actor: 'ada' }] })
  expect(await variantsOf('approved')).toEqual([['champion', 'answer', GOOD, 1]])
  expect(await run('approve', 'approved')).toMatch(/running/)
  const callers = startCallers(server.url, 'approved', 4, 5)
  const promoted = await reaches('approved', 'promoted')
  const { failed, broken } = await callers.stop()
  expect({ failed, broken }).toEqual({ failed: 0, broken: 0 })
  expect(promoted.progress.map(({ step, outcome }) => [step, outcome])).toEqual([
    ['shadow 50%', 'time'],
    ['canary 50%', 'time'],
  ])
  expect(promoted.explanation).toMatch(/nothing is known about quality/)
  for (const { analysis } of promoted.progress) expect(analysis!.challengerRequests).toBeGreaterThanOrEqual(30)
}, 60_000)

test('a version that says the opposite aborts itself when outcomes come, and that is an incident', async () => {
  await launch('wrong', GOOD)
  await launch('wrong', WRONG, 'steps: [canary 50%, full], step-duration: 1h, min-requests: 0')
  const caller = createCaller(server.url, 'wrong')
  let open = true
  for (let i = 0; open && i < 60; i++) {
    const batch = Array.from({ length: 20 }, (_, n) => 20 * i + n)
    const answers = await Promise.all(batch.map((n) => caller.ask([flightOf(n)], { 'x-routing-key': String(n) })))
    // Late in the evening and from ORD, which is what version 1 has learnt and version 3 has learnt upside down.
    const outcomes = answers.map(({ ids }, n) => ({ id: ids[0]!, outcome: flightOf(batch[n]!).hour > 16 ? 1 : 0 }))
    await client.call(recordOutcomes, { params: { deployment: 'wrong' }, body: { outcomes } })
    open = ['running', 'holding'].includes((await release('wrong')).state)
  }
  const aborted = await reaches('wrong', 'aborted')
  expect(aborted).toMatchObject({ changedBy: 'seaworthy', progress: [{ outcome: 'loss' }] })
  expect(aborted.explanation).toMatch(/mean loss/)
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => caller.ask([flightOf(i)], { 'x-routing-key': String(i) })),
  )
  expect(new Set(answers.map(({ version }) => version))).toEqual(new Set([GOOD]))
  const { items } = await client.call(listAudit, { query: { subject: `release/${aborted.id}` } })
  expect(items.map(({ action }) => action)).toEqual(expect.arrayContaining(['release.start', 'release.abort']))
  expect(JSON.stringify(await incidents('wrong'))).toMatch(/the release of version 3 was aborted/)
  caller.close()
}, 90_000)

const incidents = (deployment: string) =>
  until(
    async () => {
      const db = new DatabaseSync(path.join(folder, '.seaworthy/metadata.sqlite'), { readOnly: true })
      const rows = db.prepare('select * from incident where deployment = ?').all(deployment)
      db.close()
      return rows
    },
    (rows) => rows.length > 0,
  )

test('killed in every stage it goes on where it stood, and there is always a version that answers', async () => {
  const name = 'killed'
  await launch(name, GOOD)
  const steps = 'steps: [shadow 50%, canary 40%, full], approvals: 1, step-duration: 2s, min-requests: 20'
  await launch(name, ALIKE, steps)
  const kill = async () => {
    await server.stop('SIGKILL')
    await start()
    const caller = createCaller(server.url, name)
    expect(await caller.ask()).toMatchObject({ status: 200 })
    caller.close()
  }
  await kill()
  expect(await release(name)).toMatchObject({ state: 'waiting-for-approval' })
  await run('approve', name)
  for (const step of [0, 1]) {
    let callers = startCallers(server.url, name, 2, 5)
    await reaches(name, 'running', step)
    await kill()
    await callers.stop()
    expect((await release(name)).step ?? step).toBeGreaterThanOrEqual(step)
    callers = startCallers(server.url, name, 2, 5)
    await until(
      () => release(name),
      ({ state, step: now = 9 }) => state === 'promoted' || now > step,
    )
    const { failed } = await callers.stop()
    expect(failed).toBe(0)
  }
  await kill()
  expect(await release(name)).toMatchObject({ state: 'promoted' })
  expect((await variantsOf(name))[0]).toEqual(['champion', 'answer', ALIKE, 1])
  expect(await client.call(verifyAudit)).toMatchObject({ whole: true })
}, 120_000)

test('under load a rollback is there within a second, and no request fails; the drill says the same', async () => {
  await launch('back', GOOD)
  await launch('back', ALIKE)
  const callers = startCallers(server.url, 'back', 8)
  await new Promise((resolve) => setTimeout(resolve, 300))
  const drill = JSON.parse(await run('rollback', 'back', '--drill', '--json')) as Record<string, unknown>
  expect(drill).toMatchObject({ champion: ALIKE, standby: GOOD, failed: 0, recorded: true })
  expect(drill['callerRequests']).toBeGreaterThan(100)
  const calledMs = performance.now()
  const done = await client.call(rollBack, { params: { deployment: 'back' }, body: { reason: 'it is slow' } })
  const answeredMs = performance.now()
  await new Promise((resolve) => setTimeout(resolve, 300))
  const { answers, failed, broken } = await callers.stop()
  expect(done).toMatchObject({ version: GOOD, from: ALIKE, switched: true, recorded: true })
  expect({ failed, broken }).toEqual({ failed: 0, broken: 0 })
  expect(answeredMs - calledMs).toBeLessThan(1_000)
  const last = answers.findLast(({ version }) => version === ALIKE)!
  expect(last.atMs - calledMs).toBeLessThan(1_000)
  expect(answers.some(({ version, atMs }) => version === GOOD && atMs > calledMs)).toBe(true)
  expect(await run('rollback', 'back', '--to', '2', '--reason', 'it was the network')).toMatch(/back at version 2, from 1/)
  const { items } = await client.call(listAudit, { query: { subject: 'deployment/back' } })
  expect(items.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['rollback.drill', 'deployment.rollback', 'deployment.launch']),
  )
  expect((await runProgram(['rollback', 'back', '--to', '3'], { cwd: folder, env })).stderr).toMatch(
    /version 3 was never its champion/,
  )
}, 60_000)

test('a rollback during a release ends it, and the champion answers all', async () => {
  await launch('ended', GOOD)
  await launch('ended', ALIKE, 'steps: [canary 50%, full], step-duration: 1h')
  await reaches('ended', 'running', 0)
  const done = await client.call(rollBack, { params: { deployment: 'ended' }, body: {} })
  expect(done).toMatchObject({ version: GOOD, from: ALIKE, switched: true, recorded: true })
  expect(await release('ended')).toMatchObject({ state: 'rolled-back', changedBy: 'kim' })
  expect(await variantsOf('ended')).toEqual([['champion', 'answer', GOOD, 1]])
})

test('a rollback holds while the database cannot be written, over a kill too, and is recorded when it can', async () => {
  await launch('locked', GOOD)
  await launch('locked', ALIKE)
  const memory = path.join(folder, '.seaworthy/rollbacks.json')
  const holder = new DatabaseSync(path.join(folder, '.seaworthy/metadata.sqlite'))
  holder.exec('begin immediate')
  const callers = startCallers(server.url, 'locked', 4)
  const calledMs = performance.now()
  const done = await client.call(rollBack, { params: { deployment: 'locked' }, body: {} })
  expect(performance.now() - calledMs).toBeLessThan(1_000)
  expect(done).toMatchObject({ version: GOOD, switched: true, recorded: false, remembered: true })
  const { failed, answers } = await callers.stop()
  expect([failed, answers.at(-1)!.version]).toEqual([0, GOOD])
  await expect(client.call(rollBack, { params: { deployment: 'locked' }, body: {} })).rejects.toMatchObject({
    problem: { code: 'ROLLBACK_IMPOSSIBLE' },
  })
  await server.stop('SIGKILL')
  expect(existsSync(memory)).toBe(true)
  holder.exec('rollback')
  holder.close()
  await start()
  const caller = createCaller(server.url, 'locked')
  expect(await caller.ask()).toMatchObject({ status: 200, version: GOOD })
  caller.close()
  await until(
    () => variantsOf('locked'),
    ([champion]) => champion![2] === GOOD,
  )
  // The record is written first, and only then is the file emptied.
  await expect.poll(() => JSON.parse(readFileSync(memory, 'utf8')) as unknown).toEqual({ rollbacks: [] })
  const { items } = await client.call(listAudit, { query: { subject: 'deployment/locked', action: 'deployment.rollback' } })
  expect(items).toMatchObject([{ actor: 'kim' }])
}, 60_000)

test('a launch without the steps needs a reason, which is kept', async () => {
  await launch('hurry', GOOD)
  await launch('hurry', ALIKE, 'steps: [canary 50%, full], step-duration: 1h')
  const launched = await launch('hurry', WRONG, 'steps: [canary 50%, full]', { now: 'the storm is here' })
  expect(launched.release).toBeUndefined()
  expect(await release('hurry')).toMatchObject({ state: 'aborted', explanation: 'the storm is here' })
  expect((await variantsOf('hurry'))[0]).toEqual(['champion', 'answer', WRONG, 1])
  const { items } = await client.call(listAudit, { query: { subject: 'deployment/hurry', action: 'deployment.override' } })
  expect(items.map(({ reason }) => reason)).toContain('the storm is here')
})

import { afterEach, beforeEach, expect, test } from 'vitest'
import { startPlane } from '../../../../test/fixtures/served-plane.ts'
import { treesSample } from '../../../../test/fixtures/synthetic-trees.ts'
import type { ServedRequest } from '../realtime/served-request.ts'

const BODY = JSON.stringify({ instances: [treesSample[0]] })
let app: Awaited<ReturnType<typeof startPlane>>
let kept: ServedRequest[] = []
beforeEach(async () => {
  kept = []
  app = await startPlane({ sink: { accept: (served) => void kept.push(served) } })
})
afterEach(() => app.close())

interface Reply {
  readonly version: number
  readonly variant: string
  readonly predictions: readonly { readonly id: string; readonly output: { readonly late: number } }[]
}
const ask = async (headers: Readonly<Record<string, string>> = {}, body = BODY) => {
  const response = await app.predict(body, headers)
  return { status: response.status, reply: (await response.json()) as Reply }
}
const champion = (version = 1, share = 1) => ({ name: 'champion', share, version: app.version(version) })
const until = async (holds: () => boolean) => {
  for (let i = 0; i < 500 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(holds()).toBe(true)
}

test('a shadow sees its share after the answer, is kept apart, and changes no answer', async () => {
  await app.plane.setDeployment('delay', [champion()])
  const alone = (await ask()).reply.predictions[0]!.output
  await app.plane.setDeployment('delay', [
    champion(),
    { name: 'challenger', role: 'shadow', share: 1, version: app.version(2), isOptional: true },
  ])
  kept = []
  const { status, reply } = await ask({ 'x-request-id': 'one' })
  expect(status).toBe(200)
  expect(reply).toMatchObject({ version: 1, variant: 'champion', predictions: [{ output: alone }] })
  await until(() => kept.length === 2)
  const [answered, shadowed] = kept
  expect(answered).toMatchObject({ variant: 'champion', version: 1, requestId: 'one' })
  expect(shadowed).toMatchObject({ variant: 'shadow', version: 2, requestId: 'one', instances: BODY })
  const copied = JSON.parse(shadowed!.reply) as Reply
  expect(copied.predictions[0]!.id).toBe(`${reply.predictions[0]!.id}.shadow`)
  expect(copied.predictions[0]!.output).not.toEqual(alone)
  expect(app.plane.findDeployment('delay')!.variants[1]!.predictor.session.inWorker).toBe(true)
})

test('a shadow that refuses what the champion takes is no error of the request', async () => {
  const rules = { inputs: { hour: { max: -1 } } }
  await app.plane.setDeployment('delay', [
    champion(),
    { name: 'challenger', role: 'shadow', share: 1, version: app.version(2), rules },
  ])
  expect((await ask()).status).toBe(200)
  await until(() => app.plane.traffic('delay')[1]!.counts.invalid === 1)
  expect(app.plane.traffic('delay')).toMatchObject([
    { version: 1, role: 'answer', counts: { requests: 1, invalid: 0, rows: 1 } },
    { version: 2, role: 'shadow', counts: { requests: 1, invalid: 1, rows: 0 } },
  ])
  expect(await (await fetch(`${app.url}/metrics`)).text()).toContain(
    'seaworthy_variant_requests_total{deployment="delay",version="2",role="shadow",result="invalid"} 1',
  )
})

test('a shadow or a standby that cannot be loaded is left out, and the champion serves', async () => {
  const missing = { ...app.version(2), modelFile: '/nowhere.onnx' }
  const set = app.plane.setDeployment('delay', [
    champion(),
    { name: 'challenger', role: 'shadow', share: 1, version: missing, isOptional: true },
    { name: 'standby', share: 0, version: missing, isOptional: true },
  ])
  expect(await set).toMatchObject({ isOvertaken: false, leftOut: [{ name: 'challenger', version: 2 }, { name: 'standby' }] })
  expect((await ask()).status).toBe(200)
})

test('a key meets one version, by header, by the input that the contract names, else by the id of the request', async () => {
  const rules = { serving: { 'routing-key': 'distance' } }
  await app.plane.setDeployment('delay', [
    { name: 'challenger', share: 0.5, version: app.version(2), rules },
    { ...champion(1, 0.5), rules },
  ])
  const versionsOf = async (asks: readonly Promise<{ reply: Reply }>[]) =>
    new Set((await Promise.all(asks)).map(({ reply }) => reply.version))
  const times = Array.from({ length: 30 }, (_, i) => i)
  expect((await versionsOf(times.map(() => ask({ 'x-routing-key': 'ann' })))).size).toBe(1)
  expect((await versionsOf(times.map((i) => ask({ 'x-routing-key': `caller ${i}` })))).size).toBe(2)
  expect((await versionsOf(times.map(() => ask()))).size).toBe(1)
  const bodyOf = (distance: number) => JSON.stringify({ instances: [{ ...treesSample[0], distance }] })
  expect((await versionsOf(times.map((i) => ask({}, bodyOf(100 + i))))).size).toBe(2)
})

test('a switch is there with the next request, loses none, and overtakes what is being loaded', async () => {
  const standby = { name: 'standby', share: 0, version: app.version(2) }
  await app.plane.setDeployment('delay', [champion(), standby])
  let isOver = false
  const statuses: number[] = []
  const clients = Array.from({ length: 8 }, async () => {
    while (!isOver) statuses.push((await ask()).status)
  })
  const loading = app.plane.setDeployment('delay', [champion(3)])
  expect(app.plane.switchTo('delay', 2)).toBe(true)
  expect(
    app.plane.findDeployment('delay')!.variants.map(({ name, share, predictor }) => [name, share, predictor.version.version]),
  ).toEqual([
    ['champion', 1, 2],
    ['standby', 0, 1],
  ])
  expect((await ask()).reply).toMatchObject({ version: 2, variant: 'champion' })
  expect(await loading).toMatchObject({ isOvertaken: true })
  expect((await ask()).reply.version).toBe(2)
  expect(app.plane.switchTo('delay', 1)).toBe(true)
  expect((await ask()).reply.version).toBe(1)
  expect(app.plane.switchTo('delay', 9)).toBe(false)
  expect(app.plane.switchTo('nobody', 1)).toBe(false)
  isOver = true
  await Promise.all(clients)
  expect(new Set(statuses)).toEqual(new Set([200]))
})

test('a change of shares keeps the counts and loads nothing again', async () => {
  const shares = (challenger: number) =>
    app.plane.setDeployment('delay', [
      { name: 'challenger', share: challenger, version: app.version(2) },
      champion(1, 1 - challenger),
    ])
  await shares(0.1)
  const { session } = app.plane.findDeployment('delay')!.variants[0]!.predictor
  for (let i = 0; i < 20; i++) await ask()
  await shares(0.5)
  expect(app.plane.findDeployment('delay')!.variants[0]!.predictor.session).toBe(session)
  const requests = app.plane.traffic('delay').map(({ counts }) => counts.requests)
  expect(requests[0]! + requests[1]!).toBe(20)
})

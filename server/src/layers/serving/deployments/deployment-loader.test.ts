import { afterEach, beforeEach, expect, test } from 'vitest'
import { startPlane } from '../../../../test/fixtures/served-plane.ts'
import { createManualClock } from '../../../kernel/clock.ts'
import { silentLog } from '../../../kernel/log.ts'
import type { OpenedPackage } from '../../model/index.ts'
import type { DeploymentRecord } from './deployment.ts'
import { createDeploymentLoader, type DeploymentLoader, type PinnedVersion } from './deployment-loader.ts'

let app: Awaited<ReturnType<typeof startPlane>>
let loader: DeploymentLoader
let records: DeploymentRecord[] = []
/** Versions that cannot be opened now: their store is away. */
let away = new Set<number>()
let openings = 0
let pin: PinnedVersion | undefined
const clock = createManualClock(1_000_000)

const record = (revision: number, version: number, more: Partial<DeploymentRecord> = {}): DeploymentRecord => ({
  ...{
    name: 'delay',
    model: 'trees',
    target: 'local',
    state: 'live',
    contractText: 'name: delay',
    contractDigest: 'c',
    revision,
  },
  variants: [{ name: 'champion', role: 'answer', version, share: 1, launchedAt: 0, launchedBy: 'kim' }],
  ...{ createdAt: 0, updatedAt: 0 },
  ...more,
})

beforeEach(async () => {
  app = await startPlane()
  away = new Set()
  openings = 0
  pin = undefined
  loader = createDeploymentLoader({
    deployments: { find: async (name) => records.find((one) => one.name === name), listLive: async () => records },
    async openVersion(_, version) {
      openings += 1
      await new Promise((resolve) => setTimeout(resolve, version === 1 ? 60 : 1))
      if (away.has(version)) throw new Error('the store is away')
      return app.version(version) as unknown as OpenedPackage
    },
    dataPlane: app.plane,
    pinOf: () => pin,
    log: silentLog,
    clock,
  })
})
afterEach(async () => {
  await loader.stop()
  await app.close()
})
const serving = () => app.plane.findDeployment('delay')?.variants.map(({ predictor }) => predictor.version.version)

test('a reload that fails throws, is in health, and leaves the old version serving', async () => {
  records = [record(1, 1)]
  await loader.reload('delay')
  records = [record(2, 2)]
  away.add(2)
  await expect(loader.reload('delay')).rejects.toThrow('the store is away')
  expect(serving()).toEqual([1])
  const failed = { name: 'delay', revision: 1, state: 'failed', explanation: 'the store is away' }
  expect(loader.health()).toEqual({ healthy: false, deployments: [failed] })
})

test('what failed is tried again after a while, or at once when it changed', async () => {
  records = [record(1, 2)]
  away.add(2)
  await loader.loadAll()
  await loader.loadAll()
  expect(openings).toBe(1)
  clock.advance(30_000)
  await loader.loadAll()
  expect(openings).toBe(2)
  records = [record(2, 3)]
  await loader.loadAll()
  expect(serving()).toEqual([3])
  expect(loader.health()).toEqual({ healthy: true, deployments: [{ name: 'delay', revision: 2, state: 'serving' }] })
})

test('what is loaded already is not loaded again', async () => {
  records = [record(1, 2)]
  await loader.loadAll()
  await loader.loadAll()
  expect(openings).toBe(1)
})

test('a slow load of an old revision never overtakes the new one', async () => {
  records = [record(1, 1)]
  const slow = loader.reload('delay')
  await new Promise((resolve) => setTimeout(resolve, 5))
  records = [record(2, 2)]
  await Promise.all([slow, loader.reload('delay')])
  expect(serving()).toEqual([2])
})

test('variants share the traffic as the record says', async () => {
  const [champion] = record(1, 2).variants
  records = [
    record(1, 2, {
      variants: [
        { ...champion!, share: 0.9 },
        { ...champion!, name: 'challenger', version: 3, share: 0.1 },
      ],
    }),
  ]
  await loader.reload('delay')
  expect(app.plane.findDeployment('delay')!.variants.map(({ name, share }) => [name, share])).toEqual([
    ['champion', 0.9],
    ['challenger', 0.1],
  ])
})

test('a challenger or a standby that cannot be opened is left out and told, and the champion serves', async () => {
  const [champion] = record(1, 2).variants
  away.add(3)
  records = [record(1, 2, { variants: [champion!, { ...champion!, name: 'standby', version: 3, share: 0 }] })]
  await loader.reload('delay')
  expect(serving()).toEqual([2])
  const leftOut = [{ name: 'standby', version: 3, explanation: 'the store is away' }]
  expect(loader.health()).toMatchObject({ healthy: true, deployments: [{ state: 'serving', leftOut }] })
})

test('what was left out is tried again, at ever longer intervals, until it is there', async () => {
  const [champion] = record(1, 2).variants
  away.add(3)
  records = [record(1, 2, { variants: [champion!, { ...champion!, name: 'standby', version: 3, share: 0 }] })]
  await loader.loadAll()
  const triesAfter = async (ms: number) => {
    const before = openings
    clock.advance(ms)
    await loader.loadAll()
    return openings - before
  }
  expect([await triesAfter(29_000), await triesAfter(1_000)]).toEqual([0, 2])
  expect([await triesAfter(30_000), await triesAfter(30_000)]).toEqual([0, 2])
  expect([await triesAfter(119_000), await triesAfter(1_000)]).toEqual([0, 2])
  away.clear()
  await triesAfter(600_000)
  expect(serving()).toEqual([2, 3])
  expect(loader.health().deployments).toEqual([{ name: 'delay', revision: 1, state: 'serving' }])
  expect(await triesAfter(3_600_000)).toBe(0)
})

test('a pinned version answers whatever the record says, and the champion of the record is at hand', async () => {
  records = [record(1, 2)]
  pin = { version: 3 }
  await loader.reload('delay')
  expect(app.plane.findDeployment('delay')!.variants.map(({ name, share }) => [name, share])).toEqual([
    ['champion', 1],
    ['standby', 0],
  ])
  expect(serving()).toEqual([3, 2])
  pin = undefined
  await loader.reload('delay')
  expect(serving()).toEqual([2])
})

test('a switch while a version is being loaded holds against it', async () => {
  const [champion] = record(1, 2).variants
  records = [record(1, 2, { variants: [champion!, { ...champion!, name: 'standby', version: 3, share: 0 }] })]
  await loader.reload('delay')
  records = [record(2, 1)]
  const loading = loader.reload('delay')
  await new Promise((resolve) => setTimeout(resolve, 20))
  pin = { version: 3 }
  expect(app.plane.switchTo('delay', 3)).toBe(true)
  await loading
  expect(serving()?.[0]).toBe(3)
})

test('a deployment that vanished from the record is taken down', async () => {
  records = [record(1, 2)]
  await loader.loadAll()
  records = []
  await loader.loadAll()
  expect(serving()).toBeUndefined()
  expect(loader.health()).toEqual({ healthy: true, deployments: [] })
})

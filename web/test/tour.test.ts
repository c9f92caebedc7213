/** All pages: nothing that axe finds, nothing wider than the screen, nothing that a stranger wrote taken for more than text. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { createClient } from '@seaworthy/api/client'
import { setAlias } from '@seaworthy/api/model'
import { launchDeployment } from '@seaworthy/api/serving'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { createCaller, flightOf } from '../../server/test/fixtures/callers.ts'
import { createRig, faultsOf, settled } from './rig.ts'
import { planTour } from './tour.ts'

const { test, open, sample } = await createRig()
const WEB = path.resolve(import.meta.dirname, '../src')
/** Compressed JavaScript of the first page, in bytes. */
const FIRST_LOAD_MAX = 300_000

test('every page is a stop of the tour', async () => {
  const listed = readFileSync(path.join(WEB, 'app/router.ts'), 'utf8').matchAll(/'\.\.\/(features\/[^']+\.route\.ts)'/g)
  const routes = Array.from(listed, ([, file]) => /path: '([^']+)'/.exec(readFileSync(path.join(WEB, file!), 'utf8'))![1]!)
  expect((await planTour(sample())).map(({ route }) => route).toSorted()).toEqual(routes.toSorted())
})

const VIEWS = (['light', 'dark'] as const).flatMap((scheme) => ([1280, 390] as const).map((width) => ({ scheme, width })))
test.for(VIEWS)('axe finds nothing on any page, $scheme, $width pixels wide', async (view) => {
  const stops = await planTour(sample())
  const page = await open('/', view)
  const found: [stop: string, faults: readonly string[]][] = []
  for (const { name, path } of stops) {
    await page.goto(sample().url + path)
    const faults = await faultsOf(page)
    if (faults.length > 0) found.push([name, faults])
  }
  expect(found).toEqual([])
})

test('the first page needs less than 300 kB of compressed JavaScript', async () => {
  const page = await open('/')
  await settled(page)
  const loaded = await page.evaluate(
    `performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.endsWith('.js'))`,
  )
  const bodies = await Promise.all((loaded as string[]).map(async (url) => Buffer.from(await (await fetch(url)).arrayBuffer())))
  const bytes = bodies.reduce((total, body) => total + brotliCompressSync(body).length, 0)
  expect(bodies.length).toBeGreaterThan(1)
  expect(bytes).toBeLessThan(FIRST_LOAD_MAX)
})

const HTML = `<img src=x onerror="document.title='broken in'"><script>document.title='broken in'</script>`
const ODD = `${HTML} \u202Eright to left\u202C مرحبا 🛳️🔥 ${'long'.repeat(2_000)}`
test('what strangers write is text on every page', async () => {
  const { url } = sample()
  const stranger = createClient({ baseUrl: url, actor: ODD.slice(0, 190) })
  const reason = ODD.slice(0, 1_900)
  await stranger.call(setAlias, { params: { model: 'flight-delay', alias: 'odd' }, body: { version: 1, reason } })
  const quoted = JSON.stringify(ODD.slice(0, 900))
  const contract = readFileSync(path.join(sample().folder, 'flight-delay/seaworthy.yaml'), 'utf8')
    .replace(/^name: .*$/m, 'name: odd')
    .replace(/^purpose: .*$/m, `purpose: ${quoted}`)
  await stranger.call(launchDeployment, {
    params: { deployment: 'odd' },
    body: { model: 'flight-delay', version: 1, contract, override: reason, now: reason },
  })
  const caller = createCaller(url, 'flight-delay')
  await caller.ask([{ ...flightOf(1), origin: HTML, destination: ODD }])
  caller.close()
  const stops = await planTour(sample())
  expect(stops.find(({ name }) => name === 'prediction')).toBeDefined()
  const page = await open('/', { width: 390 })
  for (const stop of [...stops.map(({ path }) => path), '/deployments/odd', '/deployments/odd/contract']) {
    await page.goto(url + stop)
    await settled(page)
    expect([stop, await isUnharmed(page)]).toEqual([stop, true])
  }
  await page.goto(url)
  await page.getByText('<img src=x onerror=', { exact: false }).first().waitFor()
})

const isUnharmed = async (page: Page) =>
  (await page.title()) !== 'broken in' &&
  (await page.evaluate(
    `document.querySelectorAll('main img, main script').length === 0 && document.documentElement.scrollWidth <= innerWidth`,
  )) === true

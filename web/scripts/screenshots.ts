/**
 * Pictures of every page with the sample on it, at both widths, light and dark.
 *
 *     node web/scripts/screenshots.ts FOLDER [--url http://127.0.0.1:8080] [--only fleet,model] [--light]
 *
 * With --url of a server that is up; else the sample is made and started, which takes half a minute.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { createClient } from '@seaworthy/api/client'
import { openBrowser } from '../test/browser.ts'
import { ask, makeSample, type Sample, startSample } from '../test/sample.ts'
import { planTour } from '../test/tour.ts'

const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
] as const
/** After the last answer: charts are drawn, what moves has come to rest. */
const REST_MS = 400

const { values, positionals } = parseArgs({
  options: { url: { type: 'string' }, only: { type: 'string' }, light: { type: 'boolean' } },
  allowPositionals: true,
})
const folder = path.resolve(positionals[0] ?? 'screenshots')
mkdirSync(folder, { recursive: true })

const sample = values.url === undefined ? await startSample(await makeSample()) : running(values.url)
if (values.url === undefined) await ask(sample.url, 'flight-delay', 200)
const browser = await openBrowser()
if (browser === undefined) throw new Error('there is no browser')
const stops = (await planTour(sample)).filter(({ name }) => values.only === undefined || values.only.split(',').includes(name))
for (const viewport of SIZES)
  for (const colorScheme of values.light === true ? (['light'] as const) : (['light', 'dark'] as const)) {
    const page = await browser.newPage({ viewport, colorScheme, timezoneId: 'UTC', locale: 'en-US', deviceScaleFactor: 1 })
    for (const stop of stops) {
      await page.goto(sample.url + stop.path)
      await page.locator('h1').first().waitFor()
      await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
      await page.waitForTimeout(REST_MS)
      await page.screenshot({ path: path.join(folder, `${stop.name}-${viewport.width}-${colorScheme}.png`), fullPage: true })
    }
    await page.close()
  }
await browser.close()
await sample.close()
process.stdout.write(`${stops.length} pages in ${folder}\n`)

function running(url: string): Sample {
  const client = createClient({ baseUrl: url })
  return { folder: '', url, client, restart: async () => {}, close: async () => {} }
}

/**
 * What the pages cost whoever opens them. Builds them, serves them by the real program and opens them in Chromium. Claims:
 *   first load  the scripts of the first page, and of a deployment, are below 300 kB with gzip
 *   frames      a deployment with 30 days of minutes stays at 60 frames a second while the cursor moves over its charts and
 *               while they are moved through time
 * What this machine can do is measured in the same run, by turns: a page with nothing but a cross that follows the cursor.
 * A frame that it loses, too, was not lost to us.
 *
 *     node bench/web.ts [--seconds 3] [--built]     --built: the pages as they were built last
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { createClient } from '@seaworthy/api/client'
import { compactJournal } from '@seaworthy/api/operations'
import { getJob } from '@seaworthy/api/platform'
import type { Browser, Page } from 'playwright-core'
import { createJournal } from '../server/src/layers/operations/journal-plane.ts'
import { runWell, startProgram } from '../server/test/fixtures/program.ts'
import { createProject } from '../server/test/fixtures/project.ts'
import { createRandom } from '../server/src/stats/random.ts'
import { openBrowser } from '../web/test/browser.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '3' }, built: { type: 'boolean', default: false } },
})
const SECONDS = Number(values.seconds)
const ROOT = path.resolve(import.meta.dirname, '..')
const NAME = 'flight-delay'

const SCRIPT_BYTES_MAX = 300_000
/** Of all frames, those that may come late beside those of the cross. */
const LATE_SHARE_MAX = 0.02
const ROUNDS = 4
const FRAME_MS = 1_000 / 60
/** A frame later than this was left out by somebody. */
const LATE_MS = FRAME_MS * 1.5

const MINUTE_MS = 60_000
const MINUTES = 30 * 24 * 60
const SHADOW_MINUTES = MINUTES / 3

let isKept = true
const say = (name: string, text: string) => process.stdout.write(`${name.padEnd(34)}${text}\n`)
const claim = (isTrue: boolean) => {
  isKept &&= isTrue
  return isTrue ? '' : '   NOT KEPT'
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-web-'))

/** Two versions, and a request of each minute of thirty days; in the last ten the second version has copies of them. */
async function makePast(): Promise<void> {
  await createProject(folder, { name: NAME })
  await runWell(['push', 'model.onnx', '--data', 'train.parquet'], { cwd: folder })
  await runWell(['launch', `${NAME}@1`, '--no-start', '--override', 'a bench'], { cwd: folder })
  const journal = createJournal({
    folder: path.join(folder, '.seaworthy', 'journal'),
    ...{ sync: 'interval', syncMs: 5, bufferBytesMax: 200_000_000, segmentBytesMax: 50_000_000, segmentMsMax: 400 * 86_400_000 },
  })
  const random = createRandom(7)
  const begin = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - MINUTES * MINUTE_MS
  for (let minute = 0; minute < MINUTES; minute++) {
    const requests = 1 + Math.floor(3 * random() + 2 * Math.sin((minute / 720) * Math.PI) ** 2)
    for (let i = 0; i < requests; i++) {
      void journal.accept(servedOf(minute * 10 + i, 1, begin + minute * MINUTE_MS + i, 0.3 + 3 * random() ** 4))
      if (minute >= MINUTES - SHADOW_MINUTES)
        void journal.accept(servedOf(minute * 10 + i, 2, begin + minute * MINUTE_MS + i, 0.5 + 4 * random() ** 4))
    }
    if (minute % 500 === 0) await journal.flush()
  }
  await journal.close()
}

const servedOf = (i: number, version: number, timeMs: number, latencyMs: number) => ({
  ...{ requestId: `r${i}-${version}`, deployment: NAME, model: NAME, version, variant: version === 1 ? 'champion' : 'shadow' },
  ...{ timeMs, latencyMs, caller: 'bench' },
  instances: '{"instances":[{"hour":9,"weekday":2,"distance":590,"origin":"LAS","destination":"SFO"}]}',
  reply: `{"requestId":"r${i}","deployment":"${NAME}","model":"${NAME}","version":${version},"variant":"champion","predictions":[{"id":"${String(i * 2 + version).padStart(24, '0')}","output":{"late":0.2312}}]}`,
})

async function compact(url: string): Promise<void> {
  const client = createClient({ baseUrl: url })
  const { job } = await client.call(compactJournal, { params: { deployment: NAME } })
  for (;;) {
    const { state, error } = await client.call(getJob, { params: { job }, query: { waitMs: 5_000 } })
    if (state === 'succeeded') return
    if (state !== 'queued' && state !== 'running') throw new Error(JSON.stringify(error))
  }
}

const newPage = (from: Browser) => from.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-US', timezoneId: 'UTC' })

/** Every script that the browser asks for until the page stands still. */
async function measureScripts(from: Browser, name: string, address: string): Promise<void> {
  const page = await newPage(from)
  const bodies = new Map<string, Promise<Buffer>>()
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') bodies.set(response.url(), response.body())
  })
  await page.goto(address)
  await page.locator('h1').first().waitFor()
  await page.waitForTimeout(2_000)
  const sizes = await Promise.all([...bodies.values()].map(async (body) => gzipSync(await body).length))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  say(`scripts of ${name}`, `${kilobytes(total)} with gzip, in ${sizes.length} files${claim(total < SCRIPT_BYTES_MAX)}`)
  await page.close()
}

const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`

/** Each movement by turns with the cross, so that what else runs on this machine disturbs both; of the rounds the best counts. */
async function measureFrames(from: Browser, url: string): Promise<void> {
  const [cross, page] = [await newPage(from), await newPage(from)]
  await cross.setContent(CROSS)
  const place = { x: 350, y: 400, width: 800 }
  const movements: Readonly<Record<string, () => Promise<Frames>>> = {
    'nothing but a cross': () => framesDuring(cross, () => hover(cross, place, SECONDS)),
    '30 days, the cursor moves': () => overChart(page, url, hover),
    '30 days, moved through time': () => overChart(page, url, pan),
  }
  const best = new Map<string, Frames>()
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, measure] of Object.entries(movements)) {
      const frames = await measure()
      if (frames.lateShare < (best.get(name)?.lateShare ?? Number.POSITIVE_INFINITY)) best.set(name, frames)
    }
  for (const [name, frames] of best) tell(name, frames)
  const [least, ...ours] = [...best.values()] as [Frames, ...Frames[]]
  const [late, work] = [Math.max(...ours.map(({ lateShare }) => lateShare)), Math.max(...ours.map(({ workMs }) => workMs))]
  const allowed = least.lateShare + LATE_SHARE_MAX
  say('late frames', `${percent(late)}, and ${percent(least.lateShare)} of the cross${claim(late <= allowed)}`)
  say('work of a frame', `${work.toFixed(1)} ms of the ${FRAME_MS.toFixed(1)} ms that there are${claim(work < FRAME_MS)}`)
}

async function overChart(page: Page, url: string, move: typeof hover): Promise<Frames> {
  const chart = page.getByRole('region', { name: 'Requests a second' }).locator('.u-over')
  await page.goto(`${url}/deployments/${NAME}?last=30d`)
  await chart.waitFor()
  await chart.scrollIntoViewIfNeeded()
  await page.waitForTimeout(2_000)
  const { x, y, width, height } = (await chart.boundingBox())!
  return framesDuring(page, () => move(page, { x, y: y + height / 2, width }, SECONDS))
}

interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
}

/** To and fro over the whole width, by the mouse, as fast as it reports. */
async function hover(page: Page, { x, y, width }: Place, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1_000
  for (let i = 0; performance.now() < end; i++) {
    const at = Math.abs(((i * 7) % (2 * width)) - width)
    await page.mouse.move(x + Math.max(2, Math.min(width - 2, at)), y)
  }
}

/** Held with Shift and drawn to and fro; let go when it is over. */
async function pan(page: Page, { x, y, width }: Place, seconds: number): Promise<void> {
  await page.mouse.move(x + width / 2, y)
  await page.keyboard.down('Shift')
  await page.mouse.down()
  const end = performance.now() + seconds * 1_000
  for (let i = 0; performance.now() < end; i++) await page.mouse.move(x + width / 2 + 0.3 * width * Math.sin(i / 40), y)
  await page.mouse.up()
  await page.keyboard.up('Shift')
}

interface Frames {
  readonly count: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of all frames that should have been. */
  readonly lateShare: number
  /** Of the main thread for each frame, on average. */
  readonly workMs: number
}

/** The least that a page can do about a cursor: two lines and a number that follow it. */
const CROSS = `<body style="margin:0;height:100vh"><p id="at">0</p>
  <i id="x" style="position:fixed;top:0;width:1px;height:100vh;background:#888;will-change:transform"></i>
  <i id="y" style="position:fixed;left:0;height:1px;width:100vw;background:#888;will-change:transform"></i>
  <script>addEventListener('mousemove', ({ clientX, clientY }) => {
    x.style.transform = 'translateX(' + clientX + 'px)'; y.style.transform = 'translateY(' + clientY + 'px)'
    at.textContent = clientX
  })</script>`

const RECORD = `globalThis.__frames = []; globalThis.__recording = true;
  requestAnimationFrame(function next(at) { __frames.push(at); if (__recording) requestAnimationFrame(next) })`

async function framesDuring(page: Page, move: () => Promise<void>): Promise<Frames> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  const busySeconds = async () =>
    (await devtools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')!.value
  await page.bringToFront()
  await page.evaluate(RECORD)
  const begin = await busySeconds()
  await move()
  const busy = (await busySeconds()) - begin
  const times = (await page.evaluate('__recording = false, __frames')) as readonly number[]
  await devtools.detach()
  const gaps = times.slice(1).map((time, i) => time - times[i]!)
  const sorted = gaps.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  const lengthMs = times.at(-1)! - times[0]!
  const lost = gaps.reduce((sum, gap) => sum + (gap > LATE_MS ? Math.round(gap / FRAME_MS) - 1 : 0), 0)
  return {
    ...{ count: times.length, perSecond: (gaps.length / lengthMs) * 1_000, p50Ms: at(0.5), p99Ms: at(0.99) },
    ...{ lateShare: lost / (gaps.length + lost), workMs: (busy * 1_000) / times.length },
  }
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`
const tell = (name: string, { count, perSecond, p50Ms, p99Ms, lateShare, workMs }: Frames) =>
  say(
    name,
    `${perSecond.toFixed(1)} frames a second over ${count}: p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, ${percent(lateShare)} late, ${workMs.toFixed(1)} ms of work each`,
  )

if (!values.built) execFileSync(process.execPath, [path.join(ROOT, 'web/scripts/build.ts')], { stdio: 'inherit' })
await makePast()
const server = await startProgram({ cwd: folder })
const browser = await openBrowser()
try {
  if (browser === undefined) throw new Error('there is no browser to measure with')
  await compact(server.url)
  for (const [name, address] of [
    ['the fleet', '/'],
    ['a deployment', `/deployments/${NAME}`],
  ] as const)
    await measureScripts(browser, name, server.url + address)
  await measureFrames(browser, server.url)
} finally {
  await browser?.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = isKept ? 0 : 1

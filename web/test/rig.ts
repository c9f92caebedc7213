/**
 * What each browser suite needs: a server of its own on the sample, a Chromium, and pages that are watched. A page that writes an
 * error to its console, breaks its content security policy or asks another machine for anything fails its test.
 */
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject, test as anyTest } from 'vitest'
import { openBrowser } from './browser.ts'
import { type Sample, startSample } from './sample.ts'

export interface PageOptions {
  readonly width?: 1280 | 390
  readonly scheme?: 'light' | 'dark'
  /** Texts in console errors that belong to the test: of a server that is down, for one. */
  readonly expected?: RegExp
}
interface AxeViolation {
  readonly id: string
  readonly impact: string
  readonly help: string
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[]
}

/** WCAG 2.2 AA and what axe holds for good practice. */
const AXE_RUN = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`
const WAIT_MS_MAX = 15_000
const HEIGHTS = { 1280: 800, 390: 844 } as const

export type Rig = Awaited<ReturnType<typeof createRig>>

/** Call it at the top of a suite: `const { test, open, sample } = await createRig()`. Without a browser its tests are skipped. */
export async function createRig() {
  const browser = await openBrowser()
  let started: Sample | undefined
  const faults: string[] = []
  beforeAll(async () => {
    if (browser !== undefined) started = await startSample(inject('sampleFolder'))
  }, 60_000)
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close()
    expect(faults.splice(0)).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await started?.close()
  })
  const sample = () => {
    if (started === undefined) throw new Error('the sample is there in tests, not while they are declared')
    return started
  }
  return Object.freeze({
    test: anyTest.skipIf(browser === undefined),
    sample,
    /** A page in a browser of its own, as a visitor who has never been here. */
    async open(path: string, { width = 1280, scheme = 'light', expected }: PageOptions = {}): Promise<Page> {
      const viewport = { width, height: HEIGHTS[width] }
      const context = await browser!.newContext({ viewport, colorScheme: scheme, timezoneId: 'UTC', locale: 'en-US' })
      const page = await context.newPage()
      page.setDefaultTimeout(WAIT_MS_MAX)
      const { url } = sample()
      const fault = (text: string) => expected?.test(text) !== true && faults.push(`${path}: ${text}`)
      page.on('console', (message) => message.type() === 'error' && fault(`${message.text()} ${message.location().url}`))
      page.on('pageerror', (error) => fault(String(error)))
      page.on(
        'request',
        (request) => !/^(blob|data):/.test(request.url()) && !request.url().startsWith(url) && fault(`asked ${request.url()}`),
      )
      await page.goto(url + path)
      return page
    },
  })
}

/** What axe finds that matters, and what is wider than the screen. */
export async function faultsOf(page: Page): Promise<readonly string[]> {
  await settled(page)
  await page.evaluate(axe.source)
  const violations = (await page.evaluate(AXE_RUN)) as readonly AxeViolation[]
  const found = violations
    .filter(({ impact }) => impact !== 'minor')
    .map(({ id, impact, help, nodes }) => `${impact} ${id}: ${help}: ${nodes.map(placeOf).join('; ')}`)
  const excess = (await page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number
  return excess > 0 ? [...found, `${excess} pixels wider than the screen`] : found
}
const placeOf = ({ target, failureSummary }: AxeViolation['nodes'][number]) =>
  `${target.join(' ')} (${failureSummary.replaceAll(/\s+/g, ' ')})`

export const expectAccessible = async (page: Page): Promise<void> => expect(await faultsOf(page)).toEqual([])

/** What is on its way has come, and what moves has come to rest. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor()
  await expect.poll(() => page.locator('[aria-busy="true"]').count(), { timeout: WAIT_MS_MAX }).toBe(0)
  await page.evaluate(
    `Promise.all(document.getAnimations().filter((one) => one.effect.getTiming().iterations !== Infinity).map((one) => one.finished.catch(() => {})))`,
  )
}

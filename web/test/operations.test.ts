/** What the monitor saw: brushed by mouse and keys, held against other spans, in slices, down to the prediction. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { createRig, expectAccessible, settled } from './rig.ts'

const { test, open, sample } = await createRig()
const PAGE = '/deployments/flight-delay/operations'

const map = (page: Page) => page.getByRole('application', { name: /^Drift by input and window/ })
const searchOf = (page: Page) => new URL(page.url()).searchParams
const spanDays = (page: Page) => (Number(searchOf(page).get('to')) - Number(searchOf(page).get('from'))) / 86_400_000

test('keys choose an input and several windows, and the address brings a colleague to the same view', async () => {
  const page = await open(PAGE)
  await map(page).focus()
  for (const key of ['Home', 'ArrowDown', 'Shift+ArrowRight', 'Shift+ArrowRight']) await page.keyboard.press(key)
  await page.waitForURL(/from=\d+/)
  expect(spanDays(page)).toBe(3)
  const title = await page.getByRole('heading', { level: 2 }).nth(1).textContent()
  const colleague = await open(page.url().slice(sample().url.length))
  await colleague.getByRole('heading', { level: 2, name: title!, exact: true }).waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => spanDays(page)).toBe(1)
})

test('the mouse brushes windows of an input, and its bins stand beside those of the training data', async () => {
  const page = await open(PAGE)
  await settled(page)
  const box = (await map(page).locator('canvas').boundingBox())!
  const row = (await map(page).locator('li').allTextContents()).indexOf('distance')
  const y = box.y + row * 22 + 11
  await page.mouse.move(box.x + box.width * 0.75, y)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.85, y)
  await page.mouse.move(box.x + box.width - 4, y)
  await page.mouse.up()
  await page.waitForURL(/feature=distance/)
  expect(spanDays(page)).toBeGreaterThan(2)
  const card = page.getByRole('region', { name: 'distance', exact: true })
  await card.getByText(/distance: the population stability index is/).waitFor()
  await card.getByRole('img', { name: /^Share of rows by range of distance/ }).waitFor()
  await card.getByRole('cell', { name: 'median' }).waitFor()
  await card.getByRole('cell', { name: 'above 2600' }).waitFor()
})

test('a span is held against the one before, and in a slice', async () => {
  const page = await open(`${PAGE}?feature=distance`)
  const card = page.getByRole('region', { name: /^distance/ }).first()
  await card.getByLabel('Held against').selectOption({ label: 'the span just before' })
  await page.waitForURL(/against=\d+\.\.\d+/)
  await card.getByText('no drift', { exact: true }).waitFor()
  await card
    .getByRole('group', { name: 'Slices' })
    .getByRole('button', { name: /origin = ORD/ })
    .click()
  await page.waitForURL(/slice=origin/)
  await page.getByRole('heading', { level: 2, name: 'distance where origin = ORD' }).waitFor()
  await card.getByRole('button', { name: 'All rows' }).click()
  await card.getByLabel('Held against').selectOption('baseline')
  await card.getByText('drift', { exact: true }).first().waitFor()
})

test('categories that came and went are told, and the answer of the model has a row of its own', async () => {
  const page = await open(`${PAGE}?feature=origin`)
  const card = page.getByRole('region', { name: 'origin', exact: true })
  await card.getByRole('row', { name: /JFK gone/ }).waitFor()
  await card.getByLabel('Look at').selectOption({ label: 'late' })
  await page
    .getByRole('region', { name: 'Answer: late' })
    .getByText(/late: the population stability index/)
    .waitFor()
})

test('quality has its interval and what was estimated, faults of the data are said, outliers lead to their predictions', async () => {
  const page = await open(`${PAGE}?metric=roc-auc`)
  const quality = page.getByRole('region', { name: 'Quality', exact: true })
  await quality
    .getByText(/0\.\d+ \(0\.\d+ to 0\.\d+\)/)
    .first()
    .waitFor()
  await quality.getByText('estimated before').waitFor()
  await quality.getByRole('figure', { name: 'Share of outcomes that have come' }).waitFor()
  await page.getByText('origin: every row has the same value.').waitFor()
  await page.getByRole('region', { name: 'Outliers', exact: true }).getByRole('link').first().click()
  await page.getByRole('heading', { level: 1, name: /^Prediction/ }).waitFor()
})

test('what has ended is watched at once', async () => {
  const page = await open(PAGE)
  await page.getByRole('button', { name: 'Watch now' }).click()
  await page.getByText('done', { exact: true }).waitFor()
})

test('the pages of a deployment stand side by side', async () => {
  const page = await open(PAGE)
  const tabs = page.getByRole('navigation', { name: 'Pages of this deployment' })
  for (const [name, title] of [
    ['Journal', 'Journal'],
    ['Contract', 'Contract of flight-delay'],
    ['Retraining', 'Retraining'],
    ['Traffic and releases', 'flight-delay'],
    ['Operations', 'Operations'],
  ] as const) {
    await tabs.getByRole('link', { name, exact: true }).click()
    await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
    expect(await tabs.locator('[aria-current="page"]').allTextContents()).toEqual([name])
  }
})

test.for(['light', 'dark'] as const)('axe finds nothing on this page, wide and narrow, %s', async (scheme) => {
  for (const width of [1280, 390] as const)
    for (const path of [PAGE, `${PAGE}?feature=origin&slice=origin%3DORD&against=1..2`]) {
      const page = await open(path, { scheme, width, expected: /status of 4/ })
      await expectAccessible(page)
      await page.context().close()
    }
})

/** The journal: a prediction is found, opened, explained and asked again. */
import { expect } from 'vitest'
import { createRig, expectAccessible, settled } from './rig.ts'

const { test, open, sample } = await createRig()
const PAGE = '/deployments/flight-delay/predictions'

test('predictions are searched by slice and score, and the search is in the address', async () => {
  const page = await open(PAGE)
  const search = page.getByRole('search', { name: 'Predictions' })
  await search.getByRole('textbox', { name: 'Slice' }).fill('origin=ORD')
  await search.getByRole('textbox', { name: 'Output from' }).fill('0.3')
  await search.getByRole('button', { name: 'Find' }).click()
  await page.waitForURL(/slice=.*scoreMin=0.3/)
  await settled(page)
  const outputs = await page.getByRole('region', { name: 'Predictions' }).locator('tbody tr td:nth-child(3)').allTextContents()
  expect(outputs.length).toBeGreaterThan(0)
  expect(outputs.map(Number).every((output) => output >= 0.3)).toBe(true)
  const colleague = await open(page.url().slice(sample().url.length))
  await colleague.getByRole('button', { name: 'Show all' }).click()
  await colleague.waitForURL((url) => !url.search.includes('slice'))
})

test('what cannot be understood is said at its field', async () => {
  const page = await open(PAGE)
  await page.getByRole('textbox', { name: /^From/ }).fill('yesterday')
  await page.getByText('a day, or a day and a time: 2026-03-01 14:00').waitFor()
  expect(await page.getByRole('button', { name: 'Find' }).isDisabled()).toBe(true)
})

test('a prediction shows what came, why it was answered so, and is replayed to the last digit and on another version', async () => {
  const page = await open(PAGE)
  await page.getByRole('region', { name: 'Predictions' }).getByRole('link').first().click()
  await page.getByRole('heading', { name: /^Prediction …/ }).waitFor()
  await page.getByRole('figure', { name: /What each input contributed to late/ }).waitFor()
  await page.getByRole('button', { name: 'Replay' }).click()
  await page.getByRole('status').getByText('identical').waitFor()
  await page.getByRole('combobox', { name: 'On' }).selectOption({ label: 'version 2' })
  await page.waitForURL(/on=2/)
  await page.getByRole('button', { name: 'Replay' }).click()
  await page.getByText('Version 2, now').waitFor()
  await expectAccessible(page)
})

test.for(['light', 'dark'] as const)('axe finds nothing on the journal, wide and narrow, %s', async (scheme) => {
  for (const width of [1280, 390] as const) {
    const page = await open(PAGE, { scheme, width })
    await settled(page)
    await expectAccessible(page)
    await page.context().close()
  }
})

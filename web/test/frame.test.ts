/** The frame around every page: keys, colours, zones, the connection, and what is not there. */
import { setAlias } from '@seaworthy/api/model'
import { expect } from 'vitest'
import { createRig, expectAccessible } from './rig.ts'

const { test, open, sample } = await createRig()

test('keys lead everywhere: g and a letter, / with a few letters of a name, Esc back', async () => {
  const page = await open('/')
  await page.getByRole('heading', { level: 1, name: 'Fleet' }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('m')
  await page.getByRole('heading', { level: 1, name: 'Models' }).waitFor()
  await page.keyboard.press('/')
  await page.getByRole('combobox', { name: 'Go to' }).fill('flight')
  await page.getByRole('option', { name: /flight-delay model/ }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'flight-delay' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/models/flight-delay')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
})

test('the first tab stop skips to the page', async () => {
  const page = await open('/models')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement.id')).toBe('main')
})

test('light and dark, the zone and the name are kept over a reload, and the name stands in the audit log', async () => {
  const page = await open('/models/flight-delay')
  await page.getByRole('button', { name: 'Show it dark' }).click()
  await page.getByRole('button', { name: /^Your name:/ }).click()
  await page.getByRole('textbox', { name: 'Your name' }).fill('Zoë <b>')
  await page.getByRole('button', { name: 'Keep' }).click()
  await page.reload()
  await page.getByRole('button', { name: /^Zoë <b>:/ }).waitFor()
  expect(await page.evaluate('document.documentElement.dataset.mantineColorScheme')).toBe('dark')
  expect(await page.evaluate(`getComputedStyle(document.body).backgroundColor`)).toBe('rgb(14, 19, 24)')
})

test('what others change shows up without a reload', async () => {
  const page = await open('/models/flight-delay')
  await page.getByRole('table', { name: /Versions/ }).waitFor()
  await page.getByText('Live', { exact: true }).first().waitFor()
  await sample().client.call(setAlias, { params: { model: 'flight-delay', alias: 'seen-live' }, body: { version: 2 } })
  await page.getByText('seen-live', { exact: true }).first().waitFor()
})

test('a connection that is lost is told, and what was missed is read when it is back', async () => {
  const page = await open('/models/flight-delay', { expected: /ERR_|Failed to load|EventSource/ })
  await page.getByText('Live', { exact: true }).first().waitFor()
  await sample().restart(async () => {
    await page.getByRole('status').filter({ hasText: 'Not connected' }).waitFor()
  })
  await sample().client.call(setAlias, { params: { model: 'flight-delay', alias: 'missed' }, body: { version: 1 } })
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor()
  await page.getByText('missed', { exact: true }).first().waitFor()
})

test('an address that is none of ours says so, and so does a model that is not there', async () => {
  const page = await open('/nowhere/at/all', { expected: /404/ })
  await page.getByText('No page has this address').waitFor()
  await page.goto(`${sample().url}/models/no-such-model`)
  await page
    .getByRole('alert')
    .getByText(/no-such-model/)
    .waitFor()
  await page.getByRole('button', { name: 'Try again' }).waitFor()
  await expectAccessible(page)
})

/** Incidents are found, read, taken care of and judged; what was silent is explained; a retraining shows what it did. */
import { listRetrainings } from '@seaworthy/api/retraining'
import { expect } from 'vitest'
import { createRig, expectAccessible } from './rig.ts'

const { test, open, sample } = await createRig()

test('an incident is found by its filters and opened with its evidence', async () => {
  const page = await open('/incidents')
  await page.getByText('critical', { exact: true }).click()
  await page.getByText('No incident fits').waitFor()
  await page.getByText('any severity').click()
  await page.getByRole('link', { name: /distance/ }).click()
  await page.waitForURL(/incidents\/1$/)
  await page.getByRole('img', { name: /distance, share of rows/ }).waitFor()
  await page.getByRole('img', { name: /out of range of distance by window/ }).waitFor()
  await page.getByRole('heading', { name: 'What it explains, and mutes' }).waitFor()
  const shown = page.getByRole('region', { name: 'Predictions that show it' }).getByRole('link').first()
  await shown.click()
  await page.waitForURL(/deployments\/flight-delay\/predictions\//)
})

test('it is acknowledged, silenced with a reason and resolved, and each says what will happen', async () => {
  const page = await open('/incidents/1')
  await page.getByRole('button', { name: 'Acknowledge' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click()
  await page.getByText('acknowledged', { exact: true }).first().waitFor()
  await page.getByRole('button', { name: 'Silence' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/Nobody is told of it until/).waitFor()
  expect(await dialog.getByRole('button', { name: 'Silence' }).isDisabled()).toBe(true)
  await dialog.getByLabel('For').selectOption('7 days')
  await dialog.getByRole('textbox', { name: 'Why' }).fill('<b>the feed</b> is being mended')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Silence' }).click()
  await page.getByText('<b>the feed</b> is being mended').first().waitFor()
  await page.getByRole('button', { name: 'Accept as normal' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Resolve' }).click()
  await page.getByText('a false alarm', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Judge it anew' }).waitFor()
})

test('why there was no alarm is told in stretches, and the question is in the address', async () => {
  const page = await open('/incidents/why')
  const form = page.getByRole('search', { name: 'Why no alarm' })
  await form.getByLabel('Column or metric').fill('weekday')
  await form.getByRole('button', { name: 'Explain' }).click()
  await page.waitForURL(/subject=weekday/)
  await page.getByText(/never beyond its bound/).waitFor()
  await page.getByText('14 windows').first().waitFor()
})

test('a retraining shows its triggers, its stages, what its runs printed and what was decided', async () => {
  const { client } = sample()
  const params = { deployment: 'hotel-cancel' }
  const [newest] = (await client.call(listRetrainings, { params })).items
  const page = await open('/deployments/hotel-cancel/retrainings')
  await page.getByRole('region', { name: 'Triggers' }).getByText('nobody asks now').waitFor()
  await page.getByRole('region', { name: 'Retrainings' }).getByRole('link').first().click()
  await page.waitForURL(new RegExp(`retrainings/${newest!.id}`))
  await page.getByRole('list', { name: 'Stages of the retraining' }).waitFor()
  await page.getByRole('heading', { name: 'What was decided' }).waitFor()
  await page.getByRole('button', { name: 'Retrain' }).click()
  await page
    .getByRole('dialog')
    .getByText(/Only a version that is surely better/)
    .waitFor()
})

/** Fleet, models, versions side by side, checks and cards. */
import { expect } from 'vitest'
import { createRig, expectAccessible } from './rig.ts'

const { test, open, sample } = await createRig()

test('the fleet shows what needs somebody, and each deployment at a glance', async () => {
  const page = await open('/')
  const row = page.getByRole('article', { name: 'flight-delay' })
  await row.getByText('version 2 waits for approval, 0 of 1').waitFor()
  await row.getByText(/review in \d+ d/).waitFor()
  await page.getByText(/waits for one more person to approve it/).click()
  await page.getByRole('heading', { level: 1, name: 'Approvals' }).waitFor()
})

test('a version tells where it comes from and what it takes, and its check gate by gate', async () => {
  const page = await open('/models/flight-delay?version=1')
  await page
    .getByRole('region', { name: /Where it comes from/ })
    .getByText('pass')
    .waitFor()
  await page.getByRole('cell', { name: '100 to 2,600' }).waitFor()
  await page.getByRole('region', { name: 'What it goes by' }).getByText('hour').waitFor()
  await page
    .getByRole('region', { name: /Where it comes from/ })
    .getByRole('link', { name: 'pass' })
    .click()
  await page.getByRole('heading', { level: 1, name: 'Check of flight-delay version 1' }).waitFor()
  await page.getByRole('region', { name: 'Quality' }).getByText('roc-auc', { exact: true }).waitFor()
  await page.getByText('genuine').waitFor()
})

test('two versions are measured on the same rows, and the address brings a colleague to the same view', async () => {
  const page = await open('/models/flight-delay/compare?left=1&right=2')
  await page.getByRole('button', { name: 'Measure' }).click()
  await page.getByText(/The contract asks for/).waitFor()
  await page.getByText(/worse/).first().waitFor()
  const address = page.url().slice(sample().url.length)
  expect(address).toContain('job=')
  const colleague = await open(address)
  await colleague.getByText(/The contract asks for/).waitFor()
  await expectAccessible(colleague)
  await colleague.getByLabel('held against').selectOption('1')
  await colleague.getByText('Choose two different versions.').waitFor()
})

test('the model card is a page and a file', async () => {
  const page = await open('/models/flight-delay/1/card')
  await page.getByRole('heading', { level: 2, name: 'What it takes' }).waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Markdown' }).click()])
  expect(download.suggestedFilename()).toBe('flight-delay-1.md')
})

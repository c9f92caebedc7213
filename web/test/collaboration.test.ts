/** What people agree on: approvals, the contract, the audit log. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { createRig, expectAccessible, settled } from './rig.ts'

const { test, open } = await createRig()
const CONTRACT = '/deployments/hotel-cancel/contract'

const editorOf = (page: Page) => page.getByRole('textbox', { name: 'Contract, seaworthy.yaml' })

test('a wrong contract is told where it is wrong, with a suggestion, and cannot be put in force', async () => {
  const page = await open(CONTRACT)
  const editor = editorOf(page)
  await editor.getByText('review-by').click()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.keyboard.insertText('reveiw-by: 2027-01-01')
  const problems = page.getByRole('list', { name: 'Problems' })
  await problems
    .getByText(/Line \d+, column \d+/)
    .first()
    .waitFor()
  expect(await problems.textContent()).toMatch(/reveiw-by/)
  expect(await page.getByRole('button', { name: /Put it in force/ }).count()).toBe(0)
  await expectAccessible(page)
})

test('keys are completed with what they are for', async () => {
  const page = await open(CONTRACT)
  await editorOf(page).getByText('purpose').click()
  await page.keyboard.press('Home')
  await page.keyboard.insertText('own')
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Control+Space')
  await page.getByRole('option', { name: 'owners' }).waitFor()
  await page.getByText('Who answers for it, by role.').waitFor()
})

test('a change shows its differences, is put in force with a reason, and who agreed is kept', async () => {
  const page = await open(CONTRACT)
  await editorOf(page)
    .getByText(/A|Tell/)
    .first()
    .click()
  await page.keyboard.press('Control+End')
  await page.keyboard.press('Enter')
  await page.keyboard.insertText('# Agreed again.\nlimits:\n')
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  await page.keyboard.insertText(' And a word more.')
  const changes = page.getByRole('region', { name: 'What changes' })
  await changes.getByText('purpose').waitFor()
  await page.getByRole('button', { name: /Put it in force/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Why it may go on without a passing check' }).fill('words alone')
  await dialog.getByRole('textbox', { name: /^Why$/ }).fill('said more plainly')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Put the contract in force' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('Who agreed to it: 2 texts so far').waitFor()
  await page.getByText('said more plainly').waitFor()
  await page.getByText('unchanged', { exact: true }).waitFor()
})

test('what waits for approval says what it would change; its author cannot approve it, and a refusal needs a reason', async () => {
  const page = await open('/approvals')
  const card = page.getByRole('region', { name: 'flight-delay version 2 to flight-delay' })
  await card.getByText('Step by step:').waitFor()
  await card.getByRole('link', { name: 'compare them' }).waitFor()
  await expectAccessible(page)
  await card.getByRole('button', { name: 'Refuse' }).click()
  const dialog = page.getByRole('dialog')
  expect(await dialog.getByRole('button', { name: 'Refuse the release' }).isDisabled()).toBe(true)
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await card.getByRole('button', { name: 'Approve' }).click()
  await page.getByRole('dialog').getByText('It is the last one needed').waitFor()
  await page.getByRole('textbox', { name: 'Comment (optional)' }).fill('<b>looks</b> right 🚢')
  await page.getByRole('dialog').getByRole('button', { name: 'Approve the release' }).click()
  await page.getByText('Nothing waits for approval').waitFor()
})

test('the audit log is verified, searched and read entry by entry', async () => {
  const page = await open('/audit')
  await page.getByRole('button', { name: 'Verify the chain' }).click()
  await page.getByRole('status').getByText('whole').waitFor()
  await page.getByRole('textbox', { name: 'What', exact: true }).fill('version.push')
  await page.getByRole('button', { name: 'Find' }).click()
  await page.waitForURL(/action=version.push/)
  await page.getByRole('link', { name: 'version.push' }).first().click()
  await page.getByRole('heading', { name: /^Entry \d+: version.push/ }).waitFor()
  await expectAccessible(page)
})

test.for(['light', 'dark'] as const)(
  'axe finds nothing on the contract, the approvals and the audit log, narrow, %s',
  async (scheme) => {
    for (const path of [CONTRACT, '/approvals', '/audit']) {
      const page = await open(path, { scheme, width: 390 })
      await settled(page)
      await expectAccessible(page)
      await page.context().close()
    }
  },
)

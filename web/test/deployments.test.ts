/** One deployment: its traffic as it comes, a release from approval to promotion, the way back, and a request by hand. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { createRig, expectAccessible, settled } from './rig.ts'
import { ask } from './sample.ts'

const { test, open, sample } = await createRig()
const PAGE = '/deployments/flight-delay'

const named = (page: Page, name: string) => page.evaluate(`localStorage.setItem('seaworthy.actor', '${name}')`)
/** Fills in the dialog that is open, and does what it says. */
async function confirm(page: Page, action: string, reason?: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByText('What will happen:').waitFor()
  if (reason !== undefined) await dialog.getByRole('textbox', { name: /^Why/ }).fill(reason)
  await dialog.getByRole('button', { name: action, exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}

test('requests show up as they are made, and nothing is asked again and again', async () => {
  const page = await open(`${PAGE}?last=5m`)
  const cell = page.getByRole('region', { name: 'Traffic by version in this span' }).getByRole('cell')
  await settled(page)
  await ask(sample().url, 'flight-delay', 30)
  await expect
    .poll(
      async () =>
        Number(
          await cell
            .nth(1)
            .textContent()
            .catch(() => '0'),
        ),
      { timeout: 15_000 },
    )
    .toBeGreaterThanOrEqual(31)
  expect(await cell.nth(0).textContent()).toBe('version 1')
  await page.getByLabel('Right now').getByText('version 1').waitFor()
  await page.waitForTimeout(5_000)
  let asked = 0
  page.on('request', () => (asked += 1))
  await page.waitForTimeout(4_000)
  expect(asked, 'requests of a page whose deployment is idle').toBe(0)
})

test('the past is a press away, a drag looks closer, and the address brings a colleague to the same view', async () => {
  const page = await open(PAGE)
  await page.getByText('30d', { exact: true }).click()
  const totals = page.getByRole('region', { name: 'Traffic by version in this span' })
  await expect.poll(() => totals.getByRole('cell').nth(1).textContent()).not.toBe('')
  const chart = page.getByRole('region', { name: 'Requests a second' }).getByRole('img', { name: 'Requests a second' })
  await chart.scrollIntoViewIfNeeded()
  const { x, y, width, height } = (await chart.boundingBox())!
  await page.mouse.move(x + width * 0.6, y + height / 2)
  await page.mouse.down()
  await page.mouse.move(x + width * 0.8, y + height / 2, { steps: 5 })
  await page.mouse.up()
  await page.waitForURL(/from=\d+&to=\d+/)
  const [from, to] = ['from', 'to'].map((key) => Number(new URL(page.url()).searchParams.get(key))) as [number, number]
  expect((to - from) / 86_400_000).toBeCloseTo(6, -1)
  await page.getByRole('button', { name: 'Earlier' }).click()
  await page.waitForURL((url) => Number(url.searchParams.get('from')) < from)
  const colleague = await open(page.url().slice(sample().url.length))
  await colleague.getByRole('button', { name: 'Live' }).click()
  await colleague.waitForURL((url) => !url.searchParams.has('from'))
})

test('the form is made from the signature, and the answer is explained by parts that add up', async () => {
  const page = await open(PAGE, { expected: /422/ })
  const form = page.getByRole('form', { name: 'Inputs of the request' })
  await form.getByRole('textbox', { name: 'hour' }).fill('noon')
  await form.getByRole('button', { name: 'Predict' }).click()
  await form.getByText(/Expected an integer.*got "noon"/).waitFor()
  await form.getByRole('textbox', { name: 'hour' }).fill('22')
  await form.getByRole('checkbox', { name: 'destination is missing' }).check()
  await form.getByRole('checkbox', { name: 'destination is missing' }).uncheck()
  await form.getByRole('combobox', { name: 'destination' }).fill('LAS')
  await form.getByRole('button', { name: 'Predict' }).click()
  const drawn = page.getByRole('figure', { name: /What each input contributed to late/ })
  await drawn.waitFor()
  const numbers = (await drawn.getByRole('listitem').allTextContents()).map((text) =>
    Number(/([+−]?[\d.]+)(?: ±.*)?$/.exec(text)![1]!.replace('−', '-')),
  )
  const parts = numbers.slice(0, -1).reduce((sum, number) => sum + number, 0)
  expect(parts).toBeCloseTo(numbers.at(-1)!, 2)
})

test('what strangers send is shown as text', async () => {
  const page = await open(PAGE)
  const hostile = `<img src=x onerror="document.title='x'">\u202Eabc${'long'.repeat(1_000)}`
  const form = page.getByRole('form', { name: 'Inputs of the request' })
  await form.getByRole('combobox', { name: 'origin' }).fill(hostile)
  await form.getByRole('button', { name: 'Predict' }).click()
  await page
    .getByText(/<img src=x onerror/)
    .first()
    .waitFor()
  expect(await page.locator('main img[src="x"]').count()).toBe(0)
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
})

test.for(['light', 'dark'] as const)('axe finds nothing on this page and its dialogs, wide and narrow, %s', async (scheme) => {
  for (const width of [1280, 390] as const) {
    const page = await open(PAGE, { scheme, width })
    await settled(page)
    await page.getByRole('button', { name: 'Predict' }).click()
    await page.getByRole('figure', { name: /What each input contributed/ }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    await page.getByRole('dialog').getByText('What will happen:').waitFor()
    await expectAccessible(page)
    await page.context().close()
  }
})

test('a release is approved, held, resumed and promoted, and a rollback says what it will do before it does it', async () => {
  const page = await open(PAGE)
  await named(page, 'zoe')
  await page.reload()
  const release = page.getByRole('region', { name: 'Release of version 2' })
  await release.getByRole('button', { name: 'Approve' }).click()
  await confirm(page, 'Approve', 'the check convinces me')
  await release.getByText('zoe').first().waitFor()
  await release
    .getByRole('listitem')
    .filter({ hasText: 'shadow 10%' })
    .getByText(/Moves on/)
    .waitFor()
  await ask(sample().url, 'flight-delay', 60)
  await release.getByText(/requests to version 1/).waitFor()
  await release.getByRole('button', { name: 'Hold' }).click()
  await confirm(page, 'Hold', 'a storm')
  await release.getByText('held', { exact: true }).waitFor()
  await release.getByRole('button', { name: 'Resume' }).click()
  await confirm(page, 'Resume', 'the storm is over')
  await release.getByText('under way').waitFor()
  await expectAccessible(page)
  await release.getByRole('button', { name: 'Promote now' }).click()
  await page.getByRole('dialog').getByText('Version 2 answers every request, instead of version 1.').waitFor()
  await page
    .getByRole('dialog')
    .getByText(/Steps that are not run: canary 25%, full/)
    .waitFor()
  await confirm(page, 'Promote version 2', 'the old one fails')
  await page.getByLabel('Right now').getByText('version 2').waitFor()
  await page.getByRole('button', { name: 'Roll back to version 1' }).click()
  await page.getByRole('dialog').getByText('Version 1 answers every request, instead of version 2.').waitFor()
  await page
    .getByRole('dialog')
    .getByText(/takes effect between two requests/)
    .waitFor()
  await page.getByRole('dialog').getByRole('cell', { name: 'version 1' }).waitFor()
  await expectAccessible(page)
  await confirm(page, 'Roll back to version 1', 'worse on new airports')
  await page
    .getByRole('status')
    .getByText(/Version 1 answers, after/)
    .waitFor()
  await page.getByLabel('Right now').getByText('version 1').waitFor()
  await page
    .getByRole('region', { name: 'Versions that answered, newest first' })
    .getByText(/rolled back to by zoe: worse on new airports/)
    .waitFor()
})

test('another release begins from the page, under the contract in force, and is aborted', async () => {
  const page = await open(PAGE)
  await named(page, 'mira')
  await page.reload()
  await page.getByRole('button', { name: 'Release a version' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Version 2 passed its check under this contract.').waitFor()
  await dialog.getByText(/Traffic moves by steps: shadow 10%, canary 25%, full/).waitFor()
  await confirm(page, 'Release version 2')
  const release = page.getByRole('region', { name: 'Release of version 2' })
  await release.getByText('waits for approval').waitFor()
  await release.getByRole('button', { name: 'Abort' }).click()
  await confirm(page, 'Abort', 'not today')
  await release.waitFor({ state: 'detached' })
  await page.getByRole('region', { name: 'Releases, newest first' }).getByRole('link', { name: '2 against 1' }).first().click()
  await release.getByText('aborted').first().waitFor()
  await page.waitForURL(/release=/)
})

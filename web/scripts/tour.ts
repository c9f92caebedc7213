/**
 * Takes the pictures of docs/guides/tour.md from a server that runs: `node web/scripts/tour.ts [URL]`. The pages are those of the
 * first deployment, as they are at that moment; the first voyage (`npm start`) leaves a good one.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { createClient } from '@seaworthy/api/client'
import { listIncidents } from '@seaworthy/api/incidents'
import { listPredictions } from '@seaworthy/api/operations'
import { listRetrainings } from '@seaworthy/api/retraining'
import { listDeployments } from '@seaworthy/api/serving'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../test/browser.ts'

const GUIDES = path.resolve(import.meta.dirname, '../../docs/guides')
const PICTURES = path.join(GUIDES, 'tour')
const WIDE = { width: 1280, height: 860 }
/** After the last answer: charts are drawn, what moves has come to rest. */
const REST_MS = 800
const NARROW = { width: 390, height: 844 }

interface Stop {
  readonly name: string
  readonly title: string
  readonly path: string
  readonly words: string
  /** Pictures that are taken; wide and light unless said otherwise. */
  readonly looks?: readonly ('light' | 'dark' | 'narrow')[]
}

async function stopsOf(url: string): Promise<readonly Stop[]> {
  const client = createClient({ baseUrl: url, actor: 'tour' })
  const live = (await client.call(listDeployments)).items[0]
  if (live === undefined) throw new Error(`Nothing is deployed at ${url}: npm start makes something to look at.`)
  const { name: deployment, model, variants } = live
  const version = variants[0]?.version ?? 1
  const [predictions, incidents, retrainings] = await Promise.all([
    client.call(listPredictions, { params: { deployment }, query: { limit: 1 } }),
    client.call(listIncidents, { query: { limit: 50 } }),
    client.call(listRetrainings, { params: { deployment }, query: { limit: 1 } }),
  ])
  const [prediction, retraining] = [predictions.items[0], retrainings.items[0]?.id]
  // The one whose evidence is a histogram says more than one about a release.
  const incident = (incidents.items.find(({ suggestedAction }) => suggestedAction === 'fix-the-feed') ?? incidents.items[0])?.id
  const subject = Object.keys(prediction?.inputs ?? {}).find((name) => incidents.items.some(({ title }) => title.includes(name)))
  const of = `/deployments/${deployment}`
  return [
    {
      ...{ name: 'fleet', title: 'Fleet', path: '/', looks: ['light', 'dark', 'narrow'] },
      words: 'Every deployment at a glance, and first what needs somebody now.',
    },
    {
      ...{ name: 'deployment', title: 'Deployment', path: `${of}?last=30d`, looks: ['light', 'narrow'] },
      words: 'Live traffic by version, the release that runs, the way back, and a form to ask it.',
    },
    {
      ...{ name: 'operations', title: 'Operations', path: `${of}/operations`, looks: ['light', 'dark', 'narrow'] },
      words: 'What drifted when, a feature against its reference, quality with its band and its estimate.',
    },
    {
      name: 'incidents',
      title: 'Incidents',
      path: '/incidents?state=all',
      words: 'One incident for each cause, and why there was no alarm.',
    },
    ...(incident === undefined
      ? []
      : [
          {
            ...{ name: 'incident', title: 'One incident', path: `/incidents/${incident}`, looks: ['light', 'narrow'] as const },
            words: 'The evidence, what changed just before, and what to do.',
          },
        ]),
    {
      ...{
        name: 'why',
        title: 'Why no alarm?',
        path: `/incidents/why?deployment=${deployment}${subject === undefined ? '' : `&subject=${subject}`}`,
      },
      words: 'Each look of the monitor at a subject, and why it was no alarm, or was one.',
    },
    {
      name: 'journal',
      title: 'Journal',
      path: `${of}/predictions`,
      words: 'Every prediction: by id, time, version, slice, score and flag.',
    },
    ...(prediction === undefined
      ? []
      : [
          {
            ...{ name: 'prediction', title: 'One prediction', path: `${of}/predictions/${prediction.id}` },
            words: 'What came, what was answered and why, what really happened, and the same again on any version.',
          },
        ]),
    {
      name: 'retraining',
      title: 'Retraining',
      path: `${of}/retrainings`,
      words: 'What would set off a retraining, and those that were.',
    },
    ...(retraining === undefined
      ? []
      : [
          {
            ...{ name: 'comparison', title: 'One retraining', path: `/retrainings/${retraining}` },
            words: 'Champion, warm and scratch on the same rows, with intervals and the decision in words.',
          },
        ]),
    {
      name: 'model',
      title: 'Model',
      path: `/models/${model}?version=${version}`,
      words: 'Versions, where they come from and where they went.',
    },
    {
      ...{ name: 'card', title: 'Model card', path: `/models/${model}/${version}/card` },
      words: 'What those ask who did not make it; printed, or kept as Markdown.',
    },
    {
      name: 'versions',
      title: 'Two versions',
      path: `/models/${model}/compare`,
      words: 'Any two versions, measured and by their documents.',
    },
    {
      name: 'contract',
      title: 'Contract',
      path: `${of}/contract`,
      words: 'What was agreed, who agreed to it when, and the way to change it.',
    },
    { name: 'approvals', title: 'Approvals', path: '/approvals', words: 'What waits for whom, and what it would change.' },
    { name: 'audit', title: 'Audit', path: '/audit', words: 'Who changed what, when and why, in a chain that can be verified.' },
  ]
}

async function take(browser: Browser, url: string, { name, path: page, looks = ['light'] }: Stop): Promise<readonly string[]> {
  const files: string[] = []
  for (const look of looks) {
    const context = await browser.newContext({
      ...{ viewport: look === 'narrow' ? NARROW : WIDE, colorScheme: look === 'dark' ? 'dark' : 'light' },
      ...{ timezoneId: 'UTC', locale: 'en-US', reducedMotion: 'reduce' },
    })
    const shown = await context.newPage()
    await shown.goto(url + page)
    await shown.locator('h1').first().waitFor()
    await shown.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
    await shown.waitForTimeout(REST_MS)
    const file = look === 'light' ? `${name}.png` : `${name}-${look}.png`
    await shown.screenshot({ path: path.join(PICTURES, file) })
    await context.close()
    files.push(file)
  }
  return files
}

const { positionals } = parseArgs({ allowPositionals: true })
const url = positionals[0] ?? 'http://127.0.0.1:8080'
const browser = await openBrowser()
if (browser === undefined) process.exit(1)
rmSync(PICTURES, { recursive: true, force: true })
mkdirSync(PICTURES, { recursive: true })
const parts: string[] = []
for (const stop of await stopsOf(url)) {
  const files = await take(browser, url, stop)
  const pictures = files.map(
    (file) =>
      `![${stop.title}${/-(dark|narrow)\./.exec(file)?.[1] ? `, ${/-(dark|narrow)\./.exec(file)![1]}` : ''}](tour/${file})`,
  )
  parts.push(`## ${stop.title}\n\n${stop.words}\n\n${pictures.join('\n\n')}\n`)
  process.stdout.write(`${stop.name.padEnd(14)} ${files.join(' ')}\n`)
}
await browser.close()
const head = `# A tour of the web interface\n\nThe pages as the first voyage leaves them: \`npm start\`, then open the address that it prints. Taken by\n\`node web/scripts/tour.ts\`.\n`
writeFileSync(path.join(GUIDES, 'tour.md'), [head, ...parts].join('\n'))

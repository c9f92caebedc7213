import { listWindows, MonitorResult, type WatchedWindow, watchNow } from '@seaworthy/api/operations'
import { z } from 'zod'
import { type CommandContext, defineCommand } from './define-command.ts'
import { followJob } from './follow-job.ts'
import { readableCount, readableNumber, readableNumberOf, readableTime } from './readable.ts'
import { parseName } from './reference.ts'

const SENTENCES_MAX = 12

export default defineCommand({
  usage: '<deployment>',
  options: [
    { flags: '--windows <count>', about: 'how many windows to show (default: 24)' },
    { flags: '--no-catch-up', about: 'show what was watched so far, without looking at windows that have ended since' },
  ],
  examples: ['seaworthy watch flight-delay', 'seaworthy watch flight-delay --windows 168'],
  input: z.object({
    deployment: z.string(),
    windows: z.coerce.number().int().min(1).max(1_000).default(24),
    catchUp: z.boolean().default(true),
  }),
  async run({ deployment, windows: limit, catchUp }, context) {
    const client = await context.program.openClient()
    const params = { deployment: parseName(deployment) }
    if (catchUp) {
      const { job } = await client.call(watchNow, { params, signal: context.signal })
      MonitorResult.parse(await followJob(client, job, 'watching', context))
    }
    const { items } = await client.call(listWindows, { params, query: { limit } })
    await context.result({ items }, () => tell(deployment, items, context))
  },
})

async function tell(deployment: string, items: readonly WatchedWindow[], { terminal }: CommandContext): Promise<void> {
  if (items.length === 0) {
    terminal.line('No window has ended yet. The contract says how long one is: monitoring.window.')
    return terminal.next(`seaworthy predictions ${deployment}`, `seaworthy journal ${deployment}`)
  }
  await terminal.table(
    ['window from (UTC)', 'version', 'rows', 'feed', 'data quality', 'drift', 'predictions', 'quality'],
    items.map((window) => [
      readableTime(window.from).slice(0, 16),
      String(window.version),
      readableCount(window.rows),
      ...(['feed', 'data-quality', 'drift', 'prediction-drift', 'quality'] as const).map((kind) => cellOf(window, kind)),
    ]),
  )
  const breaches = new Map<string, string>()
  for (const { findings } of items)
    for (const { kind, subject, measure, slice = '', state, sentence } of findings)
      if (state === 'breach' && !breaches.has(`${kind} ${subject} ${measure} ${slice}`))
        breaches.set(`${kind} ${subject} ${measure} ${slice}`, sentence)
  terminal.line()
  if (breaches.size === 0) terminal.done(`nothing in breach in ${readableNumberOf(items.length, 'window')}`)
  for (const sentence of [...breaches.values()].slice(0, SENTENCES_MAX)) terminal.warn(sentence)
  if (breaches.size > SENTENCES_MAX) terminal.line(`  and ${breaches.size - SENTENCES_MAX} more`)
}

/** The worst of one kind: what is in breach, else the largest value, else that there is too little to say. */
function cellOf({ findings }: WatchedWindow, kind: WatchedWindow['findings'][number]['kind']): string {
  const of = findings.filter((finding) => finding.kind === kind)
  const breaches = of.filter(({ state }) => state === 'breach')
  if (breaches.length > 0) {
    const [{ subject, measure }] = breaches as [(typeof breaches)[number]]
    return `! ${subject}${kind === 'drift' || kind === 'quality' ? '' : ` ${measure}`}${breaches.length > 1 ? ` +${breaches.length - 1}` : ''}`
  }
  if (of.length === 0) return ''
  const judged = of.filter(({ state }) => state === 'ok')
  if (judged.length === 0) return 'too few'
  const metrics = judged.filter(({ subject, measure, slice }) => subject === measure && slice === undefined)
  if (kind === 'quality' && metrics.length > 0)
    return metrics.map(({ subject, value }) => `${subject} ${readableNumber(value ?? Number.NaN)}`).join(', ')
  return 'ok'
}

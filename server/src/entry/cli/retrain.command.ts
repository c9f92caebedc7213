import type { Client } from '@seaworthy/api/client'
import {
  beginRetraining,
  forecastRetraining,
  getRetraining,
  listRetrainings,
  type RetrainingDetail,
  RetrainingResult,
} from '@seaworthy/api/retraining'
import { z } from 'zod'
import { type CommandContext, defineCommand, UsageError } from './define-command.ts'
import { followJob } from './follow-job.ts'
import { LimitOption, limitFlag } from './limit-option.ts'
import { findLocalContract } from './local-contract.ts'
import { readableCount, readableTime } from './readable.ts'
import { parseName } from './reference.ts'
import { singleLine, type Tone } from './terminal.ts'

const Input = z.object({
  deployment: z.string(),
  why: z.boolean().default(false),
  list: z.boolean().default(false),
  show: z.string().min(1).optional(),
  reason: z.string().min(1).max(2_000).optional(),
  wait: z.boolean().default(true),
  limit: LimitOption,
})

export default defineCommand({
  usage: '<deployment>',
  options: [
    { flags: '--why', about: 'say which triggers would begin one now, and which would not, and why' },
    { flags: '--list', about: 'list the retrainings so far' },
    { flags: '--show <retraining>', about: 'show one from its trigger to its release; "last" is the newest' },
    { flags: '--reason <text>', about: 'why now; recorded' },
    { flags: '--no-wait', about: 'only begin it; a server does the rest' },
    limitFlag,
  ],
  examples: [
    'seaworthy retrain flight-delay',
    'seaworthy retrain flight-delay --why',
    'seaworthy retrain flight-delay --show last',
  ],
  input: Input,
  async run({ deployment: text, why, list, show, reason, wait, limit }, context) {
    const deployment = parseName(text)
    if ([why, list, show !== undefined].filter(Boolean).length > 1)
      throw new UsageError('--why, --list and --show are three questions; ask one.')
    const client = await context.program.openClient()
    if (why) return tellWhy(client, deployment, context)
    if (list) return tellList(client, deployment, limit, context)
    if (show !== undefined) return tellOne(await detailOf(client, deployment, show), context)
    const local = await findLocalContract(context.cwd)
    const folder = local?.contract.name === deployment ? { folder: context.cwd } : {}
    const body = { ...(reason === undefined ? {} : { reason }), ...folder }
    const { job } = await client.call(beginRetraining, { params: { deployment }, body, signal: context.signal })
    if (!wait) return context.result({ job }, () => tellBegun(deployment, job, context))
    const result = RetrainingResult.parse(await followJob(client, job, 'retraining', context))
    await tellOne(await client.call(getRetraining, { params: { retraining: result.retraining } }), context)
  },
})

async function detailOf(client: Client, deployment: string, show: string): Promise<RetrainingDetail> {
  if (show !== 'last') return client.call(getRetraining, { params: { retraining: show } })
  const { items } = await client.call(listRetrainings, { params: { deployment }, query: { limit: 1 } })
  if (items[0] === undefined) throw new UsageError(`"${deployment}" was never retrained.`)
  return client.call(getRetraining, { params: { retraining: items[0].id } })
}

function tellOne(detail: RetrainingDetail, { terminal, result }: CommandContext): Promise<void> {
  return result(detail, () => {
    const { id, deployment, model, state, decision, winner } = detail
    for (const line of detail.text) terminal.line(singleLine(line))
    if (decision === 'recommended') terminal.next(`seaworthy launch ${model}@${winner} --name ${deployment}`)
    else if (decision === 'promoted') terminal.next('seaworthy deployments', `seaworthy audit --subject deployment/${deployment}`)
    else if (decision === undefined && state !== 'failed' && state !== 'cancelled') terminal.next(`seaworthy jobs ${id}`)
    else terminal.next(`seaworthy retrain ${deployment} --why`)
  })
}

async function tellWhy(client: Client, deployment: string, context: CommandContext): Promise<void> {
  const forecast = await client.call(forecastRetraining, { params: { deployment } })
  const { terminal } = context
  await context.result(forecast, async () => {
    const said = forecast.due ? 'A retraining is due.' : 'No retraining is due.'
    terminal.line(terminal.tone(said, forecast.due ? 'good' : 'open'))
    for (const { reason } of forecast.obstacles) terminal.warn(reason)
    const rows = forecast.triggers.map(({ id, due, reason }) => [
      id,
      { text: due ? 'due' : 'not due', tone: toneOf(due) },
      reason,
    ])
    await terminal.table(['trigger', 'now', { title: 'because', widthMin: 20 }], rows)
    terminal.next(`seaworthy retrain ${deployment}`, `seaworthy retrain ${deployment} --list`)
  })
}

const toneOf = (due: boolean): Tone => (due ? 'good' : 'open')

async function tellList(client: Client, deployment: string, limit: number, context: CommandContext): Promise<void> {
  const page = await client.call(listRetrainings, { params: { deployment }, query: { limit } })
  const { terminal } = context
  await context.result(page, async () => {
    if (page.items.length === 0) {
      terminal.line(`${deployment} was never retrained.`)
      return terminal.next(`seaworthy retrain ${deployment} --why`)
    }
    const rows = page.items.map(({ id, createdAt, trigger, state, decision, training, winner, explanation, failure }) => [
      id,
      readableTime(createdAt),
      trigger,
      decision ?? state,
      winner === undefined ? '' : String(winner),
      training === undefined ? '' : readableCount(training.rows),
      failure?.message ?? explanation[0] ?? '',
    ])
    await terminal.table(
      [
        'retraining',
        'begun (UTC)',
        'trigger',
        'decision',
        { title: 'winner', optional: true },
        { title: 'rows', optional: true },
        { title: 'because', widthMin: 20, optional: true },
      ],
      rows,
    )
    terminal.next(`seaworthy retrain ${deployment} --show ${page.items[0]!.id}`)
  })
}

function tellBegun(deployment: string, job: string, { terminal }: CommandContext): void {
  terminal.done(`The retraining ${job} of ${deployment} is queued`)
  terminal.next(`seaworthy jobs ${job}`, `seaworthy retrain ${deployment} --show ${job}`)
}

import {
  acknowledgeIncident,
  getAlertPrecision,
  getIncident,
  type Incident,
  listIncidents,
  resolveIncident,
  silenceIncident,
  Verdict,
} from '@seaworthy/api/incidents'
import { z } from 'zod'
import { Duration, durationMs } from '../../contract/duration.ts'
import { type CommandContext, defineCommand, UsageError } from './define-command.ts'
import { tellWhy } from './incident-why.ts'
import { tellIncident, tellIncidents, tellPrecision } from './incident-view.ts'
import { LimitOption, limitFlag } from './limit-option.ts'
import { TimeOption } from './time-option.ts'

const ACTIONS = ['list', 'show', 'ack', 'silence', 'resolve', 'why'] as const
const Input = z.object({
  action: z.enum(ACTIONS, `write one of ${ACTIONS.join(', ')}, or nothing`).default('list'),
  id: z.string().optional(),
  subject: z.string().optional(),
  deployment: z.string().optional(),
  all: z.boolean().default(false),
  precision: z.boolean().default(false),
  for: Duration.optional(),
  reason: z.string().min(1).max(2_000).optional(),
  verdict: Verdict.optional(),
  from: TimeOption.optional(),
  to: TimeOption.optional(),
  limit: LimitOption,
})
type Input = z.output<typeof Input>

export default defineCommand({
  usage: '[action] [id] [subject]',
  options: [
    { flags: '--deployment <name>', about: 'only incidents of this deployment' },
    { flags: '--all', about: 'also those that are over' },
    { flags: '--precision', about: 'how often the incidents of each measure were worth it' },
    { flags: '--for <duration>', about: 'silence: for how long, such as 2h or 3d' },
    { flags: '--reason <text>', about: 'why; kept with the incident and in the audit log' },
    { flags: '--verdict <verdict>', about: 'resolve: real, false-alarm or unknown' },
    { flags: '--from <time>', about: 'why: first moment, such as 2026-03-01 or 24h (default: a week ago)' },
    { flags: '--to <time>', about: 'why: first moment that is not meant any more (default: now)' },
    limitFlag,
  ],
  examples: [
    'seaworthy incidents',
    'seaworthy incidents show 12',
    'seaworthy incidents ack 12',
    'seaworthy incidents silence 12 --for 2h --reason "a campaign"',
    'seaworthy incidents resolve 12 --verdict real --reason "the feed is mended"',
    'seaworthy incidents why flight-delay distance --from 3d',
    'seaworthy incidents --precision',
  ],
  input: Input,
  async run(input, context) {
    if (input.precision) return precision(input, context)
    if (input.action === 'list') return list(input, context)
    if (input.action === 'why') return tellWhy({ ...input, deployment: input.id }, context)
    const incident = await answer(input, parseNumber(input), context)
    await context.result(incident, () => tellIncident(incident, context.terminal, DONE[input.action]))
  },
})

const DONE: Readonly<Record<string, string>> = { ack: 'acknowledged', silence: 'silenced', resolve: 'resolved' }

async function list({ id, deployment, all, limit }: Input, context: CommandContext): Promise<void> {
  if (id !== undefined) throw new UsageError(`To see incident ${id}, write: incidents show ${id}.`)
  const client = await context.program.openClient()
  const page = await client.call(listIncidents, { query: { limit, deployment, ...(all ? {} : { state: 'live' }) } })
  await context.result(page, () => tellIncidents(page, all, context.terminal))
}

async function precision({ deployment }: Input, context: CommandContext): Promise<void> {
  const client = await context.program.openClient()
  const page = await client.call(getAlertPrecision, { query: { deployment } })
  await context.result(page, () => tellPrecision(page.items, context.terminal))
}

async function answer(
  { action, reason, verdict, for: span }: Input,
  incident: number,
  { program }: CommandContext,
): Promise<Incident> {
  const params = { incident }
  const why = reason === undefined ? {} : { reason }
  if (action === 'silence' && (span === undefined || reason === undefined))
    throw new UsageError('A silence has an end and a reason: --for 2h --reason "a campaign".')
  if (action === 'resolve' && verdict === undefined)
    throw new UsageError('Say whether it was worth the alarm: --verdict real, false-alarm or unknown.')
  const client = await program.openClient()
  if (action === 'ack') return client.call(acknowledgeIncident, { params, body: why })
  if (action === 'silence') return client.call(silenceIncident, { params, body: { forMs: durationMs(span!), reason: reason! } })
  if (action === 'resolve') return client.call(resolveIncident, { params, body: { verdict: verdict!, ...why } })
  return client.call(getIncident, { params })
}

function parseNumber({ action, id }: Input): number {
  if (id === undefined || !/^#?[1-9]\d{0,8}$/.test(id))
    throw new UsageError(`Name the incident by its number: incidents ${action} 12.`)
  return Number(id.replace('#', ''))
}

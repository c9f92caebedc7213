import { listPredictions, type Prediction } from '@seaworthy/api/operations'
import { z } from 'zod'
import { type CommandContext, defineCommand } from './define-command.ts'
import { readableFields, readableObject, readableTime, readableValue } from './readable.ts'
import { parseName } from './reference.ts'
import { TimeOption } from './time-option.ts'

const LIMIT_MAX = 100_000
const PAGE_MAX = 1_000

const Input = z.object({
  deployment: z.string(),
  from: TimeOption.optional(),
  to: TimeOption.optional(),
  limit: z.coerce.number(`a whole number from 1 to ${LIMIT_MAX}`).int().min(1).max(LIMIT_MAX).default(20),
})

export default defineCommand({
  usage: '<deployment>',
  options: [
    { flags: '--from <time>', about: 'first moment: 2026-03-01, 2026-03-01T14:05, or 2h for two hours ago' },
    { flags: '--to <time>', about: 'first moment that is not meant any more' },
    { flags: '--limit <count>', about: `most predictions, 1 to ${LIMIT_MAX} (default: 20)` },
  ],
  examples: ['seaworthy predictions flight-delay', 'seaworthy predictions flight-delay --from 24h --limit 1000 --json'],
  input: Input,
  async run({ deployment, from, to, limit }, context) {
    const client = await context.program.openClient()
    const items: Prediction[] = []
    let next: string | undefined
    do {
      const query = { limit: Math.min(PAGE_MAX, limit - items.length), from, to, cursor: next }
      const page = await client.call(listPredictions, { params: { deployment: parseName(deployment) }, query })
      items.push(...page.items)
      next = page.next
    } while (next !== undefined && items.length < limit)
    const isWindow = from !== undefined || to !== undefined
    await context.result({ items, ...(next === undefined ? {} : { next }) }, () =>
      items.length === 0 ? tellNone(deployment, isWindow, context) : tell(items, next !== undefined, context),
    )
  },
})

const COLUMNS = [
  'time (UTC)',
  'id',
  'version',
  { title: 'output', widthMin: 10 },
  { title: 'outcome', widthMin: 7 },
  { title: 'took', optional: true },
  { title: 'inputs', widthMin: 30, optional: true },
  { title: 'variant', optional: true },
]

/** Nothing to show: the window is empty, or nobody has asked yet, or nobody can. */
async function tellNone(deployment: string, isWindow: boolean, { terminal, program, config }: CommandContext): Promise<void> {
  if (isWindow) {
    terminal.line('There are no predictions in this window.')
    return terminal.next(`seaworthy journal ${deployment}`)
  }
  terminal.line(`${deployment} has answered nothing yet.`)
  const url = config.SEAWORTHY_SERVER ?? (await program.findServer())?.url
  terminal.next(url === undefined ? 'seaworthy start' : `${url}/v1/deployments/${deployment}/docs`)
}

async function tell(items: readonly Prediction[], more: boolean, { terminal }: CommandContext): Promise<void> {
  const rows = items.map(({ time, id, version, variant, latencyMs, inputs, output, outcome }) => [
    readableTime(time),
    id,
    String(version),
    readableObject(output, 80),
    readableValue(outcome, 40),
    `${latencyMs.toFixed(1)} ms`,
    readableFields(inputs, 200),
    variant,
  ])
  await terminal.table(COLUMNS, rows)
  if (more) terminal.line(terminal.dim('  There are more; --limit, --from and --to choose.'))
}

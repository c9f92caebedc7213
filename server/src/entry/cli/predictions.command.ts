import { listPredictions, type Prediction } from '@seaworthy/api/operations'
import { z } from 'zod'
import { type CommandContext, defineCommand } from './define-command.ts'
import { readableFields, readableTime, readableValue } from './readable.ts'
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
    await context.result({ items, ...(next === undefined ? {} : { next }) }, () => tell(items, next !== undefined, context))
  },
})

async function tell(items: readonly Prediction[], more: boolean, { terminal }: CommandContext): Promise<void> {
  if (items.length === 0) return terminal.line('There are no predictions in this window.')
  const rows = items.map(({ time, id, version, variant, latencyMs, inputs, output, outcome }) => [
    readableTime(time),
    id,
    `${version} ${variant}`,
    `${latencyMs.toFixed(1)} ms`,
    readableFields(inputs, 70),
    readableValue(output, 40),
    readableValue(outcome, 20),
  ])
  await terminal.table(['time (UTC)', 'id', 'version', 'took', 'inputs', 'output', 'outcome'], rows)
  if (more) terminal.line(terminal.dim('  There are more; --limit, --from and --to choose.'))
}

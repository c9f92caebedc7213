import { explainSilence, type Explanation } from '@seaworthy/api/incidents'
import { type CommandContext, UsageError } from './define-command.ts'
import { readableNumber, readableTime } from './readable.ts'
import { parseName } from './reference.ts'

const SPAN_MS_DEFAULT = 7 * 86_400_000
const ROWS_MAX = 60

export interface WhyQuestion {
  readonly deployment?: string | undefined
  readonly subject?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** Answers "why was there no alarm?" window by window. */
export async function tellWhy({ deployment, subject, from, to }: WhyQuestion, context: CommandContext): Promise<void> {
  if (deployment === undefined || subject === undefined)
    throw new UsageError('Name the deployment and what you ask about: incidents why flight-delay distance.')
  const until = to ?? Date.now()
  const client = await context.program.openClient()
  const explanation = await client.call(explainSilence, {
    params: { deployment: parseName(deployment) },
    query: { subject, from: from ?? until - SPAN_MS_DEFAULT, to: until },
  })
  await context.result(explanation, () => tell(explanation, context))
}

async function tell({ summary, windows, truncated }: Explanation, { terminal }: CommandContext): Promise<void> {
  terminal.line(summary)
  if (windows.length === 0) return
  terminal.line()
  const rows = windows
    .slice(0, ROWS_MAX)
    .map(({ window, measure, slice, state, value, bound, because }) => [
      readableTime(window.from).slice(0, 16),
      slice === undefined ? measure : `${measure}, ${slice}`,
      { text: state, tone: state === 'ok' ? ('good' as const) : state === 'breach' ? ('bad' as const) : ('open' as const) },
      value === undefined ? '' : readableNumber(value),
      bound === undefined ? '' : readableNumber(bound),
      because,
    ])
  await terminal.table(
    ['window from (UTC)', { title: 'measure', widthMin: 10 }, 'state', 'value', 'bound', { title: 'because', widthMin: 20 }],
    rows,
  )
  const left = windows.length - ROWS_MAX
  if (left > 0 || truncated)
    terminal.line(
      terminal.dim(`  There are more windows; --from and --to choose, --json has ${truncated ? '1,000 of them' : 'all'}.`),
    )
}

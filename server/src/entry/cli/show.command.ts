import { listChecks } from '@seaworthy/api/evolution'
import { getImportance, type Importance } from '@seaworthy/api/explanation'
import { getVersion, type VersionDetail } from '@seaworthy/api/model'
import { z } from 'zod'
import { type CommandContext, defineCommand } from './define-command.ts'
import { drawShares } from './explanation-bars.ts'
import { readableBytes, readableNumber, readableTime } from './readable.ts'
import { resolveVersion } from './reference.ts'
import { tableOfSignature } from './signature-table.ts'
import type { Terminal, Tone } from './terminal.ts'
import { pairsOfEnvironment, pairsOfLineage } from './version-origin.ts'

export default defineCommand({
  usage: '<version>',
  options: [{ flags: '--importance', about: 'also which inputs it goes by; takes some seconds' }],
  examples: [
    'seaworthy show flight-delay@3',
    'seaworthy show flight-delay@champion --importance',
    'seaworthy show flight-delay --json',
  ],
  input: z.object({ version: z.string(), importance: z.boolean().default(false) }),
  async run({ version: reference, importance: isWeighed }, context) {
    const client = await context.program.openClient()
    const of = await resolveVersion(client, reference)
    const detail = await client.call(getVersion, { params: of })
    const checks = await client.call(listChecks, { params: of, query: { limit: 10 } })
    const importance = isWeighed ? await client.call(getImportance, { params: of, signal: context.signal }) : undefined
    const shown: Shown = { ...detail, checks: checks.items, ...(importance && { importance }) }
    await context.result(shown, () => tell(shown, context))
  },
})

type Shown = VersionDetail & {
  readonly checks: readonly { readonly id: string; readonly verdict: string; readonly createdAt: number }[]
  readonly importance?: Importance
}

async function tell(shown: Shown, { terminal }: CommandContext): Promise<void> {
  const reference = `${shown.model}@${shown.version}`
  terminal.line(terminal.bold(reference) + (shown.aliases.length === 0 ? '' : ` (${shown.aliases.join(', ')})`))
  terminal.pairs([
    ['made', `${readableTime(shown.createdAt)} UTC by ${shown.createdBy}`],
    ['digest', shown.digest],
    ['signed by', `key ${shown.keyId}`],
    ['format', `${shown.format}, ${readableBytes(shown.bytes)} in ${shown.files.length} files`],
    ...pairsOfLineage(shown.lineage),
  ])
  section(terminal, 'Signature')
  await tableOfSignature(shown.signature, terminal)
  section(terminal, 'What training said of it')
  const metrics = Object.entries(shown.metrics).map(([name, value]): [string, string] => [name, readableNumber(value)])
  if (metrics.length === 0) terminal.line('  nothing')
  else terminal.pairs(metrics)
  const environment = pairsOfEnvironment(shown.environment)
  if (environment.length > 0) {
    section(terminal, 'Environment')
    terminal.pairs(environment)
  }
  if (shown.importance !== undefined) tellImportance(shown.importance, terminal)
  section(terminal, 'Checks, newest first')
  const rows = shown.checks.map(({ id, verdict, createdAt }) => [
    readableTime(createdAt),
    { text: verdict, tone: toneOf(verdict) },
    id,
  ])
  if (rows.length > 0) await terminal.table(['time (UTC)', 'verdict', 'check'], rows)
  else terminal.line('  none')
  if (shown.checks[0]?.verdict !== 'pass') terminal.next(`seaworthy check ${reference}`)
  else terminal.next(`seaworthy launch ${reference}`, `seaworthy pull ${reference}`)
}

function tellImportance({ columns, method, origin, output }: Importance, terminal: Terminal): void {
  section(terminal, `What ${output} goes by`)
  for (const line of drawShares(
    columns.map(({ column, share }) => ({ name: column, share })),
    terminal,
  ))
    terminal.line(line)
  terminal.line(terminal.dim(`  ${method}; rows of the ${origin}`))
}

const section = (terminal: Terminal, title: string) => terminal.line(`\n${terminal.bold(title)}`)
const toneOf = (verdict: string): Tone => (verdict === 'pass' ? 'good' : verdict === 'fail' ? 'bad' : 'open')

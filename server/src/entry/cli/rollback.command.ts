import type { Client } from '@seaworthy/api/client'
import { drillRollback, type Rollback, rollBack, type RollbackDrill } from '@seaworthy/api/release'
import { z } from 'zod'
import { type CommandContext, defineCommand, UsageError } from './define-command.ts'
import { parseName } from './reference.ts'
import { EXIT } from './report-error.ts'
import type { Terminal } from './terminal.ts'

const Input = z.object({
  deployment: z.string(),
  to: z.coerce.number('the number of a version').int().min(1).optional(),
  reason: z.string().min(1).optional(),
  drill: z.boolean().default(false),
})

export default defineCommand({
  usage: '<deployment>',
  options: [
    {
      flags: '--to <version>',
      about: 'a version that answered here before (default: the one before; of a running release, the champion)',
    },
    { flags: '--reason <text>', about: 'why; kept in the audit log' },
    {
      flags: '--drill',
      about:
        'only rehearse it on the live deployment: to the version before and back. For half a second callers are answered by that',
    },
  ],
  examples: [
    'seaworthy rollback flight-delay',
    'seaworthy rollback flight-delay --to 2 --reason "3 fails on new airports"',
    'seaworthy rollback flight-delay --drill',
  ],
  input: Input,
  async run({ deployment, to, reason, drill }, context) {
    const name = parseName(deployment)
    const client = await context.program.openClient()
    const why = reason === undefined ? {} : { reason }
    if (drill && to !== undefined) throw new UsageError('A drill goes to the version before; leave --to out.')
    if (drill) return rehearse(client, { name, why }, context)
    const done = await client.call(rollBack, {
      params: { deployment: name },
      body: { ...why, ...(to === undefined ? {} : { to }) },
    })
    await context.result(done, () => tell(done, context.terminal))
  },
})

function tell(
  { deployment, version, from, switched, switchMs, recorded, remembered, explanation }: Rollback,
  terminal: Terminal,
): void {
  terminal.done(`${terminal.bold(deployment)} is back at version ${version}, from ${from}`)
  terminal.line(
    switched
      ? `  Every request since ${milliseconds(switchMs)} after the call meets it.`
      : '  No server runs here; the next one starts with it.',
  )
  if (!recorded) {
    terminal.warn(`It is not recorded yet: ${explanation ?? 'the database did not take it'}.`)
    terminal.line(
      remembered
        ? '  It holds, over a restart too, and is recorded when the database is back.'
        : '  It holds until this server stops.',
    )
  }
  terminal.next(`seaworthy deployments`, `seaworthy audit --subject deployment/${deployment}`)
}

async function rehearse(
  client: Client,
  { name, why }: { readonly name: string; readonly why: { readonly reason?: string } },
  { terminal, result }: CommandContext,
): Promise<number | void> {
  const done = await client.call(drillRollback, { params: { deployment: name }, body: why })
  await result(done, () => tellDrill(done, terminal))
  return done.failed === 0 ? undefined : EXIT.failed
}

function tellDrill({ deployment, champion, standby, there, back, ...drill }: RollbackDrill, terminal: Terminal): void {
  const requests = `${drill.callerRequests} requests of callers and ${drill.probeRequests} of the drill`
  if (drill.failed === 0) terminal.done(`The rollback of ${terminal.bold(deployment)} works: ${requests}, none failed`)
  else terminal.warn(`${drill.failed} of ${requests} failed`)
  const text = ({ switchMs, firstNewAnswerMs, lastOldAnswerMs }: RollbackDrill['there']) =>
    [
      `switched after ${milliseconds(switchMs)}`,
      ...(firstNewAnswerMs === undefined ? [] : [`first answer of it after ${milliseconds(firstNewAnswerMs)}`]),
      ...(lastOldAnswerMs === undefined ? [] : [`last of the other after ${milliseconds(lastOldAnswerMs)}`]),
    ].join(', ')
  terminal.pairs([
    [`to version ${standby}`, text(there)],
    [`back to version ${champion}`, text(back)],
  ])
}

const milliseconds = (ms: number): string => `${Number(ms.toPrecision(2))} ms`

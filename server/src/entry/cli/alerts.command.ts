import { type AlertChannel, listChannels, testChannel } from '@seaworthy/api/incidents'
import { z } from 'zod'
import { type CommandContext, defineCommand, UsageError } from './define-command.ts'
import { readableCount, readableDuration, readableTime } from './readable.ts'

const Input = z.object({
  action: z.enum(['test'], 'write alerts, or alerts test CHANNEL').optional(),
  channel: z.string().optional(),
})

export default defineCommand({
  usage: '[action] [channel]',
  options: [],
  examples: ['seaworthy alerts', 'seaworthy alerts test webhook'],
  input: Input,
  async run({ action, channel }, context) {
    const client = await context.program.openClient()
    if (action === undefined) {
      const page = await client.call(listChannels)
      return context.result(page, () => tell(page.items, page.types, context))
    }
    if (channel === undefined) throw new UsageError('Name the channel: alerts test webhook.')
    const tested = await client.call(testChannel, { params: { channel }, signal: context.signal })
    await context.result(tested, () =>
      context.terminal.done(`The channel ${channel} took a test message in ${readableDuration(tested.tookMs)}`),
    )
  },
})

async function tell(
  channels: readonly AlertChannel[],
  types: readonly { readonly id: string; readonly title: string }[],
  { terminal }: CommandContext,
): Promise<void> {
  const rows = channels.map(({ name, type, escalation, waiting, sent, givenUp, lastSentAt, lastError }) => [
    name,
    type ?? { text: 'not set up', tone: 'bad' as const },
    escalation ? 'when nobody answers' : '',
    readableCount(sent),
    waiting === 0 ? '0' : { text: readableCount(waiting), tone: 'open' as const },
    givenUp === 0 ? '0' : { text: readableCount(givenUp), tone: 'bad' as const },
    lastSentAt === undefined ? 'never' : readableTime(lastSentAt),
    lastError ?? '',
  ])
  await terminal.table(
    [
      'channel',
      'type',
      { title: 'escalation', optional: true },
      'sent',
      'waiting',
      'given up',
      'last sent (UTC)',
      { title: 'last error', widthMin: 10, optional: true },
    ],
    rows,
  )
  const unused = types.filter(({ id }) => channels.every(({ type }) => type !== id))
  if (unused.length > 0)
    terminal.line(
      terminal.dim(
        `\n  Others can be set up in the file that SEAWORTHY_CHANNELS_FILE names: ${unused.map(({ id }) => id).join(', ')}.`,
      ),
    )
  terminal.next(...channels.slice(0, 1).map(({ name }) => `seaworthy alerts test ${name}`))
}

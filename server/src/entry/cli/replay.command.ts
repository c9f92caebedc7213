import type { Client } from '@seaworthy/api/client'
import { getReplay, REPLAY_LIMIT_MAX, replayPredictions, ReplayResult } from '@seaworthy/api/replay'
import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { followJob } from './follow-job.ts'
import { parseName, resolveVersion } from './reference.ts'
import { EXIT } from './report-error.ts'
import { singleLine } from './terminal.ts'
import { TimeOption } from './time-option.ts'

const Input = z.object({
  deployment: z.string(),
  on: z.string().min(1).optional(),
  from: TimeOption.optional(),
  to: TimeOption.optional(),
  limit: z.coerce.number(`a whole number from 1 to ${REPLAY_LIMIT_MAX}`).int().min(1).max(REPLAY_LIMIT_MAX).default(10_000),
})

export default defineCommand({
  usage: '<deployment>',
  options: [
    { flags: '--on <version>', about: 'number or alias of another version to ask (default: the one that made each prediction)' },
    { flags: '--from <time>', about: 'first moment: 2026-03-01, 2026-03-01T14:05, or 2h for two hours ago' },
    { flags: '--to <time>', about: 'first moment that is not meant any more' },
    { flags: '--limit <count>', about: `most predictions, the newest first, 1 to ${REPLAY_LIMIT_MAX} (default: 10000)` },
  ],
  examples: ['seaworthy replay flight-delay --from 24h', 'seaworthy replay flight-delay --on 4 --limit 100000'],
  input: Input,
  async run({ deployment, on, from, to, limit }, context) {
    const { terminal, signal } = context
    const client = await context.program.openClient()
    const name = parseName(deployment)
    const version = on === undefined ? undefined : await versionOf(client, name, on)
    const body = { on: version, from: from && Math.floor(from), to: to && Math.floor(to), limit }
    const { job } = await client.call(replayPredictions, { params: { deployment: name }, body, signal })
    const { digest } = ReplayResult.parse(await followJob(client, job, 'replaying', context))
    const replay = await client.call(getReplay, { params: { digest } })
    await context.result(replay, () => {
      for (const line of replay.text) terminal.line(singleLine(line))
      terminal.line(terminal.dim(`report ${digest}`))
    })
    return replay.deviations > 0 ? EXIT.refused : EXIT.done
  },
})

/** `4`, `challenger`, or either with the model before it. */
async function versionOf(client: Client, deployment: string, on: string): Promise<number> {
  if (/^[1-9]\d{0,8}$/.test(on)) return Number(on)
  return (await resolveVersion(client, on.includes('@') ? on : `${deployment}@${on}`)).version
}

import type { Client } from '@seaworthy/api/client'
import { abortRelease, getRelease, holdRelease, listReleases, promoteRelease, resumeRelease } from '@seaworthy/api/release'
import { z } from 'zod'
import { type CommandContext, defineCommand, UsageError } from './define-command.ts'
import { LimitOption, limitFlag } from './limit-option.ts'
import { readableTime } from './readable.ts'
import { stateText, stateTone, tellRelease } from './release-text.ts'

const CHANGES = { hold: holdRelease, resume: resumeRelease, abort: abortRelease, promote: promoteRelease } as const

const Input = z.object({
  what: z
    .enum(['list', 'show', 'hold', 'resume', 'abort', 'promote'], 'write list, show, hold, resume, abort or promote')
    .default('list'),
  release: z.string().optional(),
  reason: z.string().min(1).optional(),
  limit: LimitOption,
})

export default defineCommand({
  usage: '[what] [release]',
  options: [
    { flags: '--reason <text>', about: 'why it is held, resumed, aborted or promoted; kept in the audit log' },
    limitFlag,
  ],
  examples: [
    'seaworthy release',
    'seaworthy release show flight-delay',
    'seaworthy release hold flight-delay --reason "the storm distorts everything"',
    'seaworthy release resume flight-delay --reason "the storm is over"',
    'seaworthy release abort flight-delay --reason "wrong training data"',
    'seaworthy release promote flight-delay --reason "the old version fails on new airports"',
  ],
  input: Input,
  async run({ what, release, reason, limit }, context) {
    const client = await context.program.openClient()
    if (what === 'list') return list(client, { limit, deployment: release }, context)
    if (release === undefined) throw new UsageError(`Say which: seaworthy release ${what} NAME`)
    if (what !== 'show' && reason === undefined)
      throw new UsageError(`Say why: seaworthy release ${what} ${release} --reason "..."`)
    const params = { release }
    const found =
      what === 'show'
        ? await client.call(getRelease, { params })
        : await client.call(CHANGES[what], { params, body: { reason: reason! } })
    await context.result(found, async () => {
      await tellRelease(found, context.terminal)
      if (found.state === 'waiting-for-approval') context.terminal.next(`seaworthy approve ${found.deployment}`)
      if (found.state === 'running')
        context.terminal.next(
          `seaworthy release hold ${found.deployment} --reason "..."`,
          `seaworthy release abort ${found.deployment} --reason "..."`,
        )
      if (found.state === 'holding')
        context.terminal.next(
          `seaworthy release resume ${found.deployment} --reason "..."`,
          `seaworthy release abort ${found.deployment} --reason "..."`,
        )
    })
  },
})

async function list(
  client: Client,
  query: { readonly limit: number; readonly deployment: string | undefined },
  { terminal, result }: CommandContext,
): Promise<void> {
  const page = await client.call(listReleases, { query })
  await result(page, async () => {
    if (page.items.length === 0) {
      terminal.line('No release was begun yet: launch a version where another one answers, under a contract with steps.')
      return terminal.next('seaworthy launch NAME@VERSION')
    }
    await terminal.table(
      [
        { title: 'deployment', widthMin: 12 },
        'version',
        'state',
        'changed (UTC)',
        { title: 'because', widthMin: 20, optional: true },
        'id',
      ],
      page.items.map((release) => [
        release.deployment,
        `${release.version} (against ${release.champion})`,
        { text: stateText(release), tone: stateTone(release.state) },
        readableTime(release.updatedAt),
        release.explanation ?? '',
        release.id,
      ]),
    )
  })
}

import { approveRelease } from '@seaworthy/api/release'
import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { tellRelease } from './release-text.ts'

export default defineCommand({
  usage: '<release>',
  options: [{ flags: '--comment <text>', about: 'what you have looked at; kept with the approval' }],
  examples: ['seaworthy approve flight-delay', 'seaworthy approve flight-delay --comment "the slices look right"'],
  input: z.object({ release: z.string(), comment: z.string().min(1).optional() }),
  async run({ release, comment }, context) {
    const client = await context.program.openClient()
    const body = comment === undefined ? {} : { comment }
    const found = await client.call(approveRelease, { params: { release }, body })
    await context.result(found, async () => {
      await tellRelease(found, context.terminal)
      const left = found.approvalsNeeded - found.approvals.length
      if (found.state !== 'waiting-for-approval') context.terminal.next(`seaworthy release show ${found.deployment}`)
      else if (left > 0) context.terminal.warn(`${left} more ${left === 1 ? 'person has' : 'people have'} to approve it.`)
      else context.terminal.warn('It begins when a server runs: seaworthy start')
    })
  },
})

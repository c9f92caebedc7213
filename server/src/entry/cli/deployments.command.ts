import { listDeployments } from '@seaworthy/api/serving'
import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { LimitOption, limitFlag } from './limit-option.ts'
import { readableTime } from './readable.ts'

export default defineCommand({
  usage: '',
  options: [limitFlag],
  examples: ['seaworthy deployments', 'seaworthy deployments --json'],
  input: z.object({ limit: LimitOption }),
  async run({ limit }, context) {
    const { terminal } = context
    const client = await context.program.openClient()
    const page = await client.call(listDeployments, { query: { limit } })
    await context.result(page, async () => {
      if (page.items.length === 0) {
        terminal.line('Nothing was launched yet.')
        return terminal.next('seaworthy launch NAME@VERSION')
      }
      const rows = page.items.map(({ name, state, target, variants, updatedAt }) => [
        name,
        { text: state, tone: state === 'live' ? ('good' as const) : ('open' as const) },
        variants.map(({ name: variant, version, share }) => `${variant}: ${version} (${share * 100} %)`).join(', '),
        target,
        readableTime(updatedAt),
        variants.some(({ overrideReason }) => overrideReason !== undefined) ? 'without a passing check' : '',
      ])
      await terminal.table(
        [
          { title: 'deployment', widthMin: 16 },
          'state',
          { title: 'versions', widthMin: 12 },
          { title: 'target', optional: true },
          'changed (UTC)',
          { title: '', widthMin: 8 },
        ],
        rows,
      )
    })
  },
})

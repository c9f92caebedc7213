import { type Deployment, listDeployments } from '@seaworthy/api/serving'
import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { LimitOption, limitFlag } from './limit-option.ts'
import { readableShare, readableTime } from './readable.ts'

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
        variants.map(variantText).join(', '),
        target,
        readableTime(updatedAt),
        variants.some(({ share, overrideReason }) => share > 0 && overrideReason !== undefined) ? 'without a passing check' : '',
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

/** `champion: 3 (90 %)`, `challenger: 4 (shadow of 10 %)`, `standby: 2`. */
const variantText = ({ name, role, version, share }: Deployment['variants'][number]): string => {
  const part = role === 'shadow' ? ` (shadow of ${readableShare(share)})` : share === 0 ? '' : ` (${readableShare(share)})`
  return `${name}: ${version}${part}`
}

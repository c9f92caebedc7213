import { listRuns } from '@seaworthy/api/model'
import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { LimitOption, limitFlag } from './limit-option.ts'
import { readableFields, readableTime } from './readable.ts'
import { parseName } from './reference.ts'

export default defineCommand({
  usage: '<model>',
  options: [limitFlag],
  examples: ['seaworthy runs flight-delay'],
  input: z.object({ model: z.string(), limit: LimitOption }),
  async run({ model, limit }, context) {
    const { terminal } = context
    const client = await context.program.openClient()
    const page = await client.call(listRuns, { params: { model: parseName(model) }, query: { limit } })
    await context.result(page, async () => {
      if (page.items.length === 0) return terminal.line(`${model} was not trained here.`)
      const rows = page.items.map(({ id, state, version, seed, metrics, createdAt, finishedAt, failure }) => [
        id,
        terminal.tone(state, state === 'succeeded' ? 'good' : state === 'failed' ? 'bad' : 'open'),
        version === undefined ? '' : String(version),
        String(seed),
        readableTime(createdAt),
        finishedAt === undefined ? '' : `${Math.round((finishedAt - createdAt) / 1_000)} s`,
        failure?.message ?? readableFields(metrics, 60),
      ])
      await terminal.table(['run', 'state', 'version', 'seed', 'begun', 'took', 'metrics'], rows)
    })
  },
})

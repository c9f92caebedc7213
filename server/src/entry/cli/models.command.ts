import { listModels, listVersions } from '@seaworthy/api/model'
import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { LimitOption, limitFlag } from './limit-option.ts'
import { readableBytes, readableTime } from './readable.ts'
import { parseName } from './reference.ts'

const Input = z.object({ model: z.string().optional(), limit: LimitOption })

export default defineCommand({
  usage: '[model]',
  options: [limitFlag],
  examples: ['seaworthy models', 'seaworthy models flight-delay'],
  input: Input,
  async run({ model, limit }, context) {
    const { terminal } = context
    const client = await context.program.openClient()
    if (model !== undefined) {
      const page = await client.call(listVersions, { params: { model: parseName(model) }, query: { limit } })
      return context.result(page, async () => {
        const rows = page.items.map(({ version, aliases, format, bytes, createdAt, createdBy, digest }) => [
          String(version),
          aliases.join(', '),
          format,
          readableBytes(bytes),
          readableTime(createdAt),
          createdBy,
          digest.slice(0, 12),
        ])
        await terminal.table(
          [
            'version',
            { title: 'aliases', widthMin: 10 },
            'format',
            'size',
            'made (UTC)',
            { title: 'by', widthMin: 8 },
            { title: 'digest', optional: true },
          ],
          rows,
        )
        if (page.items[0] !== undefined) terminal.next(`seaworthy show ${model}@${page.items[0].version}`)
      })
    }
    const page = await client.call(listModels, { query: { limit } })
    await context.result(page, async () => {
      if (page.items.length === 0) {
        terminal.line('There are no models yet.')
        return terminal.next('seaworthy push model.onnx --name NAME --data train.parquet')
      }
      const rows = page.items.map(({ name, versionLast, aliases, createdAt }) => [
        name,
        String(versionLast),
        Object.entries(aliases)
          .map(([alias, version]) => `${alias} → ${version}`)
          .join(', '),
        readableTime(createdAt),
      ])
      await terminal.table([{ title: 'model', widthMin: 20 }, 'newest', { title: 'aliases', widthMin: 12 }, 'since (UTC)'], rows)
    })
  },
})

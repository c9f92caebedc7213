import { compactJournal, CompactResult, getJournal } from '@seaworthy/api/operations'
import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { followJob } from './follow-job.ts'
import { readableBytes, readableCount, readableNumberOf, readableTime } from './readable.ts'
import { parseName } from './reference.ts'

export default defineCommand({
  usage: '<deployment>',
  options: [{ flags: '--compact', about: 'turn what it holds so far into Parquet now, instead of within five minutes' }],
  examples: ['seaworthy journal flight-delay', 'seaworthy journal flight-delay --compact'],
  input: z.object({ deployment: z.string(), compact: z.boolean().default(false) }),
  async run({ deployment, compact }, context) {
    const { terminal } = context
    const client = await context.program.openClient()
    const params = { deployment: parseName(deployment) }
    if (compact) {
      const { job } = await client.call(compactJournal, { params, signal: context.signal })
      const result = CompactResult.parse(await followJob(client, job, 'compacting', context))
      const { segments, predictions, outcomes } = result
      const counts = `${readableNumberOf(predictions, 'prediction')} and ${readableNumberOf(outcomes, 'outcome')}`
      return context.result(result, () =>
        terminal.done(`${counts} of ${readableNumberOf(segments, 'segment')} are in Parquet now`),
      )
    }
    const journal = await client.call(getJournal, { params })
    await context.result(journal, () => {
      const { state, explanation, predictions, outcomes, bytes, dropped, from, to, versions } = journal
      terminal.pairs([
        ['predictions', readableCount(predictions)],
        ['outcomes', readableCount(outcomes)],
        ['versions', versions.map(({ version, predictions: of }) => `${version}: ${readableCount(of)}`).join(', ') || 'none'],
        ['from', from === undefined ? 'nothing yet' : `${readableTime(from)} UTC`],
        ['to', to === undefined ? 'nothing yet' : `${readableTime(to)} UTC`],
        ['size', readableBytes(bytes)],
        ['state', { text: state, tone: state === 'healthy' ? 'good' : 'bad' }],
      ])
      if (explanation !== undefined) terminal.warn(explanation)
      if (dropped > 0) terminal.warn(`${readableCount(dropped)} answered predictions could not be kept since the server started.`)
      terminal.next(`seaworthy predictions ${deployment}`, `seaworthy outcomes ${deployment} outcomes.csv`)
    })
  },
})

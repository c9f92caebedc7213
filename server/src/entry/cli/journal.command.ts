import { getJournal } from '@seaworthy/api/operations'
import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { readableBytes, readableCount, readableTime } from './readable.ts'
import { parseName } from './reference.ts'

export default defineCommand({
  usage: '<deployment>',
  options: [],
  examples: ['seaworthy journal flight-delay'],
  input: z.object({ deployment: z.string() }),
  async run({ deployment }, context) {
    const { terminal } = context
    const client = await context.program.openClient()
    const journal = await client.call(getJournal, { params: { deployment: parseName(deployment) } })
    await context.result(journal, () => {
      const { state, explanation, predictions, outcomes, bytes, dropped, from, to, versions } = journal
      terminal.pairs([
        ['predictions', readableCount(predictions)],
        ['outcomes', readableCount(outcomes)],
        ['versions', versions.map(({ version, predictions: of }) => `${version}: ${readableCount(of)}`).join(', ') || 'none'],
        ['from', from === undefined ? 'nothing yet' : `${readableTime(from)} UTC`],
        ['to', to === undefined ? 'nothing yet' : `${readableTime(to)} UTC`],
        ['size', readableBytes(bytes)],
        ['state', terminal.tone(state, state === 'healthy' ? 'good' : 'bad')],
      ])
      if (explanation !== undefined) terminal.warn(explanation)
      if (dropped > 0) terminal.warn(`${readableCount(dropped)} answered predictions could not be kept since the server started.`)
      terminal.next(`seaworthy predictions ${deployment}`, `seaworthy outcomes ${deployment} outcomes.csv`)
    })
  },
})

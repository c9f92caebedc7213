import { recordOutcomes } from '@seaworthy/api/operations'
import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { OUTCOMES_PER_CALL, readOutcomes } from './outcome-file.ts'
import { readableNumberOf } from './readable.ts'
import { parseName } from './reference.ts'

const Input = z.object({
  deployment: z.string(),
  file: z.string(),
  idColumn: z.string().min(1).default('id'),
  outcomeColumn: z.string().min(1).default('outcome'),
})

export default defineCommand({
  usage: '<deployment> <file>',
  options: [
    { flags: '--id-column <name>', about: 'column with the id of the prediction (default: id)' },
    { flags: '--outcome-column <name>', about: 'column with what really happened (default: outcome)' },
  ],
  examples: [
    'seaworthy outcomes flight-delay outcomes.csv',
    'seaworthy outcomes flight-delay arrivals.jsonl --id-column prediction --outcome-column late',
  ],
  input: Input,
  async run({ deployment, file, idColumn, outcomeColumn }, context) {
    const { terminal, signal, cwd } = context
    const name = parseName(deployment)
    const client = await context.program.openClient()
    const progress = terminal.progress('sending outcomes')
    let recorded = 0
    try {
      for await (const outcomes of readOutcomes({ file, cwd, idColumn, outcomeColumn, batchMax: OUTCOMES_PER_CALL })) {
        signal.throwIfAborted()
        const reply = await client.call(recordOutcomes, { params: { deployment: name }, body: { outcomes }, signal })
        recorded += reply.recorded
        progress.update(recorded, 0, readableNumberOf(recorded, 'outcome'))
      }
    } finally {
      progress.end()
    }
    await context.result({ recorded }, () => {
      terminal.done(`${readableNumberOf(recorded, 'outcome')} recorded. Sending them again changes nothing.`)
      terminal.next(`seaworthy journal ${name}`)
    })
  },
})

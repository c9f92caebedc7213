import { cancelJob, getJob, type Job, listJobs } from '@seaworthy/api/platform'
import { z } from 'zod'
import { type CommandContext, defineCommand, UsageError } from './define-command.ts'
import { LimitOption, limitFlag } from './limit-option.ts'
import { readableTime, readableValue } from './readable.ts'

const Input = z.object({ job: z.string().optional(), cancel: z.boolean().default(false), limit: LimitOption })

export default defineCommand({
  usage: '[job]',
  options: [{ flags: '--cancel', about: 'stop this job at its next safe point' }, limitFlag],
  examples: ['seaworthy jobs', 'seaworthy jobs JOB --cancel'],
  input: Input,
  async run({ job: id, cancel, limit }, context) {
    if (cancel && id === undefined) throw new UsageError('Say which: seaworthy jobs JOB --cancel')
    const client = await context.program.openClient()
    if (id !== undefined) {
      const job = await client.call(cancel ? cancelJob : getJob, { params: { job: id } })
      return context.result(job, () => tell([job], context))
    }
    const page = await client.call(listJobs, { query: { limit } })
    await context.result(page, () => tell(page.items, context))
  },
})

async function tell(jobs: readonly Job[], { terminal }: CommandContext): Promise<void> {
  if (jobs.length === 0) return terminal.line('There was no work yet.')
  const rows = jobs.map(({ id, kind, state, done, total, note, error, createdAt, finishedAt }) => [
    id,
    kind,
    terminal.tone(state, state === 'succeeded' ? 'good' : state === 'failed' ? 'bad' : 'open'),
    readableTime(createdAt),
    finishedAt === undefined ? (total > 0 ? `${Math.floor((100 * done) / total)} %` : '') : `${finishedAt - createdAt} ms`,
    readableValue(error?.message ?? note, 70),
  ])
  await terminal.table(['job', 'kind', 'state', 'begun', 'took', ''], rows)
}

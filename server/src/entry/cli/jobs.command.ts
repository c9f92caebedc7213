import { cancelJob, getJob, type Job, listJobs } from '@seaworthy/api/platform'
import { z } from 'zod'
import { type CommandContext, defineCommand, UsageError } from './define-command.ts'
import { LimitOption, limitFlag } from './limit-option.ts'
import { readableDuration, readableTime, readableValue } from './readable.ts'
import { type Cell, plainLine } from './terminal.ts'

const Input = z.object({ job: z.string().optional(), cancel: z.boolean().default(false), limit: LimitOption })

export default defineCommand({
  usage: '[job]',
  options: [{ flags: '--cancel', about: 'stop this job at its next safe point' }, limitFlag],
  examples: ['seaworthy jobs', 'seaworthy jobs JOB', 'seaworthy jobs JOB --cancel'],
  input: Input,
  async run({ job: id, cancel, limit }, context) {
    if (cancel && id === undefined) throw new UsageError('Say which: seaworthy jobs JOB --cancel')
    const client = await context.program.openClient()
    if (id !== undefined) {
      const job = await client.call(cancel ? cancelJob : getJob, { params: { job: id } })
      return context.result(job, () => tellOne(job, context))
    }
    const page = await client.call(listJobs, { query: { limit } })
    await context.result(page, () => tell(page.items, context))
  },
})

async function tell(jobs: readonly Job[], { terminal }: CommandContext): Promise<void> {
  if (jobs.length === 0) {
    terminal.line('There was no work yet.')
    return terminal.next('seaworthy push model.onnx --data train.parquet', 'seaworthy train --data train.parquet')
  }
  const rows = jobs.map((job) => [
    job.id,
    job.kind,
    stateOf(job),
    readableTime(job.createdAt),
    tookOf(job),
    readableValue(job.error?.message ?? job.note, 200),
  ])
  await terminal.table(
    ['job', 'kind', 'state', 'begun (UTC)', { title: 'took', optional: true }, { title: 'last', widthMin: 16, optional: true }],
    rows,
  )
  const failed = jobs.find(({ state }) => state === 'failed')
  if (failed !== undefined) terminal.next(`seaworthy jobs ${failed.id}`)
}

function tellOne(job: Job, { terminal }: CommandContext): void {
  const { id, kind, createdAt, attempt, note, error } = job
  terminal.pairs([
    ['job', id],
    ['kind', kind],
    ['state', stateOf(job)],
    ['begun', `${readableTime(createdAt)} UTC`],
    ['took', tookOf(job)],
    ...(attempt > 1 ? ([['attempt', String(attempt)]] as const) : []),
    ...(note === undefined || error !== undefined ? [] : ([['last', note]] as const)),
  ])
  if (error === undefined) return
  const [first = '', ...more] = error.message.split('\n').map(plainLine)
  terminal.line(`\n${terminal.tone('✗', 'bad')} ${first}`)
  for (const line of [...more, ...(error.hint?.split('\n').map(plainLine) ?? [])]) terminal.line(`  ${line}`)
}

const stateOf = ({ state }: Job): Cell => ({
  text: state,
  tone: state === 'succeeded' ? 'good' : state === 'failed' ? 'bad' : 'open',
})

/** How long it took, or how far it is. */
function tookOf({ createdAt, finishedAt, done, total }: Job): string {
  if (finishedAt !== undefined) return readableDuration(finishedAt - createdAt)
  return total > 0 ? `${Math.floor((100 * done) / total)} %` : ''
}

/** Waits for work that takes a while, shows how far it is, and stops it when the user leaves. */
import type { Client } from '@seaworthy/api/client'
import { cancelJob, getJob, type Job } from '@seaworthy/api/platform'
import { ApiProblem } from '@seaworthy/api/problem'
import { JobCancelled } from '../../platform/jobs/errors.ts'
import type { CommandContext } from './define-command.ts'

const WAIT_MS = 10_000
/** Longest wait for a job to reach a safe point after it was told to stop. */
const CANCEL_MS_MAX = 15_000

/** Result of the job. Throws its failure as the server's problem, JobCancelled, and what the signal was aborted with. */
export async function followJob(
  client: Client,
  job: string,
  label: string,
  { terminal, signal }: Pick<CommandContext, 'terminal' | 'signal'>,
): Promise<unknown> {
  const progress = terminal.progress(label)
  let seen = ''
  try {
    for (;;) {
      const now = await client.call(getJob, { params: { job }, query: { waitMs: WAIT_MS, seen }, signal })
      progress.update(now.done, now.total, now.note === label ? undefined : now.note)
      if (now.state === 'succeeded') return now.result
      if (now.state === 'failed') throw problemOf(now)
      if (now.state === 'cancelled') throw new JobCancelled({ id: job })
      seen = stampOf(now)
    }
  } catch (error) {
    if (signal.aborted) await cancel(client, job)
    throw error
  } finally {
    progress.end()
  }
}

const stampOf = ({ state, done, note }: Job) => `${state}/${done}/${note ?? ''}`.slice(0, 200)

function problemOf({ id, error }: Job): ApiProblem {
  const { code, message, status, hint, details } = error ?? { code: 'JOB_FAILED', message: `The job "${id}" failed.` }
  return new ApiProblem({
    type: 'about:blank',
    title: 'job failed',
    status: status ?? 422,
    code,
    detail: message,
    ...(hint === undefined ? {} : { hint }),
    details,
  })
}

async function cancel(client: Client, job: string): Promise<void> {
  const deadline = Date.now() + CANCEL_MS_MAX
  try {
    let { state } = await client.call(cancelJob, { params: { job } })
    while ((state === 'queued' || state === 'running') && Date.now() < deadline)
      ({ state } = await client.call(getJob, { params: { job }, query: { waitMs: 1_000 } }))
  } catch {
    // The server is gone, and with it the work; the next start takes it up or lets it be.
  }
}

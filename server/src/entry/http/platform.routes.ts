import { cancelJob, findUpload, getJob, getServer, type Job, listJobs, uploadFile } from '@seaworthy/api/platform'
import path from 'node:path'
import { isFinished, type JobRecord } from '../../platform/jobs/job-record.ts'
import { type ControlServices, route } from './services.ts'

const WATCH_STEP_MS = 40
/** Callers that wait for a job at once; one more is answered without waiting. */
const WAITERS_MAX = 256
const waiting = new WeakMap<ControlServices, number>()

export const platformRoutes = [
  route(getServer, async (_, { about }) => ({ program: 'seaworthy' as const, ...about, home: path.resolve(about.home) })),
  route(uploadFile, ({ bytes }, { blobs, uploadBytesMax }) => blobs.put(bytes, uploadBytesMax)),
  route(findUpload, async ({ params }, { blobs }) => ({ found: (await blobs.find(params.digest)) !== undefined })),
  route(getJob, async ({ params, query, signal }, services) =>
    wireJob(await nextChange(params.job, query, AbortSignal.any([signal, services.stopping]), services)),
  ),
  route(listJobs, async ({ query: { limit, cursor } }, { jobs }) => {
    const found = await jobs.list({ limit: limit + 1, cursor })
    const items = found.slice(0, limit).map(wireJob)
    return found.length > limit ? { items, next: items.at(-1)!.id } : { items }
  }),
  route(cancelJob, async ({ params }, { jobs }) => wireJob(await jobs.cancel(params.job))),
]

/** The job as it is now, or after the first change that the caller has not seen, or when the time is over. */
async function nextChange(
  id: string,
  { waitMs, seen }: { readonly waitMs: number; readonly seen?: string | undefined },
  signal: AbortSignal,
  services: ControlServices,
): Promise<JobRecord> {
  const waiters = waiting.get(services) ?? 0
  const first = await services.jobs.get(id)
  if (waitMs === 0 || waiters >= WAITERS_MAX) return first
  waiting.set(services, waiters + 1)
  try {
    const known = seen ?? stampOf(first)
    const deadline = Date.now() + waitMs
    for (let job = first; ; job = await services.jobs.get(id)) {
      if (isFinished(job.state) || stampOf(job) !== known || signal.aborted || Date.now() >= deadline) return job
      await new Promise((resolve) => setTimeout(resolve, WATCH_STEP_MS))
    }
  } finally {
    waiting.set(services, (waiting.get(services) ?? 1) - 1)
  }
}

const stampOf = ({ state, done, note }: JobRecord) => `${state}/${done}/${note ?? ''}`.slice(0, 200)

const wireJob = (job: JobRecord): Job => ({
  id: job.id,
  kind: job.kind,
  state: job.state,
  done: job.done,
  total: job.total,
  ...(job.note === undefined ? {} : { note: job.note }),
  ...(job.result === undefined ? {} : { result: job.result }),
  ...(job.error === undefined ? {} : { error: { ...job.error } }),
  attempt: job.attempt,
  createdAt: job.createdAt,
  ...(job.finishedAt === undefined ? {} : { finishedAt: job.finishedAt }),
})

/** Calls that belong to no layer: what this server is, files on their way in, and work that takes a while. */
import { z } from 'zod'
import { defineEndpoint, Digest, PageQuery, pageOf, TimeMs } from './endpoint.ts'

export const getServer = defineEndpoint({
  id: 'getServer',
  method: 'GET',
  path: '/v1/server',
  summary: 'What this server is, where its state lies and what it serves',
  layer: 'platform',
  reply: z.object({
    program: z.literal('seaworthy'),
    version: z.string(),
    home: z.string(),
    pid: z.int(),
    startedAt: TimeMs,
    database: z.enum(['sqlite', 'postgres']),
  }),
})

export const Upload = z.object({ digest: Digest, bytes: z.int() })
export const uploadFile = defineEndpoint({
  id: 'uploadFile',
  method: 'POST',
  path: '/v1/uploads',
  summary: 'Bring a file; it is kept under the sha256 of its content',
  layer: 'platform',
  body: 'bytes',
  reply: Upload,
})
export const findUpload = defineEndpoint({
  id: 'findUpload',
  method: 'GET',
  path: '/v1/uploads/:digest',
  summary: 'Is a file with this digest here already?',
  layer: 'platform',
  params: z.object({ digest: Digest }),
  reply: z.object({ found: z.boolean() }),
})

/** Why a job failed: what a call that is refused answers with, as far as it is kept. */
export const JobFailure = z.looseObject({
  code: z.string(),
  message: z.string(),
  status: z.int().optional().describe('HTTP status of the error.'),
  hint: z.string().optional(),
})
export type JobFailure = z.infer<typeof JobFailure>
export const Job = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
  done: z.number(),
  total: z.number(),
  note: z.string().optional(),
  result: z.unknown().optional(),
  error: JobFailure.optional(),
  attempt: z.int(),
  createdAt: TimeMs,
  finishedAt: TimeMs.optional(),
})
export type Job = z.infer<typeof Job>

const JobParams = z.object({ job: z.string().min(1).max(64) })
export const getJob = defineEndpoint({
  id: 'getJob',
  method: 'GET',
  path: '/v1/jobs/:job',
  summary: 'State and progress of a job; with `waitMs` the answer comes at the next change or when the time is over',
  layer: 'platform',
  params: JobParams,
  query: z.object({
    waitMs: z.coerce.number().int().min(0).max(20_000).default(0),
    seen: z.string().max(200).optional().describe('`state/done/note` that the caller knows already.'),
  }),
  reply: Job,
})
export const listJobs = defineEndpoint({
  id: 'listJobs',
  method: 'GET',
  path: '/v1/jobs',
  summary: 'Jobs, newest first',
  layer: 'platform',
  query: PageQuery,
  reply: pageOf(Job),
})
export const cancelJob = defineEndpoint({
  id: 'cancelJob',
  method: 'POST',
  path: '/v1/jobs/:job/cancel',
  summary: 'Stop a job at its next safe point',
  layer: 'platform',
  params: JobParams,
  reply: Job,
})
/** What every call that takes a while answers with: where to look how it goes. */
export const Accepted = z.object({ job: z.string() })

import type { Client } from '@seaworthy/api/client'
import { listAudit, verifyAudit } from '@seaworthy/api/collaboration'
import { runCheck } from '@seaworthy/api/evolution'
import { listModels, pushVersion, trainModel } from '@seaworthy/api/model'
import { listPredictions } from '@seaworthy/api/operations'
import { cancelJob, findUpload, getJob, getServer, listJobs, uploadFile } from '@seaworthy/api/platform'
import { ApiProblem } from '@seaworthy/api/problem'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConfigSchema } from '../config/config.ts'
import { followJob } from '../entry/cli/follow-job.ts'
import { reportError } from '../entry/cli/report-error.ts'
import { createTerminal } from '../entry/cli/terminal.ts'
import { silentLog } from '../kernel/log.ts'
import { type OpenedControlPlane, openLocalControlPlane } from './local-control-plane.ts'

let home = ''
let opened: OpenedControlPlane
let client: Client
const options = () => ({
  version: '1.2.3',
  config: ConfigSchema.parse({ SEAWORTHY_UPLOAD_BYTES_MAX: '1048576' }),
  home,
  log: silentLog,
  environment: {},
  actor: 'Zoë',
  signal: new AbortController().signal,
})
beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'seaworthy-control-'))
  opened = await openLocalControlPlane(options())
  ;({ client } = opened)
})
afterAll(async () => {
  await opened.close()
  rmSync(home, { recursive: true, force: true })
})

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'no problem',
    (error: unknown) => (error instanceof ApiProblem ? error.problem.code : String(error)),
  )
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const NOTHING = { digest: '0'.repeat(64), name: 'model.onnx' }

test('the server says what it is', async () => {
  expect(await client.call(getServer)).toMatchObject({ program: 'seaworthy', version: '1.2.3', home, database: 'sqlite' })
})

test('a file is kept under its digest, streamed or whole, up to the limit', async () => {
  const bytes = new Uint8Array(300_000).fill(7)
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.subarray(0, 100_000))
      controller.enqueue(bytes.subarray(100_000))
      controller.close()
    },
  })
  const digest = digestOf(bytes)
  expect(await client.call(findUpload, { params: { digest } })).toEqual({ found: false })
  expect(await client.send(uploadFile, stream)).toEqual({ digest, bytes: 300_000 })
  expect(await client.call(findUpload, { params: { digest } })).toEqual({ found: true })
  expect(await codeOf(client.send(uploadFile, new Uint8Array(1_048_577)))).toMatch(/TOO_LARGE/)
})

test('work is followed by long polls: the answer comes with the change', async () => {
  const { job } = await client.call(pushVersion, { params: { model: 'none' }, body: { model: NOTHING } })
  let seen = ''
  for (;;) {
    const now = await client.call(getJob, { params: { job }, query: { waitMs: 5_000, seen } })
    seen = `${now.state}/${now.done}/${now.note ?? ''}`
    if (now.state !== 'failed') continue
    expect(now.error).toMatchObject({ code: 'BLOB_MISSING', status: 404 })
    break
  }
  expect((await client.call(listJobs, { query: { limit: 1 } })).items[0]).toMatchObject({ id: job, kind: 'version.push' })
  expect(await client.call(cancelJob, { params: { job } })).toMatchObject({ state: 'failed' })
  expect(await codeOf(client.call(getJob, { params: { job: 'no-such' } }))).toBe('JOB_NOT_FOUND')
})

test('a command whose job did not find something ends as if it had not found it itself', async () => {
  const { job } = await client.call(pushVersion, { params: { model: 'none' }, body: { model: NOTHING } })
  let stderr = ''
  const out = { write: (text: string) => (stderr += text) }
  const terminal = createTerminal(out, { color: false, quiet: true })
  const context = { terminal, signal: new AbortController().signal }
  const failure = await followJob(client, job, 'packaging', context).catch((error: unknown) => error)
  expect(reportError(failure, { json: false, stdout: out, stderr: out, color: false, showsStacks: false })).toBe(4)
  expect(stderr).toMatch(/no file with the digest/)
})

test('what is wrong with a request is told at once, before any work is queued', async () => {
  const contract = 'name: none\nservng: {}\n'
  const before = await client.call(listJobs)
  const model = { params: { model: 'none' } }
  expect(await codeOf(client.call(pushVersion, { ...model, body: { model: NOTHING, contract } }))).toBe('CONTRACT_INVALID')
  const training = { data: NOTHING, contract, folder: '/', seed: 1, warm: false }
  expect(await codeOf(client.call(trainModel, { ...model, body: training }))).toBe('CONTRACT_INVALID')
  expect(await codeOf(client.call(runCheck, { params: { model: 'none', version: 1 }, body: {} }))).toBe('MODEL_NOT_FOUND')
  expect(await codeOf(client.call(listPredictions, { params: { deployment: 'none' } }))).toBe('DEPLOYMENT_NOT_FOUND')
  expect(await client.call(listJobs)).toEqual(before)
})

test('one folder has one owner, and it is free again when that one is done', async () => {
  expect(await client.call(verifyAudit)).toMatchObject({ whole: true })
  const impatient = { ...options(), signal: AbortSignal.timeout(300) }
  await expect(openLocalControlPlane(impatient)).rejects.toThrow()
  await opened.close()
  opened = await openLocalControlPlane(options())
  ;({ client } = opened)
  expect((await client.call(listModels)).items).toEqual([])
  expect((await client.call(listAudit)).items).toEqual([])
})

/**
 * `kill -9` again and again, under load, at random moments: what was acknowledged is there, what is there is whole.
 * SEAWORTHY_TEST_CRASHES sets how often; the acceptance of the project is 50, a usual test run does fewer.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createClient } from '@seaworthy/api/client'
import { verifyAudit } from '@seaworthy/api/collaboration'
import { listVersions, setAlias } from '@seaworthy/api/model'
import { listPredictions } from '@seaworthy/api/operations'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runWell, startProgram } from '../fixtures/program.ts'
import { createProject } from '../fixtures/project.ts'

const CRASHES = Number(process.env['SEAWORTHY_TEST_CRASHES'] ?? 6)
const LIFE_MS_MAX = 400
const CLIENTS = 8
const env = { SEAWORTHY_JOURNAL_SYNC: 'always', SEAWORTHY_JOURNAL_SEGMENT_BYTES_MAX: '65536' }

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-crash-'))
  await createProject(folder, { name: 'crash' })
  await runWell(['push', 'model.onnx', '--data', 'train.parquet'], { cwd: folder })
  await runWell(['check', 'crash@1'], { cwd: folder })
  await runWell(['launch', 'crash@1', '--no-start'], { cwd: folder })
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test(
  `a server killed ${CRASHES} times under load keeps registry, audit and every acknowledged prediction`,
  async () => {
    const acknowledged = new Set<string>()
    for (let crash = 0; crash < CRASHES; crash++) {
      const server = await startProgram({ cwd: folder, env })
      const over = new AbortController()
      const clients = Array.from({ length: CLIENTS }, () => predictUntil(server.url, over.signal, acknowledged))
      const changes = changeUntil(server.url, over.signal, crash)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LIFE_MS_MAX))
      await server.stop('SIGKILL')
      over.abort()
      await Promise.all([...clients, changes])
    }
    expect(acknowledged.size).toBeGreaterThan(CRASHES)

    const server = await startProgram({ cwd: folder, env })
    const client = createClient({ baseUrl: server.url })
    expect(await client.call(verifyAudit)).toMatchObject({ whole: true })
    const versions = await client.call(listVersions, { params: { model: 'crash' } })
    expect(versions.items.map(({ version }) => version)).toEqual([1])
    const journaled = new Set<string>()
    let doubles = 0
    let cursor: string | undefined
    do {
      const page = await client.call(listPredictions, {
        params: { deployment: 'crash' },
        query: { limit: 1_000, ...(cursor === undefined ? {} : { cursor }) },
      })
      for (const { id } of page.items) {
        if (journaled.has(id)) doubles += 1
        journaled.add(id)
      }
      cursor = page.next
    } while (cursor !== undefined)
    await server.stop()
    expect([...acknowledged].filter((id) => !journaled.has(id))).toEqual([])
    expect(doubles).toBe(0)
  },
  30_000 + CRASHES * 5_000,
)

/** One client that asks without pause and notes the id of each prediction whose answer arrived whole. */
async function predictUntil(url: string, signal: AbortSignal, acknowledged: Set<string>): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  while (!signal.aborted) {
    const reply = await post(agent, `${url}/v1/deployments/crash/predict`).catch(() => undefined)
    if (reply === undefined) break
    if (reply.status === 200)
      for (const { id } of (JSON.parse(reply.body) as { predictions: { id: string }[] }).predictions) acknowledged.add(id)
  }
  agent.destroy()
}

/** Changes of state meanwhile, so that a crash can fall into one of their transactions. */
async function changeUntil(url: string, signal: AbortSignal, crash: number): Promise<void> {
  const client = createClient({ baseUrl: url, actor: 'crash-test' })
  for (let i = 0; !signal.aborted; i++)
    await client
      .call(setAlias, { params: { model: 'crash', alias: `mark-${i % 3}` }, body: { version: 1, reason: `crash ${crash}` } })
      .catch(() => new Promise((resolve) => setTimeout(resolve, 5)))
}

const BODY = JSON.stringify({ instances: [{ hour: 9, weekday: 2, distance: 590, origin: 'LAS', destination: 'SFO' }] })
const post = (agent: http.Agent, url: string) =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(BODY) }
    const request = http.request(url, { method: 'POST', agent, headers }, (reply) => {
      const chunks: Buffer[] = []
      reply.on('data', (chunk: Buffer) => chunks.push(chunk))
      reply.on('error', reject)
      reply.on('end', () =>
        reply.complete
          ? resolve({ status: reply.statusCode ?? 0, body: Buffer.concat(chunks).toString() })
          : reject(new Error('cut')),
      )
    })
    request.on('error', reject)
    request.end(BODY)
  })

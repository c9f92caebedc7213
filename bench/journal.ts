/**
 * What the journal costs. Prints one line per claim:
 *   accept      time that answering a request spends in the journal, on the main thread, everything included
 *   throughput  records a second until they are on the disk
 *   always      records a second, and the wait, when each answer waits for the disk
 * The bare figure is the same loop without a journal. Run: node bench/journal.ts [requests]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { createJournal, type Journal } from '../server/src/layers/operations/journal-plane.ts'

const REQUESTS = Number(process.argv[2] ?? 400_000)
/** Requests a turn of the event loop, and turns a second: 25,000 requests a second, as one busy core answers. */
const PER_TURN = 32
const REQUESTS_PER_SECOND = 25_000

const instances = '{"instances":[{"hour":9,"weekday":2,"distance":590,"origin":"LAS","destination":"SFO"}]}'
const replyOf = (i: number) =>
  `{"requestId":"r${i}","deployment":"bench","model":"flight-delay","version":1,"variant":"champion","predictions":[{"id":"${String(i).padStart(24, '0')}","output":{"late":0.2312}}]}`
const servedOf = (i: number) => ({
  requestId: `r${i}`,
  deployment: 'bench',
  model: 'flight-delay',
  version: 1,
  variant: 'champion',
  timeMs: Date.now(),
  latencyMs: 0.4,
  caller: 'bench',
  instances,
  reply: replyOf(i),
})
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const say = (name: string, text: string) => process.stdout.write(`${name.padEnd(12)}${text}\n`)

async function withJournal(sync: 'interval' | 'always', run: (journal: Journal) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-bench-'))
  const MiB = 1024 * 1024
  const journal = createJournal({
    folder,
    sync,
    syncMs: 50,
    bufferBytesMax: 256 * MiB,
    segmentBytesMax: 64 * MiB,
    segmentMsMax: 300_000,
  })
  try {
    await run(journal)
  } finally {
    await journal.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** CPU time of the main thread, in nanoseconds a request, while requests come at a steady rate. */
async function steady(journal: Journal | undefined): Promise<number> {
  const requests = REQUESTS_PER_SECOND * 4

  const cpuBefore = process.threadCpuUsage()
  const start = performance.now()
  for (let sent = 0; sent < requests;) {
    for (let i = 0; i < PER_TURN; i++, sent++) {
      const served = servedOf(sent)
      void journal?.accept(served)
    }
    const dueMs = (sent / REQUESTS_PER_SECOND) * 1_000
    if (dueMs > performance.now() - start + 1) await sleep(dueMs - (performance.now() - start))
    else await turn()
  }

  const cpu = process.threadCpuUsage(cpuBefore)
  return ((cpu.user + cpu.system) * 1_000) / requests
}

async function flood(journal: Journal): Promise<void> {
  const start = performance.now()
  for (let sent = 0; sent < REQUESTS;) {
    for (let i = 0; i < 512; i++, sent++) void journal.accept(servedOf(sent))
    await turn()
  }
  const acceptMs = performance.now() - start
  await journal.flush()
  const ms = performance.now() - start
  const { stored, dropped } = journal.health()
  say(
    'throughput',
    `${Math.round((stored / ms) * 1_000)} records/s to the disk, ${dropped} dropped, accepted in ${Math.round(acceptMs)} ms`,
  )
}

async function waiting(journal: Journal, inFlight: number): Promise<void> {
  const waits: number[] = []
  const until = performance.now() + 2_000
  const client = async () => {
    while (performance.now() < until) {
      const start = performance.now()
      await journal.accept(servedOf(waits.length))
      waits.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, client))
  waits.sort((a, b) => a - b)
  const at = (share: number) => waits[Math.floor(waits.length * share)]!.toFixed(2)
  say('always', `${inFlight} in flight: ${Math.round(waits.length / 2)} records/s, wait p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`)
}

await steady(undefined)
const bare = await steady(undefined)
await withJournal('interval', async (journal) => {
  await steady(journal)
  const ours = await steady(journal)
  const share = ((ours - bare) / (1e9 / REQUESTS_PER_SECOND)) * 100
  say(
    'accept',
    `${Math.round(ours - bare)} ns a request on the main thread at ${REQUESTS_PER_SECOND} requests/s (${share.toFixed(1)} % of the core); bare loop ${Math.round(bare)} ns`,
  )
})
await withJournal('interval', flood)
for (const inFlight of [1, 32, 256]) await withJournal('always', (journal) => waiting(journal, inFlight))

/**
 * What it costs to serve a model well. On one pinned core, one after the other in interleaved rounds:
 *
 *   bare      node:http that parses the request and answers the same JSON, no model, no check
 *   model     the same, with the model called once per request
 *   ours      validation, batching, ids, limits
 *   journal   ours, with every prediction written to the journal
 *
 * and the load from the other core. Claims: ours is at least 0.7 of bare at 32 connections; the journal costs at most 10 %.
 *
 *     node bench/serving-overhead.ts [--rounds 5] [--seconds 3] [--connections 32]
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { runLoad } from './keep-alive-load.ts'
import { treesSample } from '../server/test/fixtures/synthetic-trees.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    kinds: { type: 'string', default: 'bare,model,ours,journal' },
  },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
const connections = Number(values.connections)
const KINDS = values.kinds.split(',')
const RATIO_MIN = 0.7
const JOURNAL_COST_MAX = 0.1

const canPin = os.availableParallelism() > 1 && spawnSync('taskset', ['-acp', '1', String(process.pid)]).status === 0
const folder = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-bench-'))
const bodies = treesSample.map((instance) => JSON.stringify({ instances: [instance] }))

interface Server {
  readonly port: number
  /** Processor time used so far by all its threads, in microseconds; NaN where the system does not say. */
  cpuMicros(): number
  stop(): Promise<void>
}

function startServer(kind: string): Promise<Server> {
  const script = path.join(import.meta.dirname, 'serving-overhead-server.ts')
  const command = [process.execPath, script, kind, path.join(folder, kind)]
  const pinned = canPin ? ['taskset', '-c', '0', ...command] : command
  const child = spawn(pinned[0]!, pinned.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the ${kind} server ended with ${code}`)))
    child.stdout.once('data', (text: Buffer) =>
      resolve({
        port: Number(text.toString().trim()),
        cpuMicros: () => cpuMicrosOf(child.pid),
        stop: () => {
          child.kill('SIGTERM')
          return gone
        },
      }),
    )
  })
}

/** Fields 14 and 15 of /proc/PID/stat: user and system time in hundredths of a second. */
function cpuMicrosOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10_000
  } catch {
    return Number.NaN
  }
}

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!
const spread = (numbers: readonly number[]) => `${Math.min(...numbers).toFixed(2)} … ${Math.max(...numbers).toFixed(2)}`

const rates = new Map<string, number[]>(KINDS.map((kind) => [kind, []]))
const costs = new Map<string, number[]>(KINDS.map((kind) => [kind, []]))
const latencies = new Map<string, string>()
const load = (port: number, time: number) =>
  runLoad({ port, path: '/v1/deployments/flight-delay/predict', bodies, connections, seconds: time })

try {
  for (let round = 0; round < rounds; round++)
    for (const kind of KINDS) {
      const server = await startServer(kind)
      await load(server.port, 1)
      const before = server.cpuMicros()
      const result = await load(server.port, seconds)
      costs.get(kind)!.push((server.cpuMicros() - before) / result.requests)
      if (result.failures > 0) throw new Error(`${kind}: ${result.failures} requests failed`)
      rates.get(kind)!.push(result.requestsPerSecond)
      latencies.set(kind, `p50 ${result.latencyMsP50.toFixed(2)} ms, p99 ${result.latencyMsP99.toFixed(2)} ms`)
      await server.stop()
    }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

console.log(
  `${connections} connections, ${rounds} rounds of ${seconds} s, ${canPin ? 'server on core 0, load on core 1' : 'NOT pinned'}`,
)
for (const kind of KINDS)
  console.log(
    `${kind.padEnd(8)} ${Math.round(median(rates.get(kind)!))
      .toString()
      .padStart(7)} requests/s   ${median(costs.get(kind)!).toFixed(1)} µs of processor a request   ${latencies.get(kind)}`,
  )

/** Ratios within a round, because both halves of a ratio should have met the same weather. */
function ratio(of: string, to: string): number | undefined {
  const [above, below] = [rates.get(of), rates.get(to)]
  if (above === undefined || below === undefined) return undefined
  const ratios = above.map((rate, round) => rate / below[round]!)
  const byCost = costs.get(of)!.map((cost, round) => costs.get(to)![round]! / cost)
  console.log(
    `${of} / ${to}: ${median(ratios).toFixed(3)} (${spread(ratios)}); by processor time ${median(byCost).toFixed(3)} (${spread(byCost)})`,
  )
  return median(ratios)
}
const ours = ratio('ours', 'bare')
const kept = ratio('journal', 'ours')
const whole = ratio('journal', 'bare')
ratio('ours', 'model')
const holds = (whole ?? ours ?? 1) >= RATIO_MIN && (kept ?? 1) >= 1 - JOURNAL_COST_MAX
console.log(
  `claim (journal on: at least ${RATIO_MIN} of bare; journal costs at most ${JOURNAL_COST_MAX * 100} %): ${holds ? 'holds' : 'DOES NOT HOLD'}`,
)
process.exitCode = holds ? 0 : 1

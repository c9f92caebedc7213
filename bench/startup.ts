/**
 * How long `seaworthy serve` takes from the start of the process to the first answer, and what it imports on the way.
 * Claims: under half a second for a 100-tree model; no database, no DuckDB, no user interface among the modules.
 *
 *     node bench/startup.ts [--rounds 7]
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { openSigningKey } from '../server/src/platform/keys/signing-key.ts'
import { treesFiles, writePackage } from '../server/test/fixtures/sealed-package.ts'
import { treesSample } from '../server/test/fixtures/synthetic-trees.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } })
const READY_MS_MAX = 500
const BANNED = ['kysely', '@duckdb', 'pg', 'web', 'zod', 'pino', 'fastify', '@scalar', 'commander', 'prom-client']
const ROOT = path.resolve(import.meta.dirname, '..')

const folder = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-startup-'))
writePackage(path.join(folder, 'package'), await openSigningKey(path.join(folder, 'key')), treesFiles(100, 7, 6))

/** Runs one server process until it answers a prediction; returns the time and the modules it had loaded. */
function start(): Promise<{ readonly ms: number; readonly modules: readonly string[] }> {
  const began = performance.now()
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'startup-server.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    let text = ''
    let ms = Number.NaN
    child.once('error', reject)
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (!Number.isNaN(ms) || !text.includes('\n')) return
      void predict(Number(text.split('\n')[0])).then(() => {
        ms = performance.now() - began
        child.kill('SIGTERM')
      }, reject)
    })
    child.once('exit', () => resolve({ ms, modules: JSON.parse(text.split('\n')[1] ?? '[]') as string[] }))
  })
}

async function predict(port: number): Promise<void> {
  const body = JSON.stringify({ instances: [treesSample[0]] })
  const response = await fetch(`http://127.0.0.1:${port}/v1/deployments/flight-delay/predict`, { method: 'POST', body })
  if (response.status !== 200) throw new Error(await response.text())
}

const packageOf = (file: string) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file.slice(file.lastIndexOf('node_modules')))?.[1]

try {
  const times: number[] = []
  let modules: readonly string[] = []
  for (let round = 0; round < Number(values.rounds); round++) {
    const result = await start()
    times.push(result.ms)
    modules = result.modules
  }
  times.sort((a, b) => a - b)
  const packages = new Map<string, number>()
  for (const file of modules) {
    const name = packageOf(file)
    if (name !== undefined) packages.set(name, (packages.get(name) ?? 0) + 1)
  }
  const ours = modules.filter((file) => packageOf(file) === undefined)
  const banned = [...packages.keys()].filter((name) => BANNED.some((one) => name === one || name.startsWith(`${one}/`)))
  const median = times[Math.floor(times.length / 2)]!
  console.log(
    `process start to first prediction: median ${median.toFixed(0)} ms (${times[0]!.toFixed(0)} … ${times.at(-1)!.toFixed(0)})`,
  )
  console.log(
    `modules: ${ours.length} of ours; ${[...packages].map(([name, count]) => `${name} ${count}`).join(', ') || 'no package'}`,
  )
  console.log(`banned from the data plane: ${banned.length === 0 ? 'none loaded' : banned.join(', ')}`)
  const foreign = ours.filter((file) => /\/(web|platform\/db)\//.test(path.relative(ROOT, file)))
  if (foreign.length > 0) console.log(`layers that do not belong here: ${foreign.join(', ')}`)
  process.exitCode = median <= READY_MS_MAX && banned.length === 0 && foreign.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

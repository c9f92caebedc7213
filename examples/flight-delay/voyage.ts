/**
 * The first voyage: a model goes from a training script to live traffic, on real flights, by the commands a user types.
 * State lies in `.seaworthy` beside this file; each step that is there already is kept, so that the voyage can be stopped
 * at any moment and goes on where it was.
 *
 *   npm start                continues, or asks on a terminal whether to start over
 *   npm start -- --fresh     starts over
 *   npm start -- --exit      stops the server at the end instead of staying up
 */
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { createClient } from '@seaworthy/api/client'
import { listChecks } from '@seaworthy/api/evolution'
import { listVersions } from '@seaworthy/api/model'
import { recordOutcomes } from '@seaworthy/api/operations'
import { listDeployments } from '@seaworthy/api/serving'
import { bold, chapter, CommandFailed, createProgress, dim, number, runCommand, say, startCommand } from './stage.ts'
import { type Answer, quantile, readFlights, sendFlights } from './traffic.ts'

const FOLDER = import.meta.dirname
const HOME = path.join(FOLDER, '.seaworthy')
const DATA = path.join(FOLDER, '.data')
const FLIGHTS_SENT = 20_000
const CREWS = 32
const OUTCOMES_AT_ONCE = 10_000
const SERVER_START_MS_MAX = 30_000

const { values: flags } = parseArgs({
  options: { fresh: { type: 'boolean' }, continue: { type: 'boolean' }, exit: { type: 'boolean' } },
})
const startedAt = Date.now()
const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())

say(bold('Seaworthy: the first voyage'))
say(
  dim(
    '3,000,000 real US flights of 2001. A model that tells the gate crew, when a flight departs, how likely it is to arrive late.',
  ),
)

try {
  await chooseStart()
  await sail()
} catch (error) {
  if (stop.signal.aborted) say(`\nStopped. Nothing is broken: ${bold('npm start')} goes on from here.`)
  else if (error instanceof CommandFailed) {
    say(`\n✗ ${error.message} What it said is above; ${bold('npm start')} tries again from here.`)
    process.exitCode = 1
  } else throw error
}

async function chooseStart(): Promise<void> {
  if (!existsSync(HOME)) return
  let fresh = flags.fresh === true
  if (!fresh && flags.continue !== true && process.stdin.isTTY && process.stdout.isTTY) {
    const terminal = createInterface({ input: process.stdin, output: process.stdout })
    const answer = await terminal.question('\nA voyage is under way here. [c]ontinue or start [o]ver? ', { signal: stop.signal })
    terminal.close()
    fresh = /^o/i.test(answer.trim())
  }
  if (fresh) rmSync(HOME, { recursive: true, force: true })
  say(dim(fresh ? '\nStarting over.' : '\nContinuing the voyage that is under way; `npm start -- --fresh` starts over.'))
}

async function sail(): Promise<void> {
  const { server, url } = await startServer()
  try {
    const tables = await prepareData()
    await makeModel(url, tables)
    await launch(url)
    const answers = await predict(url, tables.live)
    await tellOutcomes(url, answers)
    await look()
    await finish(url, server)
  } finally {
    await endServer(server)
  }
}

type Server = ReturnType<typeof startCommand>

async function startServer(): Promise<{ server: Server; url: string }> {
  chapter(1, 'A server for this folder')
  mkdirSync(HOME, { recursive: true })
  const log = openSync(path.join(HOME, 'server.log'), 'a')
  const port = process.env['SEAWORTHY_HTTP_PORT'] ?? '8080'
  say(dim(`  $ npx seaworthy start --port ${port}`))
  const server = startCommand(['start', '--port', port], { cwd: FOLDER, stdio: log })
  const deadline = Date.now() + SERVER_START_MS_MAX
  for (;;) {
    stop.signal.throwIfAborted()
    const url = addressOf(server)
    if (url !== undefined) {
      say(`  ✓ up at ${bold(url)} after ${number((Date.now() - startedAt) / 1_000, 1)} s`)
      return { server, url }
    }
    if (server.exitCode !== null || Date.now() > deadline)
      throw new CommandFailed(`The server did not start; the reason is at the end of ${path.join(HOME, 'server.log')}.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The server writes its address beside its state once it answers. */
function addressOf(server: Server): string | undefined {
  try {
    const file = JSON.parse(readFileSync(path.join(HOME, 'server.json'), 'utf8')) as { pid: number; url: string }
    return file.pid === server.pid ? file.url : undefined
  } catch {
    return undefined
  }
}

async function endServer(server: Server): Promise<void> {
  if (server.exitCode !== null) return
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  await ended
}

async function prepareData() {
  chapter(2, 'Real data')
  const { prepare } = await import('./prepare.ts')
  const tables = await prepare(DATA)
  for (const { name, rows, lateShare } of tables)
    say(`  ✓ ${name.padEnd(20)} ${number(rows).padStart(8)} flights, ${number(lateShare * 100, 1)} % late`)
  const fileOf = (name: string) => tables.find((table) => table.name === name)!.file
  return { train: fileOf('january'), evaluation: fileOf('february-first-half'), live: fileOf('february-live') }
}

async function makeModel(url: string, tables: { train: string; evaluation: string }): Promise<void> {
  chapter(3, 'Train on January, and keep the result as version 1')
  const known = await createClient({ baseUrl: url })
    .call(listVersions, { params: { model: 'flight-delay' } })
    .catch(() => undefined)
  if (known !== undefined && known.items.length > 0) {
    say(`  ✓ flight-delay has ${known.items.length} version(s) already`)
    return
  }
  const local = (file: string) => path.relative(FOLDER, file)
  await run('train', '--data', local(tables.train), '--evaluation', local(tables.evaluation))
}

async function launch(url: string): Promise<void> {
  const client = createClient({ baseUrl: url })
  chapter(4, 'Check it against the contract')
  const of = { params: { model: 'flight-delay', version: 1 } }
  const checks = await client.call(listChecks, of)
  if (checks.items.some(({ verdict }) => verdict === 'pass')) say('  ✓ version 1 has a passing check already')
  else await run('check', 'flight-delay@1')
  chapter(5, 'Launch it')
  const deployments = await client.call(listDeployments)
  if (deployments.items.some(({ name, state }) => name === 'flight-delay' && state === 'live'))
    say('  ✓ flight-delay is live already')
  else await run('launch', 'flight-delay@1')
}

async function predict(url: string, live: string): Promise<readonly Answer[]> {
  chapter(6, 'Real traffic: February, one flight a request')
  const flights = await readFlights(live, FLIGHTS_SENT)
  const progress = createProgress('sent')
  const report = await sendFlights(`${url}/v1/deployments/flight-delay/predict`, flights, {
    crews: CREWS,
    signal: stop.signal,
    onProgress: (done) => progress.show(`${number(done)} of ${number(flights.length)}`),
  })
  stop.signal.throwIfAborted()
  const latencies = report.answers.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b)
  progress.done(
    `✓ ${number(report.answers.length)} answered, ${report.refused} refused, in ${number(report.seconds, 1)} s: ` +
      `${number(report.answers.length / report.seconds)} a second, p50 ${number(quantile(latencies, 0.5), 1)} ms, p99 ${number(quantile(latencies, 0.99), 1)} ms`,
  )
  const byRisk = report.answers.toSorted((a, b) => b.probability - a.probability)
  const tenth = Math.floor(byRisk.length / 10)
  const lateIn = (answers: typeof byRisk) => (100 * answers.filter(({ late }) => late).length) / Math.max(1, answers.length)
  say(
    `  of the tenth it called riskiest ${number(lateIn(byRisk.slice(0, tenth)))} % were late, of the tenth it called safest ${number(lateIn(byRisk.slice(-tenth)))} %`,
  )
  const [one] = byRisk
  if (one === undefined) return []
  say(dim(`  $ curl -d '${JSON.stringify({ instances: [one.flight] })}' ${url}/v1/deployments/flight-delay/predict`))
  say(`  {"late": ${one.probability.toFixed(4)}} as prediction ${one.predictionId}`)
  return report.answers
}

/** The flights have landed: what really happened is told by the id of each prediction. */
async function tellOutcomes(url: string, answers: readonly Answer[]): Promise<void> {
  chapter(7, 'A day later: what really happened')
  const client = createClient({ baseUrl: url, actor: 'arrivals' })
  for (let from = 0; from < answers.length; from += OUTCOMES_AT_ONCE) {
    const outcomes = answers
      .slice(from, from + OUTCOMES_AT_ONCE)
      .map(({ predictionId, late }) => ({ id: predictionId, outcome: late }))
    await client.call(recordOutcomes, { params: { deployment: 'flight-delay' }, body: { outcomes }, signal: stop.signal })
  }
  const late = answers.filter((answer) => answer.late).length
  say(
    `  ✓ ${number(answers.length)} outcomes joined to their predictions: ${number((100 * late) / Math.max(1, answers.length), 1)} % were late`,
  )
}

async function look(): Promise<void> {
  chapter(8, 'What is kept')
  await run('journal', 'flight-delay')
  await run('audit', 'verify')
}

async function finish(url: string, server: Server): Promise<void> {
  say(`\n${bold('Done')} in ${number((Date.now() - startedAt) / 1_000)} s. Everything is up:`)
  say(`  ${url}/v1/deployments/flight-delay/docs   the deployment, to read and try`)
  say(`  ${url}/docs                               the control plane`)
  say(`\nTry next, in ${path.relative(process.cwd(), FOLDER) || '.'}:`)
  say('  npx seaworthy show flight-delay@1           what the package says of it')
  say('  npx seaworthy predictions flight-delay      the journal, newest first')
  say('  npx seaworthy audit                         who changed what, when and why')
  if (flags.exit === true) return
  say(dim('\nCtrl-C stops the server; `npm start` goes on from here.'))
  await new Promise<void>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve(), { once: true })
    server.once('exit', () => resolve())
  })
  say('\nStopped. Nothing is lost.')
}

function run(...args: string[]): Promise<void> {
  return runCommand(args, { cwd: FOLDER, signal: stop.signal })
}

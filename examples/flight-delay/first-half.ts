/** From a training script to live traffic: the first half of the voyage. */
import path from 'node:path'
import { listChecks } from '@seaworthy/api/evolution'
import { listVersions } from '@seaworthy/api/model'
import { listDeployments } from '@seaworthy/api/serving'
import { MARCH_MS } from './calendar.ts'
import { once, type Voyage } from './chapters.ts'
import type { PreparedTable } from './prepare.ts'
import { DEPLOYMENT, sail } from './sail.ts'
import { chapter, CommandFailed, dim, number, say } from './stage.ts'
import { quantile } from './traffic.ts'

export async function prepareData(dataFolder: string): Promise<ReadonlyMap<string, PreparedTable>> {
  chapter(2, 'Real data')
  const { prepare } = await import('./prepare.ts')
  const tables = await prepare(dataFolder)
  for (const { name, rows, lateShare } of tables)
    say(`  ✓ ${name.padEnd(20)} ${number(rows).padStart(8)} flights, ${number(lateShare * 100, 1)} % late`)
  return new Map(tables.map((table) => [table.name, table]))
}

export async function makeModel({ ship, folder, run }: Voyage, tables: ReadonlyMap<string, PreparedTable>): Promise<void> {
  chapter(3, 'Train on January, and keep the result as version 1')
  const known = await ship.client.call(listVersions, { params: { model: DEPLOYMENT } }).catch(() => undefined)
  if (known !== undefined && known.items.length > 0)
    return void say(`  ✓ ${DEPLOYMENT} has ${known.items.length} version(s) already`)
  const fileOf = (name: string) => path.relative(folder, tables.get(name)!.file)
  await run(['train', '--data', fileOf('january'), '--evaluation', fileOf('february-first-half')])
}

export async function launch({ ship: { client }, run }: Voyage): Promise<void> {
  chapter(4, 'Check it against the contract')
  const checks = await client.call(listChecks, { params: { model: DEPLOYMENT, version: 1 } })
  if (checks.items.some(({ verdict }) => verdict === 'pass')) say('  ✓ version 1 has a passing check already')
  else await check(run)
  chapter(5, 'Launch it')
  const deployments = await client.call(listDeployments)
  if (deployments.items.some(({ name, state }) => name === DEPLOYMENT && state === 'live'))
    say(`  ✓ ${DEPLOYMENT} is live already`)
  else await run(['launch', `${DEPLOYMENT}@1`], { lines: 1 })
}

/** A machine that is too busy to measure a latency says so: then once more. */
async function check(run: Voyage['run']): Promise<void> {
  const command = ['check', `${DEPLOYMENT}@1`]
  await run(command).catch(async (error: unknown) => {
    if (!(error instanceof CommandFailed)) throw error
    say('  once more, for the case that this machine was only busy')
    await run(command)
  })
}

/** One flight a request; what really happened is told by the id of each prediction, within a day. */
export async function february(voyage: Voyage): Promise<void> {
  const { ship } = voyage
  await once(voyage, 6, 'February, live: one flight a request, outcomes within a day', 'live', async () => {
    const { answers, seconds } = await sail(ship, { to: MARCH_MS })
    const latencies = answers.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b)
    const byRisk = answers.toSorted((a, b) => b.probability - a.probability)
    const tenth = Math.floor(byRisk.length / 10)
    const lateIn = (some: typeof byRisk) => number((100 * some.filter(({ late }) => late).length) / Math.max(1, some.length))
    say(
      `  ${number(answers.length / seconds)} requests a second, p50 ${number(quantile(latencies, 0.5), 1)} ms, p99 ${number(quantile(latencies, 0.99), 1)} ms`,
    )
    say(
      `  of the tenth it called riskiest ${lateIn(byRisk.slice(0, tenth))} % were late, of the tenth it called safest ${lateIn(byRisk.slice(-tenth))} %`,
    )
    const [one] = byRisk
    if (one !== undefined) {
      const body = JSON.stringify({ instances: [one.flight] })
      say(dim(`  $ curl ${ship.server.url}/v1/deployments/${DEPLOYMENT}/predict \\`))
      say(dim(`      -d '${body}'`))
      say(`  {"late": ${one.probability.toFixed(4)}} as prediction ${one.predictionId}`)
    }
    return { what: 'version 1, trained on January, answers', command: `predictions ${DEPLOYMENT}` }
  })
}

export async function look({ run }: Voyage): Promise<void> {
  chapter(7, 'What is kept')
  await run(['journal', DEPLOYMENT], { lines: 7 })
  await run(['audit', 'verify'], { lines: 1 })
}

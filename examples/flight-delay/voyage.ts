/**
 * The first voyage: a model goes from a training script to live traffic and through half a year of it, on real flights, by the
 * commands a user types. State lies in `.seaworthy` beside this file; each step that is there already is kept, so that the
 * voyage can be stopped at any moment and goes on where it was.
 *
 *   npm start                   continues, or asks on a terminal whether to start over
 *   npm start -- --fresh        starts over
 *   npm start -- --until live   stops after the first half
 *   npm start -- --exit         stops the server at the end instead of staying up
 */
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { createClient } from '@seaworthy/api/client'
import type { Voyage } from './chapters.ts'
import { openLogbook } from './logbook.ts'
import { DEPARTURE_MS } from './orders.ts'
import { startServer, type VoyageServer } from './server.ts'
import { bold, chapter, CommandFailed, day, dim, number, readCommand, runCommand, say, wrap } from './stage.ts'

const FOLDER = import.meta.dirname
const HOME = path.resolve(FOLDER, process.env['SEAWORTHY_HOME'] ?? '.seaworthy')
const DATA = path.join(FOLDER, '.data')
/** Two signals that are this close are one. */
const SAME_SIGNAL_MS = 500
const LOGBOOK = path.join(HOME, 'voyage.json')

const flags = readFlags()
const startedAt = Date.now()
const stop = new AbortController()
let stoppedAt: number | undefined
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // A Ctrl-C comes from the terminal and from npm; a second one is somebody who does not want to wait.
    if (stoppedAt !== undefined && Date.now() - stoppedAt > SAME_SIGNAL_MS) process.exit(130)
    stoppedAt ??= Date.now()
    stop.abort()
  })

say(bold('Seaworthy: the first voyage'))
say(dim('Real US flights of 2001; a model tells the gate crew how likely a flight is to arrive late.'))

try {
  await chooseStart()
  await sailOut()
} catch (error) {
  if (stop.signal.aborted) say(`\nStopped. Nothing is broken: ${bold('npm start')} goes on from here.`)
  else if (error instanceof CommandFailed) {
    say(`\n✗ ${error.message} ${bold('npm start')} tries again from here.`)
    process.exitCode = 1
  } else throw error
}

async function chooseStart(): Promise<void> {
  if (!existsSync(HOME)) return
  if (!existsSync(LOGBOOK))
    throw new CommandFailed(`${HOME} is the state of another server, whose clock is not that of a voyage; move it away.`)
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

async function sailOut(): Promise<void> {
  chapter(1, 'A server for this folder, with a clock that runs fast')
  const port = process.env['SEAWORTHY_HTTP_PORT'] ?? '8080'
  say(dim('  The program of `npx seaworthy start`; its clock says 15 February 2001.'))
  const server = await startServer(FOLDER, HOME, port, stop.signal)
  say(`  ✓ up at ${bold(server.url)} after ${number((Date.now() - startedAt) / 1_000, 1)} s`)
  try {
    const voyage = await firstHalf(server)
    if (flags.until !== 'live') await secondHalf(voyage)
    await finish(voyage)
  } finally {
    await server.end()
  }
}

async function firstHalf(server: VoyageServer): Promise<Voyage> {
  const first = await import('./first-half.ts')
  const tables = await first.prepareData(DATA)
  stop.signal.throwIfAborted()
  const tableFile = (name: string) => tables.get(name)!.file
  const logbook = openLogbook(LOGBOOK, DEPARTURE_MS)
  logbook.keep({})
  const ship = {
    server,
    logbook,
    liveFile: tableFile('live'),
    signal: stop.signal,
    client: createClient({ baseUrl: server.url, actor: 'arrivals' }),
  }
  const command = { cwd: FOLDER, signal: stop.signal }
  const voyage: Voyage = {
    ship,
    folder: FOLDER,
    home: HOME,
    tableFile,
    now: () => logbook.page().sentUntil,
    run: (args, options) => runCommand(args, { ...command, ...options }),
    async refused(args) {
      const { code, output } = await readCommand(args, command)
      if (code === 0) throw new CommandFailed(`seaworthy ${args[0]} was to be refused, and was not.`)
      for (const line of output.trimEnd().split('\n')) for (const part of wrap(line, 96)) say(`  ${part}`)
    },
  }
  await first.makeModel(voyage, tables)
  await first.launch(voyage)
  await first.february(voyage)
  await first.look(voyage)
  return voyage
}

async function secondHalf(voyage: Voyage): Promise<void> {
  const { fault, fourWeeks, released, retrained, worldChanges } = await import('./second-half.ts')
  const { aborted, rolledBack } = await import('./bad-version.ts')
  for (const each of [fourWeeks, worldChanges, retrained, released, fault, aborted, rolledBack]) await each(voyage)
}

async function finish({ ship }: Voyage): Promise<void> {
  const entries = Object.values(ship.logbook.page().entries)
  say(`\n${bold('The voyage')}, ${number((Date.now() - startedAt) / 1_000)} s`)
  const width = (of: (entry: (typeof entries)[number]) => string) => Math.max(0, ...entries.map((entry) => of(entry).length))
  const [stepWidth, whatWidth] = [
    width(({ step }) => step),
    Math.min(
      48,
      width(({ what }) => what),
    ),
  ]
  say(
    dim(
      `  ${'step'.padEnd(stepWidth)}  ${'until'.padEnd(11)}  ${'took'.padStart(6)}  ${'what happened'.padEnd(whatWidth)}  npx seaworthy`,
    ),
  )
  for (const { step, what, at, seconds, command } of entries)
    say(
      `  ${step.padEnd(stepWidth)}  ${day(at).padEnd(11)}  ${`${number(seconds, 1)} s`.padStart(6)}  ${cut(what, whatWidth).padEnd(whatWidth)}  ${command}`,
    )
  if (flags.exit === true) return say(`\nEvery step is kept; ${bold('npm start')} shows it in the browser.`)
  say(
    `\nEverything is up. In ${path.relative(process.cwd(), FOLDER) || '.'} every command of the table can be run by hand; in the browser:`,
  )
  say(`  ${ship.server.url}                                    the pages: what is live, and how it does`)
  say(`  ${ship.server.url}/v1/deployments/flight-delay/docs   the deployment, to read and try`)
  say(`  ${ship.server.url}/docs                               the control plane`)
  say('  npx seaworthy audit   who changed what, when and why: every override above stands there with its reason')
  say(dim('\nCtrl-C stops the server; `npm start` goes on from here.'))
  await new Promise<void>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve(), { once: true })
    void ship.server.ended.then(resolve)
  })
  say('\nStopped. Nothing is lost.')
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}

/** An option that there is not is said, with those that there are. */
function readFlags() {
  try {
    const options = {
      fresh: { type: 'boolean' },
      continue: { type: 'boolean' },
      exit: { type: 'boolean' },
      until: { type: 'string', default: 'home' },
    } as const
    return parseArgs({ options }).values
  } catch (error) {
    say(`✗ ${(error as Error).message}`)
    say('  npm start -- [--fresh | --continue] [--until live] [--exit]')
    return process.exit(2)
  }
}

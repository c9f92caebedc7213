/** Composition root: the only file that reads the environment and listens to signals. What runs is built in main/. */
import { readFileSync } from 'node:fs'
import { loadConfig } from './config/load-config.ts'
import { runCommandLine } from './entry/cli/command-line.ts'
import { createProgram } from './main/program.ts'

/** A Ctrl-C reaches a process once from the terminal and once from its parent; two that are this close are one. */
const SAME_SIGNAL_MS = 500

const stop = new AbortController()
let stoppedAt: number | undefined
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    if (stoppedAt !== undefined && Date.now() - stoppedAt > SAME_SIGNAL_MS) process.exit(130)
    stoppedAt ??= Date.now()
    stop.abort()
  })

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

process.exitCode = await runCommandLine(process.argv.slice(2), {
  version,
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  signal: stop.signal,
  interactive: process.stdin.isTTY && process.stdout.isTTY,
  noColor: (process.env['NO_COLOR'] ?? '') !== '',
  loadConfig: () => loadConfig(process.env),
  async createLog({ SEAWORTHY_LOG_LEVEL: level }) {
    const { createLog } = await import('./platform/telemetry/create-log.ts')
    return createLog(level)
  },
  createProgram: (config, log) =>
    createProgram({
      version,
      config,
      log,
      environment: process.env,
      cwd: process.cwd(),
      entry: process.argv[1]!,
      signal: stop.signal,
    }),
})

/** Composition root: the only file that reads the environment and listens to signals. What runs is built in main/. */
import { readFileSync } from 'node:fs'
import type { Config } from './config/config.ts'
import { loadConfig } from './config/load-config.ts'
import { terminalSettingsOf } from './config/terminal-settings.ts'
import { runCommandLine } from './entry/cli/command-line.ts'
import { createProgram } from './main/program.ts'

/** A Ctrl-C reaches a process once from the terminal and once from its parent; two that are this close are one. */
const SAME_SIGNAL_MS = 500

const stop = new AbortController()
let stoppedAt: number | undefined
const onSignal = () => {
  if (stoppedAt !== undefined && Date.now() - stoppedAt > SAME_SIGNAL_MS) process.exit(130)
  stoppedAt ??= Date.now()
  stop.abort()
}
process.on('SIGINT', onSignal)
process.on('SIGTERM', onSignal)
/** A hang-up ends what a terminal holds; what was put in the background by nohup or a service manager outlives it. */
process.on('SIGHUP', () => [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY) && onSignal())
/** Who read the output may have gone, `| head` or a closed terminal; what is under way is finished for nobody. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

const terminal = terminalSettingsOf(process.env)
/** Who asks for everything gets it as it is. */
const isForPerson = (level: Config['SEAWORTHY_LOG_LEVEL']) => process.stderr.isTTY && level !== 'debug'

process.exitCode = await runCommandLine(process.argv.slice(2), {
  version,
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  signal: stop.signal,
  interactive: process.stdin.isTTY && process.stdout.isTTY,
  ...terminal,
  loadConfig: () => loadConfig(process.env),
  async createLog({ SEAWORTHY_LOG_LEVEL: level }) {
    if (!isForPerson(level)) return (await import('./platform/telemetry/create-log.ts')).createLog(level)
    const { createTerminalLog } = await import('./platform/telemetry/terminal-log.ts')
    return createTerminalLog({ level, color: !terminal.noColor, to: process.stderr })
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
      logsToFile: isForPerson(config.SEAWORTHY_LOG_LEVEL),
    }),
})

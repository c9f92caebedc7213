/** From the words of a command line to a command that runs, and its end to an exit code. */
import { Command as Commander, CommanderError } from 'commander'
import type { Config } from '../../config/config.ts'
import type { TerminalSettings } from '../../config/terminal-settings.ts'
import type { Log } from '../../kernel/log.ts'
import { nearest } from '../../kernel/nearest.ts'
import { type CommandEntry, commands as allCommands } from './commands.ts'
import { type Command, type CommandContext, type Program, UsageError } from './define-command.ts'
import { EXIT, reportError } from './report-error.ts'
import { createTerminal, type Output } from './terminal.ts'

export interface CommandLineOptions extends TerminalSettings {
  readonly version: string
  readonly stdout: Output
  readonly stderr: Output
  readonly cwd: string
  readonly signal: AbortSignal
  readonly interactive: boolean
  /** Reads the settings; called once the command is known, so that help works with a broken setting. */
  loadConfig(): Config
  createProgram(config: Config, log: Log): Program
  createLog(config: Config): Promise<Log>
  readonly commands?: readonly CommandEntry[]
}

/** Runs one command line (without `node` and the program's name) and gives its exit code. */
export async function runCommandLine(argv: readonly string[], options: CommandLineOptions): Promise<number> {
  const json = argv.includes('--json')
  const color = !options.noColor && !argv.includes('--no-color') && options.stdout.isTTY === true
  let result: Promise<number | void> | undefined
  const root = buildRoot(options, (command, input, flags) => {
    const quiet = json || flags['quiet'] === true
    result = execute(command, input, { ...options, json, quiet, color })
  })
  try {
    const entries = options.commands ?? allCommands
    const [first, second] = argv.filter((word) => !word.startsWith('-'))
    const named = first === 'help' ? second : first
    const entry = entries.find(({ name }) => name === named)
    if (entry === undefined && named !== undefined) throw unknownCommand(named, entries)
    await addCommands(root, entries, entry)
    const words = commandFirst(argv)
    if (words.every((word) => COMMON_FLAGS.has(word))) root.help()
    await root.parseAsync(words, { from: 'user' })
    return (await result) ?? EXIT.done
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done
    if (options.signal.aborted) {
      options.stderr.write('\nStopped. Nothing is half-done.\n')
      return EXIT.stopped
    }
    return reportError(error instanceof CommanderError ? misunderstood(error) : error, {
      json,
      stdout: options.stdout,
      stderr: options.stderr,
      color,
      showsStacks: options.showsStacks,
    })
  }
}

/** Its own words as a sentence: `error: unknown option '--dta'\n(Did you mean --data?)`. */
function misunderstood({ message }: CommanderError): UsageError {
  const [what = '', meant] = message.replace(/^error: /, '').split('\n')
  const sentence = `${what.slice(0, 1).toUpperCase()}${what.slice(1).replace(/\.$/, '')}.`
  return new UsageError(meant === undefined ? sentence : `${sentence} ${meant.replace(/^\((.*)\)$/, '$1')}`)
}

/** What every command takes may also stand before its name. */
const COMMON_OPTIONS = [
  ['--json', 'print one JSON document, for machines'],
  ['--quiet', 'print nothing but errors'],
  ['--no-color', 'print without colours'],
] as const
const COMMON_FLAGS: ReadonlySet<string> = new Set(COMMON_OPTIONS.map(([flag]) => flag))

function commandFirst(argv: readonly string[]): string[] {
  const at = argv.findIndex((word) => !COMMON_FLAGS.has(word))
  return at < 0 ? [...argv] : [...argv.slice(at), ...argv.slice(0, at)]
}

function unknownCommand(word: string, entries: readonly CommandEntry[]): UsageError {
  const names = entries.map(({ name }) => name)
  const meant = nearest(word, names)
  return new UsageError(
    `There is no command "${word}".${meant === undefined ? ' `seaworthy --help` lists them all.' : ` Did you mean "${meant}"?`}`,
  )
}

type Run = (command: Command, input: Record<string, unknown>, flags: Record<string, unknown>) => void

function buildRoot({ version, stdout, stderr }: CommandLineOptions, onRun: Run): Commander & { onRun?: Run } {
  const root = new Commander('seaworthy')
    .description('Takes a trained model from the notebook to a real system, and keeps it alive there.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .commandsGroup('What else is done:')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', '\nBegin with `seaworthy init`; `seaworthy COMMAND --help` has examples of each.')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError() {},
    })
    .showSuggestionAfterError()
  return Object.assign(root, { onRun })
}

async function addCommands(
  root: Commander & { onRun?: Run },
  entries: readonly CommandEntry[],
  used: CommandEntry | undefined,
): Promise<void> {
  for (const entry of entries) {
    const line = root
      .command(entry.name)
      .summary(entry.summary)
      .description(`${entry.summary[0]!.toUpperCase()}${entry.summary.slice(1)}.`)
      .helpGroup(`${entry.group}:`)
    if (entry !== used) continue
    const command = (await entry.load()).default
    for (const word of command.usage.split(' ').filter((part) => part !== '')) line.argument(word)
    for (const { flags, about } of command.options) line.option(flags, about)
    for (const [flag, about] of COMMON_OPTIONS) line.option(flag, about)
    line.addHelpText('after', `\nExamples:\n${command.examples.map((example) => `  ${example}`).join('\n')}`)
    line.action((...values: unknown[]) => {
      const flags = line.opts() as Record<string, unknown>
      const named = Object.fromEntries(line.registeredArguments.map((argument, index) => [argument.name(), values[index]]))
      const { json: _, quiet: __, color: ___, ...own } = flags
      root.onRun?.(command, { ...own, ...named }, flags)
    })
  }
}

type Execution = CommandLineOptions & { readonly json: boolean; readonly quiet: boolean; readonly color: boolean }

async function execute(command: Command, input: Record<string, unknown>, options: Execution): Promise<number | void> {
  const config = options.loadConfig()
  const log = await options.createLog(config)
  const terminal = createTerminal(options.stdout, options)
  const program = options.createProgram(config, log)
  const context: CommandContext = Object.freeze({
    program,
    config,
    log,
    terminal,
    signal: options.signal,
    cwd: options.cwd,
    interactive: options.interactive && !options.json,
    async result(value: unknown, tell: () => void | Promise<void>) {
      if (options.json) options.stdout.write(`${JSON.stringify(value)}\n`)
      else await tell()
    },
  })
  try {
    return await command.run(Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)), context)
  } finally {
    await program.close()
  }
}

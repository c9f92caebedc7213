import type { Client } from '@seaworthy/api/client'
import type { z } from 'zod'
import type { Config } from '../../config/config.ts'
import type { Log } from '../../kernel/log.ts'
import type { Terminal } from './terminal.ts'

export interface ServerFound {
  readonly url: string
  readonly pid: number
}
/** A package that answers. */
export interface PackageServed {
  readonly url: string
  readonly deployment: string
  readonly version: number
  /** Of the key that signed it. */
  readonly keyId: string
}
export interface ListenOptions {
  readonly host?: string | undefined
  readonly port?: number | undefined
}

/** The long-running parts of the program, which main composes; commands only start them. */
export interface Program {
  /** A control plane to ask: the server of this folder or of SEAWORTHY_SERVER, else one inside this process. */
  openClient(): Promise<Client>
  /** Gives back the folder that `openClient` may have taken. Safe to call twice. */
  close(): Promise<void>
  /** The server that runs on this folder, when one answers. */
  findServer(): Promise<ServerFound | undefined>
  /** Runs the control plane, the data plane and the journal until the signal. */
  start(options: ListenOptions & { onReady(url: string, logFile: string | undefined): Promise<void> | void }): Promise<void>
  /** The same in a process of its own that outlives this one; resolves when it is ready. Throws ServerNotStarted. */
  startInBackground(options: ListenOptions): Promise<ServerFound & { readonly logFile: string }>
  /** Ends the server of this folder and waits until it is gone; undefined when none answers. */
  stopServer(): Promise<ServerFound | undefined>
  /** Runs the data plane alone until the signal. */
  serve(
    options: ListenOptions & {
      readonly packagePath: string
      readonly name?: string | undefined
      readonly journalFolder?: string | undefined
      /** Ids of keys whose packages are served. Absent: any. */
      readonly trustedKeyIds?: readonly string[] | undefined
      onReady(serving: PackageServed): void
    },
  ): Promise<void>
}

export interface CommandContext {
  readonly program: Program
  readonly config: Config
  readonly log: Log
  readonly terminal: Terminal
  /** Prints the document under `--json`; otherwise lets `tell` speak to people. */
  result(value: unknown, tell: () => void | Promise<void>): Promise<void>
  readonly signal: AbortSignal
  readonly cwd: string
  /** May questions be asked? */
  readonly interactive: boolean
}

export interface OptionSpec {
  /** As commander writes it: `--data <file>`, `-f, --force`. */
  readonly flags: string
  readonly about: string
}

export interface Command {
  /** Positional arguments as commander writes them: `<model> [version]`. */
  readonly usage: string
  readonly options: readonly OptionSpec[]
  /** Whole command lines that work. */
  readonly examples: readonly string[]
  /** Gives an exit code when it is not 0 although nothing failed. */
  run(input: Readonly<Record<string, unknown>>, context: CommandContext): Promise<number | void>
}

interface CommandSpec<I extends z.ZodType> extends Omit<Command, 'run'> {
  /** Checks arguments and options together, by their names in camel case. */
  readonly input: I
  run(input: z.output<I>, context: CommandContext): Promise<number | void>
}

/** Declares a command. Its name and summary stand in `commands.ts`, so that help needs to load none of them. */
export const defineCommand = <I extends z.ZodType>({ input, run, ...spec }: CommandSpec<I>): Command =>
  Object.freeze<Command>({ ...spec, run: async (raw, context) => run(parseInput(input, raw, spec), context) })

function parseInput<I extends z.ZodType>(schema: I, raw: unknown, { options }: { options: readonly OptionSpec[] }): z.output<I> {
  const parsed = schema.safeParse(raw)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${nameOf(String(path[0] ?? ''), options)}: ${message.replace(/^Invalid input: /, '')}`,
  )
  throw new UsageError(problems.join('; '))
}

const nameOf = (key: string, options: readonly OptionSpec[]) => {
  const flag = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  return options.some(({ flags }) => flags.split(/[\s,]+/).includes(flag)) ? flag : key
}

/** A command line that cannot be understood: told with its usage, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The one table from a failure to what a terminal shows and what a script sees. */
import { ApiProblem } from '@seaworthy/api/problem'
import { AppError } from '../../kernel/errors.ts'
import { UsageError } from './define-command.ts'
import { type Output, plainLine, singleLine } from './terminal.ts'

/** Exit codes, for scripts. They never change their meaning. */
export const EXIT = { done: 0, failed: 1, usage: 2, notFound: 4, refused: 5, unreachable: 6, stopped: 130 } as const

interface Failure {
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
  readonly details?: unknown
  readonly exitCode: number
}

interface ErrorTerminal {
  readonly json: boolean
  readonly stdout: Output
  readonly stderr: Output
  readonly color: boolean
  /** Is a bug of the program told with its stack? */
  readonly showsStacks: boolean
}

/** Tells a failure and gives the exit code. */
export function reportError(error: unknown, { json, stdout, stderr, color, showsStacks }: ErrorTerminal): number {
  const { exitCode, ...failure } = failureOf(error, showsStacks)
  if (json) stdout.write(`${JSON.stringify({ error: failure })}\n`)
  else {
    const mark = color ? '\u001B[31m✗\u001B[39m' : '✗'
    const message = failure.message.split('\n').map(plainLine).join('\n  ')
    const hint = failure.hint?.split('\n').map((line) => `  ${singleLine(line)}\n`)
    stderr.write(`${mark} ${message}\n${hint?.join('') ?? ''}`)
  }
  return exitCode
}

function failureOf(error: unknown, showsStacks: boolean): Failure {
  if (error instanceof AppError) {
    const { code, message, hint, details, status } = error
    return { code, message, hint, details, exitCode: exitCodeOf(code, status) }
  }
  if (error instanceof ApiProblem) {
    const { code, detail, hint, status, ['details']: details } = error.problem
    return { code, message: detail, hint, details, exitCode: exitCodeOf(code, status) }
  }
  if (error instanceof UsageError)
    return { code: 'USAGE', message: error.message, hint: 'Add --help to see how the command is used.', exitCode: EXIT.usage }
  if (error instanceof Error && error.name === 'AbortError')
    return { code: 'STOPPED', message: 'Stopped. Nothing is half-done; the same command goes on.', exitCode: EXIT.stopped }
  const reason = unreachableReason(error)
  if (reason !== undefined)
    return {
      code: 'SERVER_UNREACHABLE',
      message: `The server does not answer${reason === '' ? '' : `: ${reason}`}.`,
      hint: 'Is SEAWORTHY_SERVER right, and does `seaworthy start` run there?',
      exitCode: EXIT.unreachable,
    }
  const text = error instanceof Error ? ((showsStacks ? error.stack : undefined) ?? error.message) : String(error)
  return {
    code: 'INTERNAL',
    message: `This is a bug of the program: ${text}`,
    hint: 'Run it again with DEBUG=1 to see where, and report it.',
    exitCode: EXIT.failed,
  }
}

/** Why `fetch` reached nobody; undefined for any other failure. */
function unreachableReason(error: unknown): string | undefined {
  if (!(error instanceof TypeError) || error.message !== 'fetch failed') return undefined
  const { cause } = error
  return cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : '') : ''
}

function exitCodeOf(code: string, status: number): number {
  if (status === 404) return EXIT.notFound
  if (/^(CONFIG|CONTRACT|REQUEST)_INVALID$/.test(code)) return EXIT.usage
  return /^(CHECK|LAUNCH)_/.test(code) ? EXIT.refused : EXIT.failed
}

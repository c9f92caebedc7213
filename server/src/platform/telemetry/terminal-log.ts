/** The log as a person at a terminal reads it: warnings and errors, a line each, in the form of all other lines there. */
import type { Log } from '../../kernel/log.ts'
import type { LogLevel } from './create-log.ts'

const VALUE_LENGTH_MAX = 200
const MARKS = { warn: ['!', '\u001B[33m!\u001B[39m'], error: ['✗', '\u001B[31m✗\u001B[39m'] } as const

export interface TerminalLogOptions {
  /** Below `error` warnings are shown; what is less than a warning never is. */
  readonly level: LogLevel
  readonly color: boolean
  readonly to: { write(line: string): unknown }
}

export function createTerminalLog({ level, color, to }: TerminalLogOptions): Log {
  const tell = (severity: 'warn' | 'error') => (event: string, facts?: Readonly<Record<string, unknown>>) =>
    void to.write(`${MARKS[severity][color ? 1 : 0]} ${plain(event)}${textOf(facts)}\n`)
  const nothing = () => {}
  return Object.freeze<Log>({
    debug: nothing,
    info: nothing,
    warn: level === 'error' || level === 'silent' ? nothing : tell('warn'),
    error: level === 'silent' ? nothing : tell('error'),
  })
}

function textOf(facts: Readonly<Record<string, unknown>> = {}): string {
  const parts = Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${shortOf(value)}`]))
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`
}

/** Of a stack its message; of anything else one short line without control characters. */
function shortOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  const line = plain(text.split('\n', 1)[0]!)
  return line.length > VALUE_LENGTH_MAX ? `${line.slice(0, VALUE_LENGTH_MAX - 1)}…` : line
}

/** Text of others (a category in the title of an incident) may not steer the terminal. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ')

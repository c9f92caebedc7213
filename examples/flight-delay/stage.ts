/** What the voyage looks like in a terminal: chapters, the commands that are run, and their own output below them. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { styleText } from 'node:util'

const SEAWORTHY = path.resolve(import.meta.dirname, '../../server/bin/seaworthy.js')

export const dim = (text: string) => styleText('dim', text)
export const bold = (text: string) => styleText('bold', text)
const accent = (text: string) => styleText('cyan', text)

export const say = (text = '') => process.stdout.write(`${text}\n`)
export const chapter = (number: number, title: string) => say(`\n${accent(`${number}`)} ${bold(title)}`)
export const number = (value: number, digits = 0) =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

export class CommandFailed extends Error {}

/** Starts the program as a user would. `onLine` sees each line of its output. */
export function startCommand(
  args: readonly string[],
  options: { cwd: string; stdio: 'inherit' | number; env?: NodeJS.ProcessEnv },
) {
  return spawn(process.execPath, [SEAWORTHY, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', options.stdio, options.stdio],
  })
}

/** Shows the command, runs it with its own output, and throws when it fails. */
export async function runCommand(
  args: readonly string[],
  options: { cwd: string; signal: AbortSignal; env?: NodeJS.ProcessEnv },
) {
  options.signal.throwIfAborted()
  say(dim(`  $ npx seaworthy ${args.map((word) => (/\s/.test(word) ? `'${word}'` : word)).join(' ')}`))
  const child = startCommand(args, { ...options, stdio: 'inherit' })
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve))
  options.signal.throwIfAborted()
  if (code !== 0) throw new CommandFailed(`seaworthy ${args[0]} ended with code ${code}.`)
}

/** One line that is rewritten on a terminal, and a line now and then where there is none. */
export function createProgress(label: string) {
  let shownAt = 0
  const terminal = process.stdout.isTTY
  return Object.freeze({
    show(text: string) {
      const now = Date.now()
      if (now - shownAt < (terminal ? 100 : 5_000)) return
      shownAt = now
      process.stdout.write(terminal ? `\r\u001B[2K  ${label} ${text}` : `  ${label} ${text}\n`)
    },
    done(text: string) {
      process.stdout.write(`${terminal ? '\r\u001B[2K' : ''}  ${text}\n`)
    },
  })
}

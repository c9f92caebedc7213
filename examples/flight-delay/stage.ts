/** What the voyage looks like in a terminal: chapters, the commands that are run, and their own output below them. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { styleText } from 'node:util'

const SEAWORTHY = path.resolve(import.meta.dirname, '../../server/bin/seaworthy.js')

export const dim = (text: string) => styleText('dim', text)
export const bold = (text: string) => styleText('bold', text)
const accent = (text: string) => styleText('cyan', text)

/** A line that is not ended yet stands on the terminal. */
let isUnderWay = false
const CLEAR = '\r\u001B[2K'
export function say(text = ''): void {
  process.stdout.write(`${isUnderWay ? CLEAR : ''}${text}\n`)
  isUnderWay = false
}
export const chapter = (number: number, title: string) => say(`\n${accent(`${number}`)} ${bold(title)}`)
export const number = (value: number, digits = 0) =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** 22 Mar 2001 */
export const day = (ms: number) =>
  new Date(ms).toLocaleDateString('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' })

/** Lines of at most so many characters. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

const BARS = '▁▂▃▄▅▆▇█'
export function bars(shares: readonly number[]): string {
  const top = Math.max(...shares)
  return shares.map((share) => BARS[Math.round((share / top) * (BARS.length - 1))]).join('')
}

export class CommandFailed extends Error {}

export interface CommandOptions {
  readonly cwd: string
  readonly signal: AbortSignal
  /** Who runs it. */
  readonly actor?: string
  /** Of what it says, so many lines are shown; default: all, as it comes. */
  readonly lines?: number
}

/** Shows the command, runs it as a user would, with its own output, and throws when it fails. */
export async function runCommand(args: readonly string[], options: CommandOptions): Promise<void> {
  const { code, output } = await spawnCommand(args, options, options.lines === undefined ? 'inherit' : 'pipe')
  const lines = output.trimEnd().split('\n')
  const shown = code === 0 ? lines.filter((line) => line.trim() !== '').slice(0, options.lines) : lines
  if (options.lines !== undefined) for (const line of shown) say(`  ${line}`)
  if (code !== 0) throw new CommandFailed(`seaworthy ${args[0]} ended with code ${code}.`)
}

/** The same of a command that is expected to be refused; gives what it said. */
export async function readCommand(args: readonly string[], options: CommandOptions) {
  return spawnCommand(args, options, 'pipe')
}

async function spawnCommand(args: readonly string[], { cwd, signal, actor }: CommandOptions, stdio: 'inherit' | 'pipe') {
  signal.throwIfAborted()
  const words = args.map((word) => (/[\s]/.test(word) ? `'${word}'` : word)).join(' ')
  say(dim(`  $ ${actor === undefined ? '' : `SEAWORTHY_ACTOR=${actor} `}npx seaworthy ${words}`))
  const env = { ...process.env, ...(actor === undefined ? {} : { SEAWORTHY_ACTOR: actor }) }
  const child = spawn(process.execPath, [SEAWORTHY, ...args], { cwd, env, stdio: ['ignore', stdio, stdio] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => void (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  signal.throwIfAborted()
  return { code, output }
}

/** One line that is rewritten on a terminal, and a line now and then where there is none. */
export function createProgress() {
  let shownAt = 0
  const terminal = process.stdout.isTTY
  return Object.freeze({
    show(text: string) {
      const now = Date.now()
      if (text === '' || now - shownAt < (terminal ? 100 : 5_000)) return
      shownAt = now
      process.stdout.write(terminal ? `${CLEAR}  … ${text.slice(0, 90)}` : `  … ${text}\n`)
      isUnderWay = terminal
    },
    done: (text: string) => say(`  ${text}`),
  })
}

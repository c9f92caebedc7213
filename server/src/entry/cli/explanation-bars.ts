/**
 * An explanation as bars around a middle line, the largest first:
 *
 *     hour         21      +0.412                │██████████
 *     origin       ORD     -0.130             ███│
 */
import { readableNumber, readableValue } from './readable.ts'
import { plainLine, type Terminal } from './terminal.ts'

export interface Bar {
  readonly name: string
  readonly input?: unknown
  readonly value: number
}

const BARS_MAX = 15
const HALF_CELLS = 16
const NAME_CELLS_MAX = 24
const INPUT_CELLS_MAX = 18
/** Parts of a cell that a terminal can fill from the left; towards the left only whole and half cells can be drawn. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/** One line a bar, and one for those that are left out; `tone` colours a bar by its side. */
export function drawBars(bars: readonly Bar[], terminal: Pick<Terminal, 'tone' | 'dim'>): string[] {
  const sorted = bars.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))
  const shown = sorted.slice(0, BARS_MAX)
  const most = Math.max(...shown.map(({ value }) => Math.abs(value)), Number.MIN_VALUE)
  const cells = shown.map(({ name, input, value }) => ({
    name: clip(plainLine(name), NAME_CELLS_MAX),
    input: input === undefined ? '' : clip(plainLine(readableValue(input)), INPUT_CELLS_MAX),
    number: `${value > 0 ? '+' : ''}${readableNumber(value)}`,
    size: (Math.abs(value) / most) * HALF_CELLS,
    isUp: value >= 0,
  }))
  const width = (of: (cell: (typeof cells)[number]) => string) => Math.max(0, ...cells.map((cell) => of(cell).length))
  const [names, inputs, numbers] = [width((cell) => cell.name), width((cell) => cell.input), width((cell) => cell.number)]
  const lines = cells.map(({ name, input, number, size, isUp }) => {
    const bar = isUp ? barRight(size) : barLeft(size)
    const left = isUp ? ' '.repeat(HALF_CELLS) : bar.padStart(HALF_CELLS)
    const drawn = isUp ? `${left}│${terminal.tone(bar, 'good')}` : `${terminal.tone(left, 'bad')}│`
    return `  ${name.padEnd(names)}  ${input.padEnd(inputs)}  ${number.padStart(numbers)}  ${drawn}`.trimEnd()
  })
  const rest = sorted.slice(BARS_MAX)
  const sum = rest.reduce((total, { value }) => total + value, 0)
  return rest.length === 0 ? lines : [...lines, terminal.dim(`  ${rest.length} more, together ${readableNumber(sum)}`)]
}

/** Shares of a whole as bars, in the order given. */
export function drawShares(
  bars: readonly { readonly name: string; readonly share: number }[],
  terminal: Pick<Terminal, 'tone' | 'dim'>,
): string[] {
  const shown = bars.slice(0, BARS_MAX)
  const most = Math.max(...shown.map(({ share }) => share), Number.MIN_VALUE)
  const names = shown.map(({ name }) => clip(plainLine(name), NAME_CELLS_MAX))
  const width = Math.max(0, ...names.map((name) => name.length))
  const lines = shown.map(({ share }, i) => {
    const bar = barRight((share / most) * 2 * HALF_CELLS)
    return `  ${names[i]!.padEnd(width)}  ${`${(100 * share).toFixed(1)} %`.padStart(7)}  ${terminal.tone(bar, 'good')}`.trimEnd()
  })
  const rest = bars.slice(BARS_MAX)
  const sum = rest.reduce((total, { share }) => total + share, 0)
  return rest.length === 0 ? lines : [...lines, terminal.dim(`  ${rest.length} more, together ${(100 * sum).toFixed(1)} %`)]
}

function barRight(size: number): string {
  const whole = Math.floor(size)
  const part = EIGHTHS[Math.floor((size - whole) * 8)]!
  return whole === 0 && part === '' && size > 0 ? '▏' : '█'.repeat(whole) + part
}

function barLeft(size: number): string {
  const whole = Math.floor(size)
  const half = size - whole >= 0.5 || (whole === 0 && size > 0) ? '▐' : ''
  return half + '█'.repeat(whole)
}

const clip = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)

/** Alarms counted against trials, and whether they came as often as was asked. */
import { wilsonInterval } from '../../server/src/stats/wilson-interval.ts'

export interface Tally {
  trials: number
  alarms: number
}

/** Obtained and asked may differ by this factor. */
const FACTOR = 2
/** Alarms to expect before the share alone decides: its deviation is then 16 %. With fewer its whole interval must be outside. */
const TELLING_ALARMS = 40

export type Outcome = 'kept' | 'too few trials to tell' | 'BROKEN'

export function outcomeOf({ trials, alarms }: Tally, asked: number): Outcome {
  const [least, most] = [asked / FACTOR, asked * FACTOR]
  const share = alarms / trials
  if (share >= least && share <= most) return 'kept'
  if (trials * asked >= TELLING_ALARMS) return 'BROKEN'
  const { low, high } = wilsonInterval(alarms, trials)
  return low > most || high < least ? 'BROKEN' : 'too few trials to tell'
}

/** `1.1 [0.9, 1.3]` in percent; `~` in front when trials are too few to tell. */
export function shareText(tally: Tally | undefined, asked?: number): string {
  if (tally === undefined || tally.trials === 0) return '-'
  const { low, high } = wilsonInterval(tally.alarms, tally.trials)
  const percent = (share: number) => `${Number((100 * share).toPrecision(2))}`
  const mark = asked === undefined ? '' : { kept: '', 'too few trials to tell': '~', BROKEN: '**!** ' }[outcomeOf(tally, asked)]
  return `${mark}${percent(tally.alarms / tally.trials)} [${percent(low)}, ${percent(high)}]`
}

/** Tallies by the words of a key. */
export function createTallies() {
  const tallies = new Map<string, Tally>()
  return {
    tallies,
    count(key: string, isAlarm: boolean) {
      const tally = tallies.get(key) ?? { trials: 0, alarms: 0 }
      tally.trials++
      if (isAlarm) tally.alarms++
      tallies.set(key, tally)
    },
  }
}
export type Tallies = ReturnType<typeof createTallies>

/** A table of Markdown, its columns padded. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length), 3))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |\n`
  return line(head) + line(widths.map((width) => '-'.repeat(width))) + rows.map(line).join('')
}

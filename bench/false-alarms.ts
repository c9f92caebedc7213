/**
 * How often drift is cried where there is none, and how soon it is noticed where there is, both on real rows. See
 * docs/guides/drift.md for what the numbers mean. Fails when the false-alarm rate obtained is not within a factor of two of the
 * rate asked for, the effect floor off.
 * Run: node bench/false-alarms.ts [--quick | --large] [--columns]. --large: the windows of which there are few in any set, from so
 * many shuffles that their rates can be told, some ten minutes.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { createSqlEngine } from '../server/src/platform/sql/sql-engine.ts'
import { CHANGED_ROWS, detectChanges, type Detections, METHODS } from './false-alarms/drifted.ts'
import { KINDS } from './false-alarms/real-sets.ts'
import { outcomeOf, shareText, tableText, type Tallies } from './false-alarms/tally.ts'
import { judgeUndrifted, type Plan, RATES, type Undrifted, WINDOW_ROWS } from './false-alarms/undrifted.ts'

const isQuick = process.argv.includes('--quick')
const isLarge = process.argv.includes('--large')
const LARGE_SHUFFLES = 70
const small = (times: number) => [
  { set: 'zipcodes', shuffles: Math.ceil(times / 3), referenceRows: 21_000 },
  { set: 'birdstrikes', shuffles: times, referenceRows: 5_000 },
  { set: 'movies', shuffles: times, referenceRows: 1_600 },
  { set: 'weather', shuffles: times, referenceRows: 1_460 },
  { set: 'airports', shuffles: times, referenceRows: 1_680 },
  { set: 'penguins', shuffles: times, referenceRows: 240 },
  { set: 'cars', shuffles: times, referenceRows: 300 },
]
const whole: Plan = isQuick
  ? { draws: [{ set: 'flights', shuffles: 1, referenceRows: 100_000 }, ...small(4)], windowRows: WINDOW_ROWS }
  : {
      draws: [
        { set: 'flights', shuffles: 1, referenceRows: 30_000 },
        { set: 'flights', shuffles: 4, referenceRows: 100_000 },
        ...small(40),
      ],
      windowRows: WINDOW_ROWS,
    }

const plan: Plan = isLarge
  ? {
      draws: [{ set: 'flights', shuffles: LARGE_SHUFFLES, referenceRows: 100_000 }],
      windowRows: WINDOW_ROWS.filter((rows) => rows >= 30_000),
    }
  : whole

const say = (text: string) => process.stdout.write(`${text}\n`)
const start = performance.now()
const note = (text: string) =>
  process.stderr.write(`${((performance.now() - start) / 1_000).toFixed(0).padStart(4)} s  ${text}\n`)
const rowsText = (rows: number) => rows.toLocaleString('en')

function rateTable(tallies: Tallies, rate: number, isChecked: boolean): string {
  const rows = KINDS.map((kind) => [
    kind,
    ...WINDOW_ROWS.map((size) => shareText(tallies.tallies.get(`${kind}|${size}|${rate}`), isChecked ? rate : undefined)),
  ])
  return tableText(['a column of', ...WINDOW_ROWS.map(rowsText)], rows)
}

function undriftedText(found: Undrifted): string {
  const of = (tallies: Tallies, rate: number, isChecked: boolean) => (size: number) =>
    shareText(tallies.tallies.get(`${size}|${rate}`), isChecked ? rate : undefined)
  const windowRows = RATES.flatMap((rate) => [
    [`${100 * rate} %, floor off`, ...WINDOW_ROWS.map(of(found.bareWindows, rate, true))],
    [`${100 * rate} %, floor on`, ...WINDOW_ROWS.map(of(found.flooredWindows, rate, false))],
  ])
  return [
    ...RATES.flatMap((rate) => [
      `Columns that alarm though nothing drifted, percent [95 % interval], by rows of the window. Asked: ${100 * rate} %. Effect floor off.`,
      rateTable(found.bare, rate, true),
      `The same with the effect floor, as users have it.`,
      rateTable(found.floored, rate, false),
    ]),
    'Windows in which any column alarms, percent [95 % interval].',
    tableText(['asked', ...WINDOW_ROWS.map(rowsText)], windowRows),
  ].join('\n')
}

function detectionText({ falseAlarms, delays }: Detections): string {
  const median = (trials: readonly number[]) => trials.toSorted((a, b) => a - b)[Math.floor(trials.length / 2)]!
  const none = CHANGED_ROWS.map((size, s) => {
    const { windows, alarms } = falseAlarms[s]!
    return [
      'nothing: false alarms',
      rowsText(size),
      ...alarms.map((count) => `${Number(((100 * count) / windows).toPrecision(2))} %`),
    ]
  })
  const changed = delays.flatMap(({ title, delays: bySize }) =>
    CHANGED_ROWS.map((size, s) => {
      const cells = bySize[s]!.map((trials) => {
        const windows = median(trials)
        return windows === Number.POSITIVE_INFINITY ? 'no' : `${windows} (${rowsText(windows * size)})`
      })
      return [title, rowsText(size), ...cells]
    }),
  )
  const trials = delays[0]!.delays.map((methods) => methods[0]!.length).join(', ')
  return `What changed, and windows (rows) until it is noticed, the median of ${trials} trials; no: not within 20 windows.
False alarms: windows of ${falseAlarms.map(({ windows }) => rowsText(windows)).join(', ')} that raise one on any column.
${tableText(['what changed', 'window', ...METHODS], [...none, ...changed])}`
}

/** Says whether the rates asked for were kept. @returns The exit code. */
function conclude(found: Undrifted): number {
  const cells = [...found.bare.tallies, ...found.bareWindows.tallies]
  const counts = { kept: 0, 'too few trials to tell': 0, BROKEN: 0 }
  for (const [key, tally] of cells) counts[outcomeOf(tally, Number(key.split('|').at(-1)))]++
  const { kept, BROKEN: broken, 'too few trials to tell': open } = counts
  say(`Of ${cells.length} rates ${kept} are within a factor of two of what was asked, ${broken} are not (!), and ${open} have too few
trials to tell (~): their share is outside of it and their interval is not. ${broken === 0 ? 'Met.' : 'MISSED.'}`)
  return broken === 0 ? 0 : 1
}

const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-false-alarms-'))
const engine = createSqlEngine({ memoryBytesMax: 2_000_000_000, tempFolder: folder })
try {
  const found = await judgeUndrifted(engine, folder, plan, note)
  say(undriftedText(found))
  if (process.argv.includes('--columns'))
    for (const [key, tally] of found.columns.tallies) {
      const outcome = outcomeOf(tally, Number(key.split('|')[2]))
      if (outcome !== 'kept') say(`${key}: ${shareText(tally)} of ${tally.trials} ${outcome}`)
    }
  if (!isQuick && !isLarge) say(detectionText(await detectChanges(engine, folder, 3, note)))
  process.exitCode = conclude(found)
} finally {
  engine.close()
  rmSync(folder, { recursive: true, force: true })
}
note('done')

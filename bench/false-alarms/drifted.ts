/** How soon a change is noticed that was made to real rows, by us and by fixed limits, beside what each costs in false alarms. */
import { type Column, type NumberColumn, sliceRows, type Table } from '../../server/src/kernel/table.ts'
import { falseAlarmRateOf } from '../../server/src/layers/operations/drift/false-alarm-rate.ts'
import { judgeColumns } from '../../server/src/layers/operations/drift/judge-drift.ts'
import { compareProfiles } from '../../server/src/layers/operations/profile/compare-profiles.ts'
import { profileReferenceOf, type ProfileReference } from '../../server/src/layers/operations/profile/profile-reference.ts'
import type { Baseline } from '../../server/src/layers/model/index.ts'
import type { SqlEngine } from '../../server/src/platform/sql/sql-engine.ts'
import { isSignificant, plainPsi } from './fixed-limits.ts'
import { FLIGHTS_SQL, shuffle } from './real-sets.ts'
import { FIRST_SEED, profileOf } from './undrifted.ts'

const REFERENCE_ROWS = 20_000
/** Of each size from one shuffle. */
const WINDOWS_MAX = 500
const TRIALS_MAX = 6
/** Windows after the change in which it has to be noticed. */
const PATIENCE = 20
/** What a contract has that says nothing of drift: windows of an hour, one false alarm in a month, three breaches in a row. */
const SUSTAINED = 3
const RATE = falseAlarmRateOf(1, 3_600_000, SUSTAINED)
export const CHANGED_ROWS = [300, 1_000, 10_000] as const

const KM = 1.609344
const month = (number: number) => `SELECT * EXCLUDE (date) FROM (${FLIGHTS_SQL}) WHERE month(date) = ${number}`

const changeNumbers =
  (name: string, change: (value: number, row: number) => number) =>
  (table: Table): Table => {
    const column = table.columns.get(name) as NumberColumn
    return { ...table, columns: new Map(table.columns).set(name, { ...column, values: column.values.map(change) }) }
  }
/** Miles: the standard deviation of distance in February. */
const DISTANCE_DEVIATION = 573.9

interface Change {
  readonly title: string
  /** Whose alarms count; all when absent. */
  readonly column?: string
  readonly month?: number
  readonly make: (table: Table) => Table
}
const changes: readonly Change[] = [
  { title: 'May instead of February', month: 5, make: (table) => table },
  { title: 'distance in kilometres', column: 'distance', make: changeNumbers('distance', (miles) => miles * KM) },
  { title: 'the largest origin is gone', column: 'origin', make: withoutLargestOrigin },
  {
    title: 'distance is missing in 5 % of rows',
    column: 'distance',
    make: changeNumbers('distance', (miles, row) => (row % 20 === 7 ? Number.NaN : miles)),
  },
  { title: 'distance + 0.1 deviations', column: 'distance', make: shift(0.1) },
  { title: 'distance + 0.25 deviations', column: 'distance', make: shift(0.25) },
]

function shift(deviations: number) {
  return changeNumbers('distance', (miles) => miles + deviations * DISTANCE_DEVIATION)
}

function withoutLargestOrigin(table: Table): Table {
  const { codes, dictionary } = table.columns.get('origin') as Extract<Column, { type: 'text' }>
  const rows = new Map<number, number>()
  for (const code of codes) rows.set(code, (rows.get(code) ?? 0) + 1)
  const [largest] = dictionary.map((_, code) => code).toSorted((a, b) => rows.get(b)! - rows.get(a)!)
  const kept = Array.from(codes.keys()).filter((row) => codes[row] !== largest)
  const pick = (column: Column): Column =>
    column.type === 'text'
      ? { ...column, codes: Int32Array.from(kept, (row) => column.codes[row]!) }
      : { ...column, values: Float64Array.from(kept, (row) => column.values[row]!) }
  return { rowCount: kept.length, columns: new Map(Array.from(table.columns, ([name, column]) => [name, pick(column)])) }
}

export const METHODS = ['Seaworthy', 'its floor off', 'PSI > 0.1', 'PSI > 0.2', 'p < 0.05'] as const

/** Columns that a method cries about. Shape [method]. */
type Cries = readonly ReadonlySet<string>[]

interface Reference {
  readonly baseline: Baseline
  readonly made: ProfileReference
  readonly table: Table
}

function cries({ baseline, made, table }: Reference, window: Table): Cries {
  const { columns } = compareProfiles(made, profileOf(baseline, made, window))
  const subjects = columns.map((column) => ({ column }))
  const judged = (effectFloor?: number) =>
    new Set(
      judgeColumns(subjects, { falseAlarmRate: RATE, ...(effectFloor !== undefined && { effectFloor }) })
        .verdicts.filter(({ verdict }) => verdict === 'drift')
        .map(({ column }) => column),
    )
  const which = (test: (column: (typeof columns)[number]) => boolean) => new Set(columns.filter(test).map(({ name }) => name))
  const above = (limit: number) => which((column) => plainPsi(column) > limit)
  return [judged(), judged(0), above(0.1), above(0.2), which((column) => isSignificant(column, table, window))]
}

/** Columns that a method has cried about in as many windows in a row as it asks for. */
function createStreaks() {
  const streaks = METHODS.map(() => new Map<string, number>())
  return (found: Cries): Cries =>
    found.map((columns, method) => {
      const asked = method < 2 ? SUSTAINED : 1
      const now = new Map(Array.from(columns, (name) => [name, (streaks[method]!.get(name) ?? 0) + 1]))
      streaks[method] = now
      return new Set(Array.from(now).flatMap(([name, times]) => (times % asked === 0 ? [name] : [])))
    })
}

export interface Detections {
  /** Of undrifted windows: incidents that begin, of how many windows. Shape [size][method]. */
  readonly falseAlarms: { readonly windows: number; readonly alarms: readonly number[] }[]
  /** Windows until the change was noticed, a list of trials, Infinity when never. Shape [change][size][method][trial]. */
  readonly delays: readonly { readonly title: string; readonly delays: readonly (readonly number[])[][] }[]
}

export async function detectChanges(
  engine: SqlEngine,
  folder: string,
  shuffles: number,
  onDone: (what: string) => void,
): Promise<Detections> {
  const falseAlarms = CHANGED_ROWS.map(() => ({ windows: 0, alarms: METHODS.map(() => 0) }))
  const delays = changes.map(({ title }) => ({ title, delays: CHANGED_ROWS.map(() => METHODS.map((): number[] => [])) }))
  for (let seed = 0; seed < shuffles; seed++) {
    const february = await shuffle(engine, folder, month(2), FIRST_SEED + seed)
    const baseline = await february.baseline(0, REFERENCE_ROWS)
    const reference = { baseline, made: profileReferenceOf(baseline), table: await february.table(0, REFERENCE_ROWS) }
    const rest = await february.table(REFERENCE_ROWS, february.rowCount)
    const may = await (await shuffle(engine, folder, month(5), FIRST_SEED + seed)).table(0, 300_000)
    for (const [s, size] of CHANGED_ROWS.entries()) countFalseAlarms(reference, rest, size, falseAlarms[s]!)
    for (const [c, change] of changes.entries()) {
      const changed = change.make(change.month === undefined ? rest : may)
      for (const [s, size] of CHANGED_ROWS.entries()) {
        const trials = Math.max(1, Math.min(TRIALS_MAX, Math.floor(changed.rowCount / size / PATIENCE)))
        for (let trial = 0; trial < trials; trial++)
          for (const [method, delay] of delaysOf(reference, changed, size, trial * PATIENCE, change.column).entries())
            delays[c]!.delays[s]![method]!.push(delay)
      }
    }
    onDone(`changes, ${seed + 1} of ${shuffles}`)
  }
  return { falseAlarms, delays }
}

function countFalseAlarms(reference: Reference, rows: Table, size: number, found: { windows: number; alarms: number[] }): void {
  const streaks = createStreaks()
  for (let at = 0; at < Math.min(WINDOWS_MAX, Math.floor(rows.rowCount / size)); at++) {
    found.windows++
    const alarms = streaks(cries(reference, sliceRows(rows, at * size, (at + 1) * size)))
    for (const [method, columns] of alarms.entries()) if (columns.size > 0) found.alarms[method]!++
  }
}

/** Windows from the first changed one to the alarm, for each method. */
function delaysOf(reference: Reference, rows: Table, size: number, from: number, column: string | undefined): number[] {
  const delays = METHODS.map(() => Number.POSITIVE_INFINITY)
  const streaks = createStreaks()
  for (let i = 0; i < PATIENCE && delays.includes(Number.POSITIVE_INFINITY); i++) {
    if ((from + i + 1) * size > rows.rowCount) break
    const alarms = streaks(cries(reference, sliceRows(rows, (from + i) * size, (from + i + 1) * size)))
    for (const [method, columns] of alarms.entries())
      if (column === undefined ? columns.size > 0 : columns.has(column)) delays[method] = Math.min(delays[method]!, i + 1)
  }
  return delays
}

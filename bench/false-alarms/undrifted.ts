/** False alarms on real rows in which nothing has drifted, judged as the monitor judges them. */
import { sliceRows, type Table } from '../../server/src/kernel/table.ts'
import type { Baseline } from '../../server/src/layers/model/index.ts'
import { AUTO, findMeasure } from '../../server/src/layers/operations/drift/choose-measure.ts'
import { type DriftVerdict, judgeColumn, judgeColumns } from '../../server/src/layers/operations/drift/judge-drift.ts'
import { compareProfiles, type ComparedColumn } from '../../server/src/layers/operations/profile/compare-profiles.ts'
import { type ProfileReference, profileReferenceOf } from '../../server/src/layers/operations/profile/profile-reference.ts'
import { createProfile, mergeProfiles, type Profile } from '../../server/src/layers/operations/profile/profile.ts'
import type { SqlEngine } from '../../server/src/platform/sql/sql-engine.ts'
import { type RealSet, realSets, shuffle } from './real-sets.ts'
import { createTallies, type Tallies } from './tally.ts'

export const WINDOW_ROWS = [100, 300, 1_000, 3_000, 10_000, 30_000, 100_000] as const
export const RATES = [0.05, 0.01] as const
/** Not the seeds that faults were found with. */
export const FIRST_SEED = 1_000
/** Windows of one size that share a reference. */
const WINDOWS_MAX = 30

export interface Plan {
  /** Shuffles of each set by its name, and rows of the references that are cut from each. */
  readonly draws: readonly { readonly set: string; readonly shuffles: number; readonly referenceRows: number }[]
  readonly windowRows: readonly number[]
}

export interface Undrifted {
  /** By `kind|rows|rate`: columns that alarm, the effect floor off. */
  readonly bare: Tallies
  /** The same with the floor. */
  readonly floored: Tallies
  /** By `rows|rate`: windows in which any column alarms, the floor off, and with it. */
  readonly bareWindows: Tallies
  readonly flooredWindows: Tallies
  /** By `set.column|rows|rate`, the floor off: for finding what a kind hides. */
  readonly columns: Tallies
}

/** One reference with windows that hold no more rows than it, so that they hardly hang together by sharing it. */
export async function judgeUndrifted(
  engine: SqlEngine,
  folder: string,
  plan: Plan,
  onDone: (what: string) => void,
): Promise<Undrifted> {
  const found: Undrifted = {
    bare: createTallies(),
    floored: createTallies(),
    bareWindows: createTallies(),
    flooredWindows: createTallies(),
    columns: createTallies(),
  }
  for (const { set: name, shuffles, referenceRows } of plan.draws) {
    const set = realSets.find((each) => each.name === name)!
    for (let seed = 0; seed < shuffles; seed++) {
      const rows = await shuffle(engine, folder, set.sql, FIRST_SEED + seed)
      for (let from = 0; from + referenceRows < rows.rowCount; from += 2 * referenceRows) {
        const middle = from + referenceRows
        const table = await rows.table(middle, Math.min(middle + referenceRows, rows.rowCount))
        judgeCut(set, await rows.baseline(from, middle), table, plan.windowRows, found)
      }
    }
    onDone(`${name}, references of ${referenceRows.toLocaleString('en')} rows`)
  }
  return found
}

/** Windows are sums of profiles of the windows of the size before, where it divides them. */
function judgeCut(set: RealSet, baseline: Baseline, table: Table, sizes: readonly number[], found: Undrifted): void {
  const reference = profileReferenceOf(baseline)
  let parts: { rows: number; profiles: Profile[] } = { rows: 0, profiles: [] }
  for (const rows of sizes.filter((size) => size <= table.rowCount)) {
    const profiles: Profile[] = []
    const lots = rows / parts.rows
    const windows = Math.min(WINDOWS_MAX, Math.floor(table.rowCount / rows))
    for (let i = 0; i < windows; i++) {
      const own = Number.isInteger(lots) ? parts.profiles.slice(i * lots, (i + 1) * lots) : []
      profiles.push(
        own.length === lots
          ? mergeProfiles(own[0]!, ...own.slice(1))
          : profileOf(baseline, reference, sliceRows(table, i * rows, (i + 1) * rows)),
      )
    }
    parts = { rows, profiles }
    for (const profile of profiles) judgeWindow(set, compareProfiles(reference, profile).columns, rows, found)
  }
}

export function profileOf(baseline: Baseline, reference: ProfileReference, table: Table): Profile {
  const profile = createProfile(
    baseline.columns.map(({ name, type }) => ({ name, type })),
    reference,
  )
  profile.addTable(table)
  return profile
}

/** A p-value does not depend on the rate, and the floor is one comparison, so each column is measured once for them. */
function judgeWindow(set: RealSet, columns: readonly ComparedColumn[], rows: number, found: Undrifted): void {
  const floors = new Map(columns.map((column) => [column.name, findMeasure(AUTO, column)!.measure.effectFloor]))
  const matters = ({ column, value }: DriftVerdict) => value! >= floors.get(column)!
  const alone = columns.map((column) => judgeColumn(column, { effectFloor: 0 })!)
  const subjects = columns.map((column) => ({ column }))
  for (const rate of RATES) {
    for (const verdict of alone) {
      const key = `${set.kinds[verdict.column]!}|${rows}|${rate}`
      const isAlarm = verdict.pValue! <= rate
      found.bare.count(key, isAlarm)
      found.floored.count(key, isAlarm && matters(verdict))
      found.columns.count(`${set.name}.${verdict.column}|${rows}|${rate}`, isAlarm)
    }
    const { verdicts } = judgeColumns(subjects, { falseAlarmRate: rate, effectFloor: 0 })
    const alarms = verdicts.filter(({ verdict }) => verdict === 'drift')
    found.bareWindows.count(`${rows}|${rate}`, alarms.length > 0)
    found.flooredWindows.count(`${rows}|${rate}`, alarms.some(matters))
  }
}

import type { Table } from '../../../../../kernel/table.ts'
import { createRandom } from '../../../../../stats/random.ts'
import { TrainingDataUnfit } from '../errors.ts'
import type { BoostedTreesOptions, Objective } from './options.ts'

/** The outcomes of a table, NaN where one is missing. Throws TrainingDataUnfit. */
export function outcomesOf(table: Table, name: string): { values: Float64Array; isBoolean: boolean } {
  const column = table.columns.get(name)
  if (column === undefined)
    throw new TrainingDataUnfit({
      reason: `there is no column "${name}" to learn`,
      advice: `Name the outcome: one of ${[...table.columns.keys()].join(', ')}.`,
    })
  if (column.type === 'text' || column.type === 'time')
    throw new TrainingDataUnfit({
      reason: `the outcome "${name}" is ${column.type}`,
      advice: 'Learn a boolean or a number; make one boolean for each class of a text.',
    })
  return { values: column.values, isBoolean: column.type === 'boolean' }
}

export function objectiveOf(options: BoostedTreesOptions, isBoolean: boolean): Objective {
  return options.objective ?? (isBoolean ? 'log-loss' : 'squared-error')
}

/** Rows that have an outcome. Throws TrainingDataUnfit when there are none, or one that the objective cannot learn. */
export function rowsWithOutcome(values: Float64Array, objective: Objective, outcome: string): Int32Array {
  const rows = new Int32Array(values.length)
  let count = 0
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (Number.isNaN(value)) continue
    if (objective === 'log-loss' ? value !== 0 && value !== 1 : !Number.isFinite(value))
      throw new TrainingDataUnfit({
        reason: `the outcome "${outcome}" of row ${row} is ${value}`,
        advice:
          objective === 'log-loss'
            ? 'Log loss learns a boolean, or 0 and 1; set the objective to squared-error for numbers.'
            : 'Leave such rows out.',
      })
    rows[count++] = row
  }
  if (count === 0)
    throw new TrainingDataUnfit({
      reason: `no row has the outcome "${outcome}"`,
      advice: 'Train on a period whose outcomes have arrived.',
    })
  return rows.subarray(0, count)
}

/** Takes `share` of the rows, each chosen by chance, and leaves the others; both in their order. */
export function takeShare(rows: Int32Array, share: number, random: () => number): { taken: Int32Array; left: Int32Array } {
  const want = Math.round(rows.length * share)
  if (want === rows.length) return { taken: rows.slice(), left: new Int32Array(0) }
  const taken = new Int32Array(want)
  const left = new Int32Array(rows.length - want)
  let [t, l] = [0, 0]
  for (let i = 0; i < rows.length; i++) {
    // Selection sampling (D. Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S): exactly `want`, in order.
    if (random() * (rows.length - i) < want - t) taken[t++] = rows[i]!
    else left[l++] = rows[i]!
  }
  return { taken, left }
}

/** Columns of one tree, at least one, rising. */
export function takeColumns(count: number, share: number, random: () => number): number[] {
  const all = Int32Array.from({ length: count }, (_, i) => i)
  return [...takeShare(all, Math.max(share, 1 / count), random).taken]
}

/** Chance of one purpose: what one part draws does not move what another draws. */
export const randomFor = (seed: number, purpose: 'validation' | 'rows' | 'columns') =>
  createRandom(seed * 4 + ['validation', 'rows', 'columns'].indexOf(purpose))

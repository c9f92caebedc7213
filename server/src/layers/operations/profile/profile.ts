/**
 * The profile of a window: all that monitoring keeps of its rows. Its size does not grow with the rows, and two profiles merge to
 * the profile of both windows, so that an hour, a day, the same hour of eight Tuesdays, or a slice over a month are sums of parts
 * that were computed once.
 *
 * Merging is associative and commutative: counts, bins, extremes, quantiles and the number of different values come out the same
 * in any order, mean and deviation to the last digits; the list of frequent values is exact while there are at most 2,000
 * different ones that the reference does not have, and beyond that within its stated error.
 */
import type { Instance, Table } from '../../../kernel/table.ts'
import { ProfilesDiffer } from './errors.ts'
import { addNumber, addNumbers, createNumbersProfile, mergeNumbers, type NumbersProfile } from './numbers-profile.ts'
import { familyOf, type ProfileColumn } from './profile-column.ts'
import type { ProfileReference } from './profile-reference.ts'
import { addValue, addValues, createValuesProfile, mergeValues, type ValuesProfile } from './values-profile.ts'

export type ColumnProfile = NumbersProfile | ValuesProfile

export interface Profile {
  readonly rows: number
  readonly reference: ProfileReference | undefined
  /** By name, in the order of creation. */
  readonly columns: ReadonlyMap<string, ColumnProfile>
  /** Adds rows held by column. A column that the table lacks is missing in all of them. */
  addTable(table: Table): void
  /** Adds one row of the live stream: some 100 ns a column, nothing allocated. */
  addInstance(instance: Instance): void
  /** Adds all rows of another profile, which stays as it is. Throws ProfilesDiffer. */
  absorb(other: Profile): void
}

/**
 * An empty profile of these columns. With a reference, rows are also counted on its bins, which is what comparing needs; a column
 * that it lacks, or has as another kind of thing, is profiled without.
 *
 * Memory: 20 KB for a column of numbers that span 30 powers of two, at most 140 KB; 5 KB for values, and their texts (2,000 of at
 * most 500 characters) while the reference does not list them.
 */
export function createProfile(columns: readonly ProfileColumn[], reference?: ProfileReference): Profile {
  return profileFrom(
    columns.map(({ name, type }) => {
      const found = reference?.columns.get(name)
      return familyOf(type) === 'numbers'
        ? createNumbersProfile(name, type, found?.family === 'numbers' ? found : undefined)
        : createValuesProfile(name, type, found?.family === 'values' ? found : undefined)
    }),
    reference,
    0,
  )
}

/** A profile with this content. */
export function profileFrom(
  content: readonly ColumnProfile[],
  reference: ProfileReference | undefined,
  rowsBefore: number,
): Profile {
  const columns = new Map(content.map((column) => [column.name, column]))
  let rows = rowsBefore
  return Object.freeze<Profile>({
    get rows() {
      return rows
    },
    reference,
    columns,
    addTable(table) {
      rows += table.rowCount
      for (const column of content) {
        const found = table.columns.get(column.name)
        if (column.family === 'numbers') addNumbers(column, found, table.rowCount)
        else addValues(column, found, table.rowCount)
      }
    },
    addInstance(instance) {
      rows++
      for (let i = 0; i < content.length; i++) {
        const column = content[i]!
        const cell = Object.hasOwn(instance, column.name) ? instance[column.name] : undefined
        if (column.family === 'numbers') addNumber(column, cell)
        else addValue(column, cell)
      }
    },
    absorb(other) {
      requireAlike(columns, reference, other)
      for (const [name, column] of columns) mergeColumn(column, other.columns.get(name)!)
      rows += other.rows
    },
  })
}

/** A new profile of all rows of these. Throws ProfilesDiffer. */
export function mergeProfiles(first: Profile, ...others: readonly Profile[]): Profile {
  const merged = createProfile([...first.columns.values()], first.reference)
  for (const profile of [first, ...others]) merged.absorb(profile)
  return merged
}

function mergeColumn(column: ColumnProfile, other: ColumnProfile): void {
  if (column.family === 'numbers') mergeNumbers(column, other as NumbersProfile)
  else mergeValues(column, other as ValuesProfile)
}

function requireAlike(columns: Profile['columns'], reference: ProfileReference | undefined, other: Profile): void {
  const refuse = (reason: string) => new ProfilesDiffer({ reason })
  if (reference?.digest !== other.reference?.digest) throw refuse('they count on the bins of different baselines')
  if (columns.size !== other.columns.size) throw refuse(`one has ${columns.size} columns and one ${other.columns.size}`)
  for (const [name, { type }] of columns) {
    const found = other.columns.get(name)
    if (found === undefined) throw refuse(`one has no column "${name}"`)
    if (found.type !== type) throw refuse(`"${name}" is ${type} in one and ${found.type} in the other`)
  }
}

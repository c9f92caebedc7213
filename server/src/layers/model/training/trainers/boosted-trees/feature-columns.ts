/**
 * The columns a model reads, as the one matrix of float32 that its graph takes: [rows, columns], row after row. A number is
 * itself, rounded to float32; a boolean 0 or 1; a category its place in the column's list; what is missing, and a category
 * that training has not seen, is NaN. Trainer and serving see the same numbers, so they come to the same leaf.
 */
import type { Column, Table } from '../../../../../kernel/table.ts'
import { TrainingDataUnfit } from '../errors.ts'

export interface FeatureColumn {
  readonly name: string
  /** Categories in the order of their codes; undefined for a number. */
  readonly categories: readonly string[] | undefined
}

/**
 * The columns of `names`, with the `categoriesMax` most frequent texts of each text column as its categories, frequent ones
 * first. `earlier` are columns of a model that is trained on: its categories keep their codes, and new ones follow.
 * Throws TrainingDataUnfit.
 */
export function featureColumnsOf(
  table: Table,
  names: readonly string[],
  categoriesMax: number,
  earlier: readonly FeatureColumn[] = [],
): FeatureColumn[] {
  return names.map((name) => {
    const column = columnOf(table, name)
    if (column.type !== 'text') return { name, categories: undefined }
    const before = earlier.find((feature) => feature.name === name)?.categories ?? []
    return { name, categories: [...new Set([...before, ...frequentTexts(column, categoriesMax)])] }
  })
}

function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name)
  if (column === undefined)
    throw new TrainingDataUnfit({
      reason: `there is no column "${name}"`,
      advice: `Use columns that are there: ${[...table.columns.keys()].join(', ')}.`,
    })
  if (column.type === 'time')
    throw new TrainingDataUnfit({
      reason: `the column "${name}" is a time, which lies outside everything learned as soon as training ends`,
      advice: 'Derive what repeats from it, such as the hour and the weekday, and leave it out of the columns.',
    })
  return column
}

/** Ties go by name, so that the order of the rows does not decide. */
function frequentTexts(column: Extract<Column, { type: 'text' }>, max: number): string[] {
  const counts = new Map<string, number>()
  for (const code of column.codes) {
    const text = column.dictionary[code]
    if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return [...counts]
    .toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, max)
    .map(([text]) => text)
}

/** The matrix [rows, columns], flat. Throws TrainingDataUnfit when a column is absent or of another kind. */
export function encodeFeatures(table: Table, features: readonly FeatureColumn[]): Float32Array {
  const width = features.length
  const matrix = new Float32Array(table.rowCount * width)
  features.forEach((feature, at) => {
    const column = columnOf(table, feature.name)
    if ((column.type === 'text') !== (feature.categories !== undefined))
      throw new TrainingDataUnfit({
        reason: `the column "${feature.name}" is ${column.type}, and the model learned it as ${feature.categories === undefined ? 'a number' : 'a category'}`,
        advice: 'Read it with the type that it had in training.',
      })
    if (column.type !== 'text')
      for (let row = 0, to = at; row < table.rowCount; row++, to += width) matrix[to] = column.values[row]!
    else {
      const codeOf = new Map(feature.categories!.map((text, code) => [text, code]))
      const codes = Float32Array.from(column.dictionary, (text) => codeOf.get(text) ?? Number.NaN)
      for (let row = 0, to = at; row < table.rowCount; row++, to += width) matrix[to] = codes[column.codes[row]!] ?? Number.NaN
    }
  })
  return matrix
}

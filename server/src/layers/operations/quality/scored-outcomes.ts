/**
 * What a model said beside what happened, row by row, in the one form that every quality metric takes. Rows whose outcome has
 * not arrived are left out and counted; rows for which the model said no number are counted apart, because a metric over the
 * rest would hide a broken model.
 */
import type { Column, Table } from '../../../kernel/table.ts'
import { ColumnAbsent, OutcomeUnreadable } from './errors.ts'

export type OutputFamily = 'binary' | 'multiclass' | 'regression'

export interface BinaryOutcomes {
  readonly family: 'binary'
  /** Probability or score of the outcome, shape [n]. */
  readonly scores: Float64Array
  /** 1 where it happened, else 0, shape [n]. */
  readonly outcomes: Float64Array
}
export interface MulticlassOutcomes {
  readonly family: 'multiclass'
  /** Index in `classes`, shape [n]. */
  readonly predicted: Int32Array
  readonly outcomes: Int32Array
  /** The model's classes first, then those that only happened. */
  readonly classes: readonly string[]
  /** Per class of the model, shape [n] each; absent when the model gives only the class. */
  readonly probabilities?: readonly Float64Array[]
}
export interface RegressionOutcomes {
  readonly family: 'regression'
  readonly predicted: Float64Array
  readonly outcomes: Float64Array
}
export type ScoredOutcomes = BinaryOutcomes | MulticlassOutcomes | RegressionOutcomes

export interface OutcomePairing {
  readonly pairs: ScoredOutcomes
  /** Row in the table of each pair, ascending. */
  readonly rows: Int32Array
  readonly rowsWithoutOutcome: number
  readonly rowsWithoutPrediction: number
}

/** The output of a signature, as far as quality needs it. */
export interface OutputShape {
  readonly name: string
  readonly type: 'probability' | 'probabilities' | 'number' | 'integer' | 'boolean' | 'category' | 'tensor'
  readonly classes?: readonly string[] | undefined
}

export const rowCountOf = (pairs: ScoredOutcomes): number => pairs.outcomes.length

/**
 * Pairs the output columns that a scorer made with the outcome column of the same rows.
 * Throws ColumnAbsent, and OutcomeUnreadable when the outcome cannot mean what the output means.
 */
export function pairOutcomes(output: OutputShape, outputs: Table, data: Table, outcomeName: string): OutcomePairing {
  const outcome = columnOf(data, outcomeName, 'evaluation data')
  const { said, happened, build } = readersOf(output, outputs, outcome, outcomeName)
  const rows: number[] = []
  let [rowsWithoutOutcome, rowsWithoutPrediction] = [0, 0]
  for (let row = 0; row < data.rowCount; row++)
    if (!happened(row)) rowsWithoutOutcome++
    else if (!said(row)) rowsWithoutPrediction++
    else rows.push(row)
  const kept = Int32Array.from(rows)
  return { pairs: build(kept), rows: kept, rowsWithoutOutcome, rowsWithoutPrediction }
}

/** The same pairs, of some rows only; `places` are positions among the pairs. */
export function pickPairs(pairs: ScoredOutcomes, places: Int32Array): ScoredOutcomes {
  const pick = <To extends Float64Array | Int32Array>(from: To, to: To): To => {
    for (let i = 0; i < places.length; i++) to[i] = from[places[i]!]!
    return to
  }
  const numbers = (from: Float64Array) => pick(from, new Float64Array(places.length))
  const codes = (from: Int32Array) => pick(from, new Int32Array(places.length))
  if (pairs.family === 'binary') return { ...pairs, scores: numbers(pairs.scores), outcomes: numbers(pairs.outcomes) }
  if (pairs.family === 'regression') return { ...pairs, predicted: numbers(pairs.predicted), outcomes: numbers(pairs.outcomes) }
  const { probabilities } = pairs
  return {
    ...pairs,
    predicted: codes(pairs.predicted),
    outcomes: codes(pairs.outcomes),
    ...(probabilities === undefined ? {} : { probabilities: probabilities.map(numbers) }),
  }
}

interface Readers {
  readonly said: (row: number) => boolean
  readonly happened: (row: number) => boolean
  readonly build: (rows: Int32Array) => ScoredOutcomes
}

function readersOf(output: OutputShape, outputs: Table, outcome: Column, outcomeName: string): Readers {
  const classes = output.classes ?? []
  switch (output.type) {
    case 'probabilities':
      if (classes.length === 2) {
        const scores = numbersOf(outputs, `${output.name}[${classes[1]}]`)
        return binary(scores, truthOf(outcome, outcomeName, classes))
      }
      return multiclassByProbability(outputs, output.name, classes, outcome)
    case 'category':
      return multiclassByLabel(columnOf(outputs, output.name, 'model output'), classes, outcome)
    case 'probability':
    case 'boolean':
      return binary(numbersOf(outputs, output.name), truthOf(outcome, outcomeName, classes))
    case 'number':
    case 'integer':
      return regression(numbersOf(outputs, output.name), outcome, outcomeName)
    case 'tensor':
      throw new OutcomeUnreadable({ column: outcomeName, found: 'one value a row', expected: 'a tensor, as the output is,' })
  }
}

const binary = (scores: Float64Array, truth: Float64Array): Readers => ({
  said: (row) => !Number.isNaN(scores[row]),
  happened: (row) => !Number.isNaN(truth[row]),
  build: (rows) => ({ family: 'binary', scores: take(scores, rows), outcomes: take(truth, rows) }),
})

function regression(predicted: Float64Array, outcome: Column, name: string): Readers {
  if (outcome.type === 'text') throw new OutcomeUnreadable({ column: name, found: 'text', expected: 'a number' })
  const { values } = outcome
  return {
    said: (row) => Number.isFinite(predicted[row]),
    happened: (row) => Number.isFinite(values[row]),
    build: (rows) => ({ family: 'regression', predicted: take(predicted, rows), outcomes: take(values, rows) }),
  }
}

function multiclassByProbability(outputs: Table, name: string, classes: readonly string[], outcome: Column): Readers {
  const probabilities = classes.map((label) => numbersOf(outputs, `${name}[${label}]`))
  const coder = createCoder(classes)
  const happened = labelCodes(outcome, coder)
  return {
    said: (row) => probabilities.every((column) => !Number.isNaN(column[row])),
    happened: (row) => happened[row]! >= 0,
    build: (rows) => ({
      family: 'multiclass',
      classes: coder.labels,
      probabilities: probabilities.map((column) => take(column, rows)),
      predicted: Int32Array.from(rows, (row) =>
        probabilities.reduce((best, column, i) => (column[row]! > probabilities[best]![row]! ? i : best), 0),
      ),
      outcomes: Int32Array.from(rows, (row) => happened[row]!),
    }),
  }
}

function multiclassByLabel(said: Column, classes: readonly string[], outcome: Column): Readers {
  const coder = createCoder(classes)
  const [predicted, happened] = [labelCodes(said, coder), labelCodes(outcome, coder)]
  return {
    said: (row) => predicted[row]! >= 0,
    happened: (row) => happened[row]! >= 0,
    build: (rows) => ({
      family: 'multiclass',
      classes: coder.labels,
      predicted: Int32Array.from(rows, (row) => predicted[row]!),
      outcomes: Int32Array.from(rows, (row) => happened[row]!),
    }),
  }
}

function createCoder(classes: readonly string[]) {
  const labels = [...classes]
  const codes = new Map(labels.map((label, code) => [label, code]))
  return {
    labels,
    codeOf(label: string): number {
      const known = codes.get(label)
      if (known !== undefined) return known
      codes.set(label, labels.length)
      return labels.push(label) - 1
    },
  }
}

function labelCodes(column: Column, { codeOf }: ReturnType<typeof createCoder>): Int32Array {
  if (column.type !== 'text') return Int32Array.from(column.values, (value) => (Number.isNaN(value) ? -1 : codeOf(String(value))))
  const byCode = new Map<number, number>()
  return column.codes.map((code) => {
    if (code < 0) return -1
    const known = byCode.get(code) ?? codeOf(column.dictionary[code]!)
    byCode.set(code, known)
    return known
  })
}

const YES = new Set(['1', '1.0', 'true', 'yes', 't', 'y'])
const NO = new Set(['0', '0.0', 'false', 'no', 'f', 'n'])

/** The outcome as 0, 1 or NaN. `classes`, when there are two, name its absence and its presence. */
function truthOf(outcome: Column, name: string, classes: readonly string[]): Float64Array {
  const truth = (label: string): number => {
    if (classes.length === 2 && label === classes[1]) return 1
    if (classes.length === 2 && label === classes[0]) return 0
    if (YES.has(label.toLowerCase())) return 1
    if (NO.has(label.toLowerCase())) return 0
    const expected = classes.length === 2 ? `"${classes[0]}" or "${classes[1]}"` : '0 or 1'
    throw new OutcomeUnreadable({ column: name, found: JSON.stringify(label.slice(0, 60)), expected })
  }
  if (outcome.type === 'text') {
    const used = new Set(outcome.codes)
    const byCode = outcome.dictionary.map((label, code) => (used.has(code) ? truth(label) : Number.NaN))
    return Float64Array.from(outcome.codes, (code) => byCode[code] ?? Number.NaN)
  }
  const plain = classes.length !== 2
  return outcome.values.map((value) =>
    Number.isNaN(value) || (plain && (value === 0 || value === 1)) ? value : truth(String(value)),
  )
}

function columnOf(table: Table, column: string, where: string): Column {
  const found = table.columns.get(column)
  if (found === undefined) throw new ColumnAbsent({ column, where, known: [...table.columns.keys()] })
  return found
}

function numbersOf(outputs: Table, name: string): Float64Array {
  const column = columnOf(outputs, name, 'model output')
  if (column.type === 'text') throw new OutcomeUnreadable({ column: name, found: 'text', expected: 'a number' })
  return column.values
}

const take = (from: Float64Array, rows: Int32Array): Float64Array => Float64Array.from(rows, (row) => from[row]!)

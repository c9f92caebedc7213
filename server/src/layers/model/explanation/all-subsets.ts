/**
 * Shapley's own formula over every subset of the columns, against each background row: exact for any model, and for few columns
 * no more work than drawing orders. With n columns 2^n mixtures a background row are asked about.
 */
import { ExplanationImpossible } from './errors.ts'
import { contributionsOf, type Explanation } from './explanation.ts'
import type { Game } from './game.ts'

/** Rows that one explanation may ask about: at 10 µs a row half a second. */
const ROWS_MAX = 50_000
const COLUMNS_MAX = 20

export const canTakeAllSubsets = (columns: number, background: number): boolean =>
  columns <= COLUMNS_MAX && background * 2 ** columns <= ROWS_MAX

/** Throws ExplanationImpossible, ModelRunFailed, and the signal's reason. */
export async function explainBySubsets(
  game: Game,
  {
    row,
    background,
    signal,
  }: { readonly row: number; readonly background: readonly number[]; readonly signal?: AbortSignal | undefined },
): Promise<Explanation> {
  const columns = game.columns.length
  if (background.length === 0) throw new ExplanationImpossible({ reason: 'there are no background rows' })
  const subsets = 2 ** columns
  const weights = weightsOf(columns)
  const perBackground: Float64Array[] = []
  let [prediction, base] = [0, 0]
  for (const from of background) {
    // Bit i of a place says whether column i is that of the explained row.
    const worth = await game.score(
      { rowCount: subsets, sourceOf: (place, column) => ((place >>> column) & 1 ? row : from) },
      signal,
    )
    prediction = worth[subsets - 1]!
    base += worth[0]! / background.length
    perBackground.push(shareOut(worth, columns, weights))
  }
  return Object.freeze<Explanation>({
    output: game.output,
    unit: 'output',
    prediction,
    baseValue: base,
    contributions: contributionsOf(game.columns, perBackground),
    rowsScored: subsets * background.length,
    method: `exact Shapley values over all ${subsets.toLocaleString('en-US')} subsets of the columns, ${background.length} background rows`,
  })
}

function shareOut(worth: Float64Array, columns: number, weights: readonly number[]): Float64Array {
  const shares = new Float64Array(columns)
  for (let subset = 0; subset < worth.length; subset++) {
    const weight = weights[sizeOf(subset)]!
    for (let column = 0; column < columns; column++)
      if (((subset >>> column) & 1) === 0) shares[column]! += weight * (worth[subset | (1 << column)]! - worth[subset]!)
  }
  return shares
}

function sizeOf(subset: number): number {
  let size = 0
  for (let rest = subset; rest !== 0; rest &= rest - 1) size++
  return size
}

/** |S|! (n - |S| - 1)! / n! for each size of S. */
function weightsOf(columns: number): number[] {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
  return Array.from({ length: columns }, (_, size) => (factorial(size) * factorial(columns - size - 1)) / factorial(columns))
}

/**
 * Why a model said what it said of one row: Shapley values, the one way to share out a prediction among the columns that is
 * fair in the sense of four axioms (L. S. Shapley 1953; for models E. Štrumbelj and I. Kononenko 2014).
 *
 * Start from a background row, give it the columns of the explained row one after the other in a random order, and note by
 * how much each moves the prediction. Averaged over orders and background rows that is the column's contribution:
 *
 *     background  z1 z2 z3   f = 0.20
 *     order 2,1,3    x2      f = 0.35    column 2 moved it by +0.15
 *                 x1 x2      f = 0.30    column 1          by -0.05
 *                 x1 x2 x3   f = 0.60    column 3          by +0.30
 *
 * Each walk begins at a background prediction and ends at the explained one, and each background row is walked equally often,
 * so base value and contributions add up to the prediction by construction and not by luck. Every order is also walked
 * backwards (antithetic pairs), which cancels the first-order interactions: R. Mitchell et al. (2022), JMLR 23(43), 4.2.
 */
import type { Table } from '../../../kernel/table.ts'
import { createRandom, type Random } from '../../../stats/random.ts'
import type { Scorer } from '../inference/scorer.ts'
import type { Signature } from '../signature/signature.ts'
import { ExplanationImpossible } from './errors.ts'
import type { Explanation } from './explanation.ts'
import { createTableGame, type Game, type Mix } from './game.ts'

export interface ExplanationRequest {
  readonly scorer: Scorer
  readonly signature: Pick<Signature, 'inputs'>
  /** Holds the row that is explained and the background rows. */
  readonly table: Table
  /** Index of the explained row. */
  readonly row: number
  /** Indexes of the rows that stand for "nothing known", at least one. 20 to 100 of the training data are usual. */
  readonly background: readonly number[]
  /** Column of the scorer's outputs; numbers. */
  readonly output: string
  /** Orders per background row; each is walked forwards and backwards. Default 2. */
  readonly ordersPerRow?: number
  readonly seed?: number
  readonly signal?: AbortSignal | undefined
}

const ORDERS_PER_ROW = 2
const SEED = 1_953

export interface SampledOptions {
  /** Index of the explained row. */
  readonly row: number
  readonly background: readonly number[]
  readonly ordersPerRow?: number | undefined
  readonly seed?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Explains a row of a table. Columns that the table does not have are missing in both rows and left out. Throws what
 * `sampleShapley` throws.
 */
export function explainRow(request: ExplanationRequest): Promise<Explanation> {
  const { scorer, signature, table, output } = request
  return sampleShapley(createTableGame(scorer, signature, table, output), request)
}

/**
 * Costs background · 2 · orders · (columns - 1) scored rows; memory of one background row's share of them. Throws
 * ExplanationImpossible, ModelRunFailed, and the signal's reason when cancelled.
 */
export async function sampleShapley(game: Game, options: SampledOptions): Promise<Explanation> {
  const { row, background, signal, ordersPerRow = ORDERS_PER_ROW, seed = SEED } = options
  if (background.length === 0) throw new ExplanationImpossible({ reason: 'there are no background rows' })
  const { columns } = game
  const ends = await game.score({ rowCount: background.length + 1, sourceOf: (place) => background[place - 1] ?? row }, signal)
  const prediction = ends[0]!
  const random = createRandom(seed)
  const sums = columns.map(() => ({ total: 0, squares: 0 }))
  let rowsScored = ends.length
  for (const [i, from] of background.entries()) {
    const orders = pairedOrders(columns.length, ordersPerRow, random)
    const mix = walkMix(orders, row, from)
    const inner = mix.rowCount === 0 ? new Float64Array() : await game.score(mix, signal)
    rowsScored += mix.rowCount
    for (const pair of movesOf(orders, inner, ends[i + 1]!, prediction))
      for (const [column, move] of pair.entries()) {
        sums[column]!.total += move
        sums[column]!.squares += move ** 2
      }
  }
  const units = background.length * ordersPerRow
  return Object.freeze<Explanation>({
    output: game.output,
    unit: 'output',
    prediction,
    baseValue: ends.subarray(1).reduce((sum, value) => sum + value, 0) / background.length,
    contributions: sums.map(({ total, squares }, i) => ({
      column: columns[i]!,
      value: total / units,
      standardError: units < 2 ? 0 : Math.sqrt(Math.max(0, squares - total ** 2 / units) / (units - 1) / units),
    })),
    rowsScored,
    method: `sampled Shapley values, ${background.length} background rows, ${ordersPerRow} antithetic pairs of orders each, seed ${seed}`,
  })
}

/** Random orders of the columns, each followed by its reverse. */
function pairedOrders(columns: number, pairs: number, random: Random): number[][] {
  return Array.from({ length: pairs }, () => {
    const order = Array.from({ length: columns }, (_, i) => i)
    for (let i = columns - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1))
      ;[order[i], order[j]] = [order[j]!, order[i]!]
    }
    return [order, order.toReversed()]
  }).flat()
}

/** The rows between the ends of each walk: after 1, 2 ... columns - 1 columns were given, walk after walk. */
function walkMix(orders: readonly (readonly number[])[], to: number, from: number): Mix {
  const columns = orders[0]!.length
  const steps = Math.max(0, columns - 1)
  const placeOf = orders.map((order) => {
    const places = new Int32Array(columns)
    order.forEach((column, place) => (places[column] = place))
    return places
  })
  return {
    rowCount: orders.length * steps,
    sourceOf: (at, column) => (placeOf[Math.floor(at / steps)]![column]! <= at % steps ? to : from),
  }
}

/** By how much each column moved the prediction, the mean of the two walks of each pair. */
function movesOf(orders: readonly (readonly number[])[], inner: Float64Array, start: number, end: number): Float64Array[] {
  const columns = orders[0]!.length
  const pairs: Float64Array[] = []
  orders.forEach((order, walk) => {
    if (walk % 2 === 0) pairs.push(new Float64Array(columns))
    const moves = pairs.at(-1)!
    let before = start
    order.forEach((column, step) => {
      const after = step === columns - 1 ? end : inner[walk * (columns - 1) + step]!
      moves[column]! += (after - before) / 2
      before = after
    })
  })
  return pairs
}

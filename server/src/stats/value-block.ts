/**
 * A block of finite numbers and the two words of 32 bits each one consists of, both views of one memory that stays in the first
 * cache: sketches read exponents and bits from the words without any arithmetic. All machines that run us have the low word
 * first.
 */
export interface ValueBlock {
  readonly values: Float64Array
  readonly words: Int32Array
  /** Numbers in it, from the start. */
  rows: number
}

export const BLOCK_ROWS = 2_048

export function createValueBlock(rowsMax = BLOCK_ROWS): ValueBlock {
  const values = new Float64Array(rowsMax)
  return { values, words: new Int32Array(values.buffer), rows: 0 }
}

/** Copies the finite numbers among `source[from..to]`, at most a block, and makes -0 a 0. */
export function fillBlock(block: ValueBlock, source: Float64Array, from: number, to: number): void {
  const { values } = block
  let rows = 0
  for (let i = from; i < to; i++) {
    const value = source[i]!
    values[rows] = value + 0
    // Of NaN and the infinities this difference is NaN.
    if (value - value === 0) rows++
  }
  block.rows = rows
}

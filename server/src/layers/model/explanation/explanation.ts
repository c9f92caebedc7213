export interface Contribution {
  readonly column: string
  /** By how much this column moves the prediction away from the base value, in the unit of the explanation. */
  readonly value: number
  /** Of `value`, over the draw of background rows, and over orders where those were drawn. 0 when there is only one to go by. */
  readonly standardError: number
}

export interface Explanation {
  readonly output: string
  /**
   * What is shared out. `output`: the number that the model says. `log-odds`, `log`, `score`: the sum of trees behind it, where a
   * logistic, an exponential or a softmax follows; a sum is shared out exactly, what follows is not a matter of single columns.
   */
  readonly unit: 'output' | 'log-odds' | 'log' | 'score'
  /** In the unit of the explanation. */
  readonly prediction: number
  /** Mean prediction of the background rows, in the same unit. */
  readonly baseValue: number
  /** In the order of the signature; they add up to `prediction - baseValue`. */
  readonly contributions: readonly Contribution[]
  /** Rows that the model was asked about. */
  readonly rowsScored: number
  readonly method: string
}

/** The mean over background rows of what each column contributed against each, and its standard error. */
export function contributionsOf(columns: readonly string[], perBackground: readonly Float64Array[]): Contribution[] {
  const count = perBackground.length
  return columns.map((column, i) => {
    const value = perBackground.reduce((sum, own) => sum + own[i]!, 0) / count
    const squares = perBackground.reduce((sum, own) => sum + (own[i]! - value) ** 2, 0)
    return { column, value, standardError: count < 2 ? 0 : Math.sqrt(squares / (count - 1) / count) }
  })
}

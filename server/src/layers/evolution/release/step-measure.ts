import type { Estimate } from '../../../stats/estimate.ts'

/** One thing that a step is judged by, both versions in the same time. */
export interface StepMeasure {
  readonly measure: 'failures' | 'invalid' | 'flagged' | 'latency' | 'predictions' | 'quality'
  /** `unlike`: so different that a person should look, which is no loss. */
  readonly verdict: 'better' | 'worse' | 'no-difference-seen' | 'unlike' | 'not-enough-data'
  /** A share, or a mean loss; of `predictions`, the distance. */
  readonly champion?: number
  readonly challenger?: number
  /** Of the new version over the champion, above 0 better; its interval holds at every look. */
  readonly improvement?: Estimate
  /** What the verdict was held against, in the unit of the improvement. */
  readonly bound: number
  readonly championRows: number
  readonly challengerRows: number
  /** Of `latency`: from where on an answer is slow, in milliseconds. */
  readonly slowMs?: number
  readonly sentence: string
}

import type { SeriesStyle, Tone } from '../theme/palette.ts'

/** A line: one value for each time; undefined is a gap. */
export interface Line {
  readonly label: string
  readonly values: readonly (number | undefined)[]
  readonly style: SeriesStyle
}
/** An interval around the line with this label. */
export interface Band {
  readonly of: string
  readonly low: readonly (number | undefined)[]
  readonly high: readonly (number | undefined)[]
}
/** Something that happened: a release, an incident. Or a bound, when it has a value instead of a time. */
export type Mark =
  | { readonly kind: 'event'; readonly at: number; readonly label: string; readonly tone: Tone }
  | { readonly kind: 'bound'; readonly value: number; readonly label: string }

export interface TimeSeriesProps {
  /** Milliseconds since 1970, ascending. */
  readonly times: readonly number[]
  readonly lines: readonly Line[]
  readonly bands?: readonly Band[]
  readonly marks?: readonly Mark[]
  readonly height?: number
  /** What is drawn, and what is to be seen in it. */
  readonly caption: string
  readonly format: (value: number) => string
  /** What is visible, in milliseconds; the data may reach further. Default: all of it. */
  readonly span?: readonly [from: number, to: number]
  /** The axis begins at 0: counts and rates. */
  readonly fromZero?: boolean
  /** Charts with the same key share their cursor, and are moved together. */
  readonly group?: string
  readonly onSelect?: (from: number, to: number) => void
  /** With it the chart can be moved: by Shift and a drag, or by a wheel that turns sideways. Called when it rests. */
  readonly onPan?: (from: number, to: number) => void
}

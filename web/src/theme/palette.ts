/**
 * The colours of everything that is drawn. Those of states and series are from Okabe and Ito ("Color Universal Design", 2008),
 * which stay apart under every common colour blindness; still none of them stands alone: a state has a sign and a word beside
 * its colour, a series has a dash, a cell in breach has a mark.
 */

/** The meaning of a state, from fine to unknown; each has a colour, a sign and a default word in the status badge. */
export type Tone = 'good' | 'attention' | 'bad' | 'unknown' | 'info' | 'quiet'

export interface SeriesStyle {
  /** CSS variable, which differs between light and dark. */
  readonly color: `var(--series-${number})`
  /** Dash of a line, in pixels; empty is solid. */
  readonly dash: readonly number[]
}

const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3], [4, 2], [12, 4]]

/** Colour and dash of the series with this number, counted from 0; they repeat after six. */
export const seriesStyle = (index: number): SeriesStyle => ({
  color: `var(--series-${(index % DASHES.length) + 1})`,
  dash: DASHES[index % DASHES.length]!,
})

/** A CSS colour with its variables resolved, for canvases. */
export function resolveColor(color: string, element: Element): string {
  const name = /^var\((--[\w-]+)\)$/.exec(color)?.[1]
  return name === undefined ? color : getComputedStyle(element).getPropertyValue(name).trim() || '#888'
}

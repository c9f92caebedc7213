/** How wide the columns of a table are where there is not room for all of them. */

export interface Column {
  readonly title: string
  /** Where room is short, values are cut down to this width; without it they keep theirs. */
  readonly widthMin?: number
  /** Left out when the table is too wide even so; of several the last goes first. */
  readonly optional?: boolean
}
interface MeasuredColumn extends Column {
  readonly width: number
}

/** A width for each column, 0 for one that is left out. What cannot be fitted is too wide. */
export function fitColumns(columns: readonly MeasuredColumn[], room: number, gap: number): readonly number[] {
  const kept = columns.map(() => true)
  for (;;) {
    const widths = columns.map(({ width, widthMin }, at) =>
      kept[at] ? (widthMin === undefined ? width : Math.min(width, room)) : 0,
    )
    const count = kept.filter(Boolean).length
    let excess = widths.reduce((sum, width) => sum + width, 0) + gap * (count - 1) - room
    for (; excess > 0; excess--) {
      const widest = widestOf(columns, widths)
      if (widest === undefined) break
      widths[widest]! -= 1
    }
    const dropped = columns.findLastIndex(({ optional }, at) => optional === true && kept[at])
    if (excess <= 0 || dropped < 0) return widths
    kept[dropped] = false
  }
}

/** The widest column that may still be cut. */
function widestOf(columns: readonly MeasuredColumn[], widths: readonly number[]): number | undefined {
  let widest: number | undefined
  for (const [at, { widthMin }] of columns.entries())
    if (widthMin !== undefined && widths[at]! > widthMin && (widest === undefined || widths[at]! > widths[widest]!)) widest = at
  return widest
}

const segmenter = new Intl.Segmenter()
/** Letters of East Asia and pictures take two cells of a terminal. */
const WIDE = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}|[\uFF01-\uFF60]/u

/** Cells that a text takes in a terminal. */
export function displayWidth(text: string): number {
  // oxlint-disable-next-line no-control-regex
  if (/^[\u0000-\u02FF…→]*$/.test(text)) return text.length
  return Array.from(segmenter.segment(text), ({ segment }) => (WIDE.test(segment) ? 2 : 1)).reduce<number>(
    (sum, one) => sum + one,
    0,
  )
}

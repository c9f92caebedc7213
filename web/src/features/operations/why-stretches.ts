/** What was found of one thing, told in stretches: windows in a row of which the same is to be said are one line. */
import type { Explanation } from '@seaworthy/api/incidents'

type Window = Explanation['windows'][number]

export interface Stretch extends Pick<Window, 'kind' | 'measure' | 'slice' | 'state' | 'because' | 'incident'> {
  readonly from: number
  readonly to: number
  readonly windows: number
  /** Smallest and largest value; undefined where nothing was measured. */
  readonly low: number | undefined
  readonly high: number | undefined
  /** Of its newest window. */
  readonly bound: number | undefined
  readonly rows: number
}

/** Measures that were ever beyond their bound first; of each the newest stretch first. */
export function stretchesOf(windows: readonly Window[]): readonly Stretch[] {
  const byMeasure = Map.groupBy(windows, ({ kind, measure, slice }) => [kind, measure, slice].join('\n'))
  const told = [...byMeasure.values()].map((of) => foldedOf(of.toSorted((a, b) => b.window.from - a.window.from)))
  const isCalm = (stretches: readonly Stretch[]) => Number(stretches.every(({ state }) => state !== 'breach'))
  return told.toSorted((a, b) => isCalm(a) - isCalm(b)).flat()
}

function foldedOf(newestFirst: readonly Window[]): readonly Stretch[] {
  const stretches: Stretch[] = []
  for (const window of newestFirst) {
    const last = stretches.at(-1)
    if (last !== undefined && last.state === window.state && last.because === window.because)
      stretches[stretches.length - 1] = joined(last, window)
    else stretches.push(aloneOf(window))
  }
  return stretches
}

const aloneOf = ({ kind, measure, slice, state, because, incident, window, value, bound, rows }: Window): Stretch => ({
  ...{ kind, measure, slice, state, because, incident, bound },
  ...{ from: window.from, to: window.to, windows: 1, low: value, high: value, rows: rows ?? 0 },
})

const joined = (stretch: Stretch, { window, value, rows }: Window): Stretch => ({
  ...stretch,
  from: window.from,
  windows: stretch.windows + 1,
  low: value === undefined ? stretch.low : Math.min(stretch.low ?? value, value),
  high: value === undefined ? stretch.high : Math.max(stretch.high ?? value, value),
  rows: stretch.rows + (rows ?? 0),
})

/** Which windows a page of operations is about. Spans are milliseconds since 1970, their end excluded. */

/** How many windows can be drawn at once. */
export const SHOWN_COUNTS = [48, 168, 720] as const
export const SHOWN_DEFAULT = 168

export interface Span {
  readonly from: number
  readonly to: number
}

/** Where a span lies among windows that ascend, both ends included; undefined where it touches none of them. */
export function placesOf(windows: readonly Span[], { from, to }: Span): Span | undefined {
  const first = windows.findIndex((window) => window.to > from)
  const last = windows.findLastIndex((window) => window.from < to)
  return first < 0 || last < first ? undefined : { from: first, to: last }
}

/** The span of whole windows that a span touches, or itself where it touches none. */
export function snapped(windows: readonly Span[], span: Span): Span {
  const places = placesOf(windows, span)
  return places === undefined ? span : { from: windows[places.from]!.from, to: windows[places.to]!.to }
}

/** The span of the address; without one the last window. Undefined where nothing was watched yet. */
export function chosenSpan(
  windows: readonly Span[],
  { from, to }: { readonly from?: number | undefined; readonly to?: number | undefined },
): Span | undefined {
  if (from !== undefined && to !== undefined && from < to) return { from, to }
  const last = windows.at(-1)
  return last && { from: last.from, to: last.to }
}

const DAY_MS = 86_400_000
export interface Reference {
  readonly value: string
  readonly label: string
}

/** What a span can be held against, with what the address says of each. */
export function referencesOf({ from, to }: Span): readonly Reference[] {
  const before = (ms: number) => `${from - ms}..${to - ms}`
  const length = to - from
  return [
    { value: 'baseline', label: 'the training data' },
    { value: before(length), label: 'the span just before' },
    ...(length < DAY_MS ? [{ value: before(DAY_MS), label: 'the same, a day earlier' }] : []),
    ...(length < 7 * DAY_MS ? [{ value: before(7 * DAY_MS), label: 'the same, a week earlier' }] : []),
  ]
}

/** The span of `FROM..TO`; undefined for the training data. */
export function spanOfReference(against: string): Span | undefined {
  const [from, to] = against.split('..').map(Number)
  return from === undefined || to === undefined ? undefined : { from, to }
}

/** `origin = ATL`, as findings have it, in the form that requests take. */
export function sliceQuery(slice: string): string {
  const at = slice.indexOf(' = ')
  const escaped = (text: string) => encodeURIComponent(text)
  return at < 0 ? escaped(slice) : `${escaped(slice.slice(0, at))}=${escaped(slice.slice(at + 3))}`
}
/** And back, for people. A text with a broken escape is shown as it is. */
export const sliceText = (slice: string): string =>
  slice
    .split(',')
    .map((part) => {
      try {
        const at = part.indexOf('=')
        return at < 0
          ? `${decodeURIComponent(part)} missing`
          : `${decodeURIComponent(part.slice(0, at))} = ${decodeURIComponent(part.slice(at + 1))}`
      } catch {
        return part
      }
    })
    .join(', ')

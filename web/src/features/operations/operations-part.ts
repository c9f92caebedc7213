import type { FindingSeriesView } from '@seaworthy/api/history'
import { formatNumber, formatWithUnit } from '../../format/number.ts'
import type { OperationsSearch } from './operations.route.ts'
import type { Span } from './operations-span.ts'

/** What each part of the page of operations is given. */
export interface PartProps {
  readonly deployment: string
  /** Drift of inputs and outputs by window. */
  readonly view: FindingSeriesView
  /** The windows that are looked at. */
  readonly span: Span
  readonly search: OperationsSearch
  readonly onSearch: (next: Partial<OperationsSearch>) => void
}

export type Series = FindingSeriesView['series'][number]

/** A column of an answer as drawings have it: undefined is a gap. */
export const known = <T>(column: readonly (T | null)[] | undefined): readonly (T | undefined)[] =>
  (column ?? []).map((value) => value ?? undefined)

/** What is looked at: what the address says, else what lies farthest beyond its bound in the span. */
export function subjectOf({ view, span, search }: Pick<PartProps, 'view' | 'span' | 'search'>): Series | undefined {
  const of = (kind: Series['kind'], subject: string) =>
    view.series.find((one) => one.kind === kind && one.subject === subject && one.slice === undefined)
  if (search.output !== undefined) return of('prediction-drift', search.output)
  if (search.feature !== undefined) return of('drift', search.feature)
  const inputs = view.series.filter(({ kind, subject }) => kind === 'drift' && subject !== EVERY_INPUT)
  const at = view.windows.findLastIndex((window) => window.from < span.to)
  return inputs.toSorted((a, b) => (ratioAt(b, at) ?? -1) - (ratioAt(a, at) ?? -1))[0]
}

/** An effect with its unit, where that is one: some measures tell their range instead. */
export const formatEffect = (value: number | undefined, unit: string | undefined): string =>
  unit === undefined || /^\d/.test(unit) ? formatNumber(value) : formatWithUnit(value, unit)

/** A number that somebody chose, as it was written. */
export const formatChosen = (value: number): string => String(Number(value.toPrecision(6)))

/** What a finding names when it is about all inputs. */
export const EVERY_INPUT = '*'

/** Value by the larger of its two thresholds: what matters, and what chance reaches. */
export function ratioAt({ values, bounds, chances }: Series, at: number): number | undefined {
  const value = values[at] ?? undefined
  const bound = Math.max(bounds[at] ?? 0, chances?.[at] ?? 0)
  return value === undefined || bound <= 0 ? undefined : value / bound
}

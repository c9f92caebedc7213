/**
 * What the monitor found, as series over its windows: the heat map of drift, the table of data quality, quality with its interval
 * and its coverage. Columns of numbers instead of sentences, because a page draws thousands of them.
 */
import type { Database } from '../../../platform/db/database.ts'
import type { Finding } from '../incidents/finding.ts'
import { readStoredWindows, type StoredFinding } from './stored-window.ts'

/** Cells of one answer; with more, the oldest windows are left out. */
const CELLS_MAX = 400_000

export interface FindingSeriesQuery {
  readonly deployment: string
  readonly kinds: readonly Finding['kind'][]
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Most windows, the newest. */
  readonly limit: number
  /** Series of slices, too. */
  readonly slices?: boolean | undefined
}

type Column<T> = readonly (T | null)[]
/** Lists have an entry for each window, null where it found nothing of this. */
export interface FindingSeries {
  readonly kind: Finding['kind']
  readonly subject: string
  readonly measure: string
  readonly slice?: string
  readonly unit?: string
  readonly states: Column<StoredFinding['state']>
  readonly values: Column<number>
  readonly bounds: Column<number>
  readonly rows: Column<number>
  readonly chances?: Column<number>
  readonly intervals?: Column<{ readonly low: number; readonly high: number }>
  readonly coverages?: Column<number>
  readonly estimates?: Column<{ readonly value: number; readonly low: number; readonly high: number }>
  readonly spans?: Column<{ readonly from: number; readonly to: number }>
}
export interface SeriesOfFindings {
  /** Oldest first. */
  readonly windows: readonly { readonly from: number; readonly to: number; readonly version: number; readonly rows: number }[]
  /** Worst first: by the windows in breach, then by name. */
  readonly series: readonly FindingSeries[]
  /** Windows were left out, because they hold more than one answer. */
  readonly truncated: boolean
}

export async function readFindingSeries(query: FindingSeriesQuery, db: Database): Promise<SeriesOfFindings> {
  const { deployment, kinds, from, to, limit, slices = false } = query
  const only = kinds.length === 1 ? kinds[0] : undefined
  const newest = await readStoredWindows(db, deployment, { from, to, limit: limit + 1, kind: only })
  const wanted = new Set(kinds)
  const picked: { readonly window: (typeof newest)[number]; readonly findings: readonly StoredFinding[] }[] = []
  let cells = 0
  for (const window of newest.slice(0, limit)) {
    const findings = window.findings.filter(({ kind, slice }) => wanted.has(kind) && (slices || slice === undefined))
    cells += findings.length
    if (cells > CELLS_MAX && picked.length > 0) break
    picked.push({ window, findings })
  }
  picked.reverse()
  const found = new Map<string, { readonly first: StoredFinding; readonly at: Map<number, StoredFinding> }>()
  for (const [i, { findings }] of picked.entries())
    for (const finding of findings) {
      const { kind, subject, measure, slice } = finding
      const key = JSON.stringify([kind, subject, kind === 'drift' ? '' : measure, slice])
      const one = found.get(key) ?? { first: finding, at: new Map() }
      found.set(key, one)
      one.at.set(i, finding)
    }
  const breaches = (one: FindingSeries) => one.states.filter((state) => state === 'breach').length
  return {
    windows: picked.map(({ window: { from: begin, to: end, version, rows } }) => ({ from: begin, to: end, version, rows })),
    series: [...found.values()]
      .map(({ first, at }) => seriesOf(first, picked.length, at))
      .toSorted((a, b) => breaches(b) - breaches(a) || (a.subject < b.subject ? -1 : 1)),
    truncated: newest.length > picked.length,
  }
}

function seriesOf(first: StoredFinding, length: number, at: ReadonlyMap<number, StoredFinding>): FindingSeries {
  const { kind, subject, measure, slice, unit } = first
  const column = <T>(pick: (finding: StoredFinding) => T | undefined): Column<T> =>
    Array.from({ length }, (_, i) => {
      const finding = at.get(i)
      return (finding && pick(finding)) ?? null
    })
  const some = <K extends string, T>(name: K, values: Column<T>) =>
    (values.some((value) => value !== null) ? { [name]: values } : {}) as { readonly [Key in K]?: Column<T> }
  return {
    ...{ kind, subject, measure },
    ...(slice === undefined ? {} : { slice }),
    ...(unit === undefined ? {} : { unit }),
    states: column(({ state }) => state),
    values: column(({ value }) => value),
    bounds: column(({ bound }) => bound),
    rows: column(({ rows }) => rows),
    ...some(
      'chances',
      column(({ chance }) => chance),
    ),
    ...some(
      'intervals',
      column(({ interval }) => interval && { low: interval.low, high: interval.high }),
    ),
    ...some(
      'coverages',
      column(({ coverage }) => coverage),
    ),
    ...some(
      'estimates',
      column(({ estimate }) => estimate),
    ),
    ...some(
      'spans',
      column(({ span }) => span),
    ),
  }
}

import { type FindingSeriesView, getFindingSeries } from '@seaworthy/api/history'
import type { Finding, Incident } from '@seaworthy/api/incidents'
import { useQuery } from '@tanstack/react-query'
import { apiQuery } from '../../api/api-query.ts'

/** Windows that are shown from before it began, and from after it was seen last. */
const WINDOWS_BEFORE = 14
const WINDOWS_AFTER = 3
const WINDOWS_MAX = 500

/** What the monitor saw of its causes before, while it lasted and shortly after. */
export function useIncidentSeries({ deployment, members, since, window, resolved }: Incident): FindingSeriesView | undefined {
  const causes = members.filter(({ role }) => role === 'cause').map(({ finding }) => finding)
  const step = window.to - window.from
  const kinds = [...new Set(causes.map(({ kind }) => kind))].filter((kind) => kind !== 'release').toSorted()
  const query = {
    kind: kinds.join(','),
    from: since - WINDOWS_BEFORE * step,
    to: Math.max(window.to, resolved?.at ?? 0) + WINDOWS_AFTER * step,
    limit: WINDOWS_MAX,
    slices: String(causes.some(({ slice }) => slice !== undefined)),
  }
  const { data } = useQuery({
    ...apiQuery(getFindingSeries, { params: { deployment }, query }, ['windows']),
    enabled: kinds.length > 0,
  })
  return data
}

/** The series of one finding. */
export const seriesOf = (view: FindingSeriesView | undefined, finding: Finding) =>
  view?.series.find(
    ({ kind, subject, measure, slice }) =>
      kind === finding.kind && subject === finding.subject && measure === finding.measure && slice === finding.slice,
  )

/** The columns of an answer as lines of charts. */
import type { Traffic } from '@seaworthy/api/traffic'
import type { Line } from '../../draw/series.ts'
import { seriesStyle } from '../../theme/palette.ts'

type Series = Traffic['versions'][number]

/** The same version has the same colour wherever it is drawn. */
export const styleOfVersion = (version: number) => seriesStyle(version - 1)
export const nameOfSeries = ({ version, role }: Pick<Series, 'version' | 'role'>): string =>
  role === 'shadow' ? `version ${version}, shadow` : `version ${version}`

export interface TrafficLines {
  readonly requests: readonly Line[]
  readonly latency: readonly Line[]
  readonly errors: readonly Line[]
}

/** Rates are by the second. The step that is not over yet counts for as much of it as is over. */
export function linesOf({ times, stepMs, at, versions, countedFrom }: Traffic): TrafficLines {
  const seconds = times.map((time) => Math.max(1_000, Math.min(stepMs, at - time)) / 1_000)
  // Before its first request a version is not there, which is another thing than idle.
  const rate = (counts: readonly number[]) => {
    const first = counts.findIndex((count) => count > 0)
    return counts.map((count, i) => (i < first - 1 ? undefined : count / seconds[i]!))
  }
  const isOne = versions.length === 1
  return {
    requests: versions.map((one) => ({ label: nameOfSeries(one), values: rate(one.requests), style: styleOf(one) })),
    latency: versions.flatMap((one) => {
      const { color } = styleOf(one)
      const of = isOne ? '' : `, ${nameOfSeries(one)}`
      return [
        { label: `p50${of}`, values: one.p50Ms.map(known), style: { color, dash: [2, 3] } },
        { label: `p99${of}`, values: one.p99Ms.map(known), style: { color, dash: [] } },
      ]
    }),
    errors: errorLines(
      versions.filter(({ role }) => role === 'answer'),
      { times, stepMs, countedFrom },
    ),
  }
}

const styleOf = ({ version, role }: Series) =>
  role === 'shadow' ? { ...styleOfVersion(version), dash: [2, 3] } : styleOfVersion(version)
const known = (value: number | null) => value ?? undefined

/** Shares of what was asked, all versions that answer together; failures are known since the server counts. */
function errorLines(
  answering: readonly Series[],
  { times, stepMs, countedFrom }: Pick<Traffic, 'times' | 'stepMs' | 'countedFrom'>,
): Line[] {
  const sum = (pick: (one: Series) => readonly number[]) =>
    times.map((_, i) => answering.reduce((total, one) => total + (pick(one)[i] ?? 0), 0))
  const requests = sum((one) => one.requests)
  const share = (counts: readonly number[], from: number) =>
    counts.map((count, i) => (requests[i] === 0 || times[i]! + stepMs <= from ? undefined : count / requests[i]!))
  return [
    {
      label: 'failed',
      values: share(
        sum((one) => one.failures),
        countedFrom,
      ),
      style: { color: 'var(--series-6)', dash: [] },
    },
    {
      label: 'refused',
      values: share(
        sum((one) => one.invalid),
        countedFrom,
      ),
      style: { color: 'var(--series-2)', dash: [7, 4] },
    },
  ]
}

/** The last minutes second by second: what the server had when it was asked, and every sample that it told since. */
import type { ChangeEvent } from '@seaworthy/api/events'
import type { Traffic } from '@seaworthy/api/traffic'

type Told = NonNullable<ChangeEvent['traffic']>
export interface LiveSample extends Told {
  /** When it was read, milliseconds since 1970 by the clock of the server. */
  readonly time: number
}
type Series = Traffic['versions'][number]

const SECOND_MS = 1_000
export const SECONDS_SHOWN = 300

/** Only for an answer in steps of a second. What the answer has already is not counted twice. */
export function withSamples(traffic: Traffic, samples: readonly LiveSample[]): Traffic {
  const first = traffic.times[0]
  const newest = samples.at(-1)
  if (first === undefined || newest === undefined || traffic.stepMs !== SECOND_MS) return traffic
  const last = Math.max(traffic.times.at(-1)!, secondOf(newest.time))
  const begin = Math.max(first, last - (SECONDS_SHOWN - 1) * SECOND_MS)
  const length = (last - begin) / SECOND_MS + 1
  const times = Array.from({ length }, (_, i) => begin + i * SECOND_MS)
  const versions = new Map(traffic.versions.map((one) => [keyOf(one), shifted(one, (begin - first) / SECOND_MS, length)]))
  for (const sample of samples) {
    const at = (secondOf(sample.time) - begin) / SECOND_MS
    if (at < 0) continue
    for (const told of sample.versions) {
      const key = keyOf(told)
      if (told.requests === 0 && !versions.has(key)) continue
      const series = versions.get(key) ?? shifted({ ...NOTHING, version: told.version, role: told.role }, 0, length)
      versions.set(key, series)
      if (series.requests[at] === 0) put(series, at, told)
    }
  }
  return { ...traffic, times, at: Math.max(traffic.at, newest.time), versions: [...versions.values()] }
}

const secondOf = (time: number) => Math.floor(time / SECOND_MS) * SECOND_MS
const keyOf = ({ version, role }: Pick<Series, 'version' | 'role'>) => `${version}/${role}`

const NOTHING: Omit<Series, 'version' | 'role'> = {
  ...{ requests: [], failures: [], invalid: [], rows: [], flagged: [] },
  ...{ p50Ms: [], p99Ms: [], latencies: [] },
}

function shifted(series: Series, from: number, length: number): Series {
  const cut = <T>(values: readonly T[], none: T) => Array.from({ length }, (_, i) => values[from + i] ?? none)
  const { requests, failures, invalid, rows, flagged, p50Ms, p99Ms } = series
  return {
    ...series,
    ...{ requests: cut(requests, 0), failures: cut(failures, 0), invalid: cut(invalid, 0) },
    ...{ rows: cut(rows, 0), flagged: cut(flagged, 0), p50Ms: cut(p50Ms, null), p99Ms: cut(p99Ms, null) },
  }
}

/** Into columns that were made here. */
function put(series: Series, at: number, told: Told['versions'][number]): void {
  series.requests[at] = told.requests
  series.failures[at] = told.failures
  series.invalid[at] = told.invalid
  series.flagged[at] = told.flagged
  series.p50Ms[at] = told.p50Ms ?? null
  series.p99Ms[at] = told.p99Ms ?? null
}

import { getTraffic, type Traffic } from '@seaworthy/api/traffic'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { useLiveEvents } from '../../api/live.tsx'
import { type LiveSample, withSamples } from './live-traffic.ts'
import { type Fixed, LAST_MS, queryOf, type Span } from './traffic-span.ts'

/** A span is read again at most once in the time of so many of its parts ... */
const PARTS = 720
/** ... but no oftener than this. */
const PAUSE_MS_MIN = 4_000

/**
 * Traffic by version over a span. A span that ends now goes on: the last five minutes with each sample that is told, longer
 * ones by being read again when something was told, the longer they are the more rarely.
 */
export function useTraffic(deployment: string, span: Span, samples: readonly LiveSample[]) {
  const options = apiQuery(getTraffic, { params: { deployment }, query: queryOf(span) }, ['deployments'])
  const query = useQuery(options)
  useRefreshes(deployment, options.queryKey, pauseOf(span))
  const isSeconds = span.kind === 'last' && span.name === '5m'
  const { data } = query
  const traffic = useMemo<Traffic | undefined>(
    () => (data === undefined || !isSeconds ? data : withSamples(data, samples)),
    [data, isSeconds, samples],
  )
  return { query, traffic }
}

/** What each version did in the whole of a span, and nothing of what lies around it. */
export function useTrafficTotals(deployment: string, span: Span) {
  const query = span.kind === 'last' ? queryOf(span) : totalsOf(span)
  const options = apiQuery(getTraffic, { params: { deployment }, query }, ['deployments'])
  useRefreshes(deployment, options.queryKey, pauseOf(span))
  return useQuery(options)
}

/** Steps begin at multiples of their width, so the narrower they are, the less is counted too much. */
const totalsOf = ({ from, to }: Fixed) => ({ from, to, stepMs: Math.max(60_000, Math.round((to - from) / 100)) })

/** Undefined where nothing changes any more: what is over by more than a moment. */
const pauseOf = (span: Span): number | undefined =>
  span.kind === 'fixed' ? undefined : Math.max(PAUSE_MS_MIN, LAST_MS[span.name] / PARTS)

function useRefreshes(deployment: string, queryKey: readonly unknown[], pauseMs: number | undefined): void {
  const queries = useQueryClient()
  const timer = useRef<number>(undefined)
  useLiveEvents(({ topic, deployment: of }) => {
    if (topic !== 'traffic' || of !== deployment || pauseMs === undefined || timer.current !== undefined) return
    timer.current = window.setTimeout(() => {
      timer.current = undefined
      void queries.invalidateQueries({ queryKey, exact: true })
    }, pauseMs)
  })
  const key = JSON.stringify(queryKey)
  useEffect(
    () => () => {
      window.clearTimeout(timer.current)
      timer.current = undefined
    },
    [key],
  )
}

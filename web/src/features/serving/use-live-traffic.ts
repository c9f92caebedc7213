import { useState } from 'react'
import { useLiveEvents } from '../../api/live.tsx'
import { type LiveSample, SECONDS_SHOWN } from './live-traffic.ts'

/** The last samples that were told of a deployment, oldest first. */
export function useLiveTraffic(deployment: string): readonly LiveSample[] {
  const [samples, setSamples] = useState<readonly LiveSample[]>([])
  useLiveEvents(({ topic, deployment: of, time, traffic }) => {
    if (topic !== 'traffic' || of !== deployment || traffic === undefined) return
    setSamples((known) => [...known.slice(1 - SECONDS_SHOWN), { time, ...traffic }])
  })
  return samples
}

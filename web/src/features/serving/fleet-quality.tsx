import type { FleetMember } from '@seaworthy/api/traffic'
import { formatInterval, formatNumber, formatShare } from '../../format/number.ts'
import { StatusBadge } from '../../ui/status-badge.tsx'

const TONES = { ok: 'good', breach: 'bad', 'not-enough-data': 'unknown' } as const
const ORDER = ['breach', 'ok', 'not-enough-data'] as const

/** A metric below its bound, else one that is known, on the outcomes that have come so far. */
export function FleetQuality({ quality }: Pick<FleetMember, 'quality'>) {
  const [shown] = quality.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
  if (shown === undefined) return <span className="dim">not judged yet</span>
  const { metric, value, low, high, bound, state, coverage, estimate } = shown
  const told = value === undefined ? 'not enough data' : `${metric} ${formatNumber(value)}`
  return (
    <>
      <StatusBadge
        tone={TONES[state]}
        plain
        title={`${metric} ${formatInterval(value, low, high)}${bound === undefined ? '' : `, bound ${formatNumber(bound)}`}`}
      >
        {told}
      </StatusBadge>
      <span className="dim">
        {value === undefined && estimate !== undefined ? `estimated ${formatNumber(estimate.value)}, ` : ''}
        {coverage === undefined ? '' : `outcomes of ${formatShare(coverage)}`}
      </span>
    </>
  )
}

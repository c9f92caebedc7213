import type { FleetMember } from '@seaworthy/api/traffic'
import { formatAmount } from '../../format/number.ts'
import { StatusBadge } from '../../ui/status-badge.tsx'

/** What the last window with predictions said of the inputs. */
export function FleetDrift({ member: { drift, dataQuality } }: { readonly member: FleetMember }) {
  if (drift === undefined) return <span className="dim">not watched yet</span>
  const { state, columns } = drift
  const broken = dataQuality?.breaches ?? 0
  return (
    <>
      {state === 'breach' ? (
        <StatusBadge tone="attention" plain title={columns.join(', ')}>
          {columns.length === 0 ? 'beyond the bound' : formatAmount(columns.length, 'column')}
        </StatusBadge>
      ) : (
        <StatusBadge tone={state === 'ok' ? 'good' : 'unknown'} plain>
          {state === 'ok' ? 'none' : 'not enough data'}
        </StatusBadge>
      )}
      {state === 'breach' && columns[0] !== undefined ? <span className="dim foreign">{columns[0]}</span> : null}
      {broken === 0 ? null : <span className="dim">{formatAmount(broken, 'data fault')}</span>}
    </>
  )
}

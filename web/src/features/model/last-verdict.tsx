import { listChecks } from '@seaworthy/api/evolution'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { apiQuery } from '../../api/api-query.ts'
import { VerdictBadge } from './verdict-badge.tsx'

/** What the newest check of a version said, with the way to its report. */
export function LastVerdict({ model, version }: { readonly model: string; readonly version: number }) {
  const checks = useQuery(apiQuery(listChecks, { params: { model, version }, query: { limit: 1 } }, ['checks']))
  const last = checks.data?.items[0]
  if (last === undefined)
    return (
      <span className="dim" style={{ whiteSpace: 'nowrap' }}>
        {checks.isSuccess ? 'not checked' : ''}
      </span>
    )
  return (
    <Link to="/checks/$check" params={{ check: last.id }}>
      <VerdictBadge verdict={last.verdict} plain />
    </Link>
  )
}

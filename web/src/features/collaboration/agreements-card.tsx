import type { Agreement } from '@seaworthy/api/contract'
import { Link } from '@tanstack/react-router'
import type { z } from 'zod'
import { formatAmount } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Time } from '../../ui/time.tsx'
import styles from './agreements-card.module.css'
import { DifferenceList } from './difference-list.tsx'

type Agreed = z.infer<typeof Agreement>

const HOW: Readonly<Record<Agreed['how'], string>> = {
  launch: 'with the launch',
  release: 'with the release',
  rollback: 'with the rollback to',
}

/** Who agreed to what when: one entry for each change, newest first. */
export function AgreementsCard({ agreements }: { readonly agreements: readonly Agreed[] }) {
  if (agreements.length === 0) return <EmptyState title="Nothing was agreed yet" />
  return (
    <Card title={`Who agreed to it: ${formatAmount(agreements.length, 'text')} so far`}>
      <ol className={styles.list}>
        {agreements.map((agreement, i) => (
          <li key={`${agreement.from}:${agreement.digest}`} className={styles.entry}>
            <p>
              <b className="foreign">{agreement.by}</b>, <Time at={agreement.from} />, {HOW[agreement.how]} of version{' '}
              {agreement.version}
              {i === 0 ? ' · in force' : ''} · <code title={agreement.digest}>{agreement.digest.slice(0, 12)}</code>
              {agreement.check === undefined ? null : (
                <>
                  {' · '}
                  <Link to="/checks/$check" params={{ check: agreement.check }}>
                    check
                  </Link>
                </>
              )}
            </p>
            {agreement.reason === undefined ? null : <p className="dim foreign">{agreement.reason}</p>}
            {agreement.override === undefined ? null : (
              <p className="foreign">Without a passing check, because: {agreement.override}</p>
            )}
            {agreement.approvals.map(({ actor, comment, at }) => (
              <p key={actor} className="foreign">
                Approved by <b>{actor}</b>, <Time at={at} />
                {comment === undefined ? '' : `: ${comment}`}
              </p>
            ))}
            {i === agreements.length - 1 ? null : (
              <details>
                <summary>{formatAmount(agreement.differences.length, 'difference')} from the one before</summary>
                <DifferenceList differences={agreement.differences} />
              </details>
            )}
          </li>
        ))}
      </ol>
    </Card>
  )
}

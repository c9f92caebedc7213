import type { Need } from '@seaworthy/api/traffic'
import type { Tone } from '../../theme/palette.ts'
import { Card } from '../../ui/card.tsx'
import { StatusBadge, ToneSign } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { NeedLink } from './need-link.tsx'
import styles from './need-list.module.css'

const KINDS: Readonly<Record<Need['kind'], readonly [tone: Tone, word: string]>> = {
  incident: ['bad', 'Incident'],
  journal: ['bad', 'Journal'],
  approval: ['info', 'Approval'],
  'release-held': ['attention', 'Release held'],
  recommendation: ['info', 'Recommendation'],
  review: ['attention', 'Review'],
}
const ORDER = Object.keys(KINDS)

/** What needs somebody now, the most pressing first. */
export function NeedList({ needs }: { readonly needs: readonly Need[] }) {
  const sorted = needs.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.since ?? 0) - (b.since ?? 0))
  return (
    <Card
      title="Needs somebody now"
      aside={sorted.length === 0 ? <StatusBadge tone="good">nothing</StatusBadge> : <span className="dim">{sorted.length}</span>}
      flush
    >
      {sorted.length === 0 ? null : (
        <ul className={styles.needs}>
          {sorted.map((need) => (
            <li key={`${need.kind}/${need.deployment}/${need.subject}`} className={styles.need}>
              <ToneSign tone={KINDS[need.kind][0]} size={16} />
              <span className={styles.kind}>{KINDS[need.kind][1]}</span>
              <span className={styles.sentence}>
                <NeedLink need={need} />
              </span>
              <span className={`${styles.deployment} dim foreign`}>{need.deployment}</span>
              <span className={`${styles.since} dim`}>{need.since === undefined ? null : <Time at={need.since} relative />}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

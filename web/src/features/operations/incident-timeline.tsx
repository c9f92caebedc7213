import type { Incident } from '@seaworthy/api/incidents'
import { listReleases, type Release } from '@seaworthy/api/release'
import { listRetrainings, type Retraining } from '@seaworthy/api/retraining'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import type { Tone } from '../../theme/palette.ts'
import { Card } from '../../ui/card.tsx'
import { ToneSign } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import styles from './incident-page.module.css'
import { inWords, measured } from './incident-words.ts'

const LISTED_MAX = 50
const NUMBERS_SHOWN = 3

interface Entry {
  readonly key: string
  readonly at: number
  readonly tone: Tone
  readonly what: ReactNode
  readonly who: string
}

/** Its own history among what was changed, released and retrained around it, the newest first. */
export function IncidentTimeline({ incident }: { readonly incident: Incident }) {
  const { deployment } = incident
  const releases = useQuery(apiQuery(listReleases, { query: { deployment, limit: LISTED_MAX } }, ['releases']))
  const retrainings = useQuery(
    apiQuery(listRetrainings, { params: { deployment }, query: { limit: LISTED_MAX } }, ['retrainings']),
  )
  const entries = [
    { key: 'since', at: incident.since, tone: 'bad' as const, what: 'The first window in breach begins', who: '' },
    ...transitionsOf(incident),
    ...changesOf(incident),
    ...releasesOf(incident, releases.data?.items ?? []),
    ...retrainingsOf(incident, retrainings.data?.items ?? []),
  ].toSorted((a, b) => b.at - a.at)
  return (
    <Card title="Timeline">
      <ol className={styles.timeline}>
        {entries.map(({ key, at, tone, what, who }) => (
          <li key={key} className={styles.entry}>
            <Time at={at} />
            <ToneSign tone={tone} />
            <span className="foreign">
              {what}
              {who === '' ? null : <span className="dim">, {who}</span>}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  )
}

const EVENTS: Readonly<Record<string, readonly [Tone, string]>> = {
  suspect: ['attention', 'Suspected: the first breach, told to nobody'],
  open: ['bad', 'Opened'],
  change: ['attention', 'Its causes changed'],
  acknowledge: ['info', 'Acknowledged'],
  silence: ['quiet', 'Silenced'],
  'silence-over': ['attention', 'The silence is over'],
  repeat: ['attention', 'Told again'],
  escalate: ['bad', 'Escalated: nobody had answered'],
  resolve: ['good', 'Resolved'],
  verdict: ['info', 'Judged'],
}

const transitionsOf = ({ transitions }: Incident): readonly Entry[] =>
  transitions.map(({ at, event, to, actor, reason, numbers }, i) => {
    const [tone, words] = EVENTS[event] ?? (['info', `${inWords(event)}: ${to}`] as const)
    const told = numbers.slice(0, NUMBERS_SHOWN).map(({ subject, measure, value, bound }) => {
      const against = bound === undefined ? '' : ` (bound ${measured(bound, measure)})`
      return `${subject} ${inWords(measure)} ${measured(value, measure)}${against}`
    })
    return {
      ...{ key: `transition/${i}`, at, tone, who: actor },
      what: (
        <>
          {words}
          {reason === undefined ? '' : `: ${reason}`}
          {told.length === 0 ? null : (
            <span className="dim numeric">
              {' '}
              · {told.join(' · ')}
              {numbers.length > NUMBERS_SHOWN ? ` · and ${numbers.length - NUMBERS_SHOWN} more` : ''}
            </span>
          )}
        </>
      ),
    }
  })

const changesOf = ({ changes }: Incident): readonly Entry[] =>
  changes.map(({ time, actor, action, subject, reason }, i) => ({
    ...{ key: `change/${i}`, at: time, tone: 'info', who: actor },
    what: `${action.replaceAll(/[.-]/g, ' ')} of ${subject}${reason === undefined ? '' : `: ${reason}`}`,
  }))

/** Those that began after it, since what came before is among the changes. */
const releasesOf = ({ since, deployment, resolved }: Incident, releases: readonly Release[]): readonly Entry[] =>
  releases
    .filter(({ createdAt }) => createdAt >= since && createdAt <= (resolved?.at ?? Infinity))
    .map(({ id, version, state, createdAt, createdBy }) => ({
      ...{ key: `release/${id}`, at: createdAt, tone: 'info', who: createdBy },
      what: (
        <>
          <Link to="/deployments/$deployment" params={{ deployment }} search={{ release: id }}>
            Release of version {version}
          </Link>{' '}
          begins; its state: {inWords(state)}
        </>
      ),
    }))

const retrainingsOf = ({ since, resolved }: Incident, retrainings: readonly Retraining[]): readonly Entry[] =>
  retrainings
    .filter(({ createdAt }) => createdAt >= since && createdAt <= (resolved?.at ?? Infinity))
    .map(({ id, state, decision, createdAt, createdBy }) => ({
      ...{ key: `retraining/${id}`, at: createdAt, tone: 'info', who: createdBy },
      what: (
        <>
          <Link to="/retrainings/$retraining" params={{ retraining: id }}>
            Retraining
          </Link>{' '}
          begins; its state: {inWords(decision ?? state)}
        </>
      ),
    }))

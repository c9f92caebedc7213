import { getIncident, type Incident } from '@seaworthy/api/incidents'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { formatAmount, formatDuration } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { IncidentActions } from './incident-actions.tsx'
import { IncidentAdvice } from './incident-advice.tsx'
import { IncidentCause } from './incident-cause.tsx'
import { IncidentConsequences } from './incident-consequences.tsx'
import styles from './incident-page.module.css'
import { IncidentTimeline } from './incident-timeline.tsx'
import { toneOf, VERDICTS } from './incident-words.ts'
import { useIncidentSeries } from './use-incident-series.ts'

const route = getRouteApi('/incidents/$incident')

/** One incident: what happened, the evidence, what it explains, what was changed around it, and what to do. */
export function IncidentPage(): ReactElement {
  const { incident: id } = route.useParams()
  const found = useQuery(apiQuery(getIncident, { params: { incident: id } }, ['incidents']))
  const incident = found.data
  return (
    <Page
      title={`Incident ${id}`}
      crumbs={[{ label: 'Incidents', to: '/incidents' }]}
      aside={
        incident === undefined ? null : (
          <>
            <StatusBadge tone={toneOf(incident)}>{incident.state}</StatusBadge>
            <span className="dim">{incident.severity}</span>
          </>
        )
      }
      actions={incident === undefined ? null : <IncidentActions key={id} incident={incident} />}
    >
      <Resource query={found} lines={12}>
        {(shown) => <Parts key={shown.id} incident={shown} />}
      </Resource>
    </Page>
  )
}

function Parts({ incident }: { readonly incident: Incident }) {
  const { deployment, members } = incident
  const series = useIncidentSeries(incident)
  const causes = members.filter(({ role }) => role === 'cause')
  const consequences = members.filter(({ role }) => role === 'consequence')
  return (
    <>
      <div className={styles.top}>
        <WhatHappened incident={incident} causes={causes.length} consequences={consequences.length} />
        <IncidentAdvice incident={incident} />
      </div>
      {causes.map((member) => (
        <IncidentCause
          key={`${member.finding.kind}/${member.finding.subject}/${member.finding.measure}/${member.finding.slice ?? ''}`}
          deployment={deployment}
          member={member}
          series={series}
        />
      ))}
      <IncidentConsequences members={consequences} />
      <IncidentTimeline incident={incident} />
    </>
  )
}

interface SaidProps {
  readonly incident: Incident
  readonly causes: number
  readonly consequences: number
}

function WhatHappened({ incident, causes, consequences }: SaidProps) {
  const { title, deployment, since, window, openedAt, toldAt, channels, resolved, silence, acknowledged, verdict } = incident
  const lasted = formatDuration(Math.max(0, (resolved?.at ?? window.to) - since))
  return (
    <Card title="What happened">
      <div className={styles.said}>
        <p className={`${styles.title} foreign`}>{title}</p>
        <p>
          {resolved === undefined ? 'It has lasted' : 'It lasted'} {lasted}, with {formatAmount(causes, 'cause')}
          {consequences === 0
            ? ''
            : `, which explain${causes === 1 ? 's' : ''} ${formatAmount(consequences, 'finding')} more`}.{' '}
          {silence === undefined || incident.state !== 'silenced' ? null : (
            <span className="foreign">
              {silence.by} silenced it until <Time at={silence.until} />: {silence.reason}
            </span>
          )}
        </p>
        <FactList
          facts={[
            [
              'Deployment',
              <Link key="deployment" to="/deployments/$deployment" params={{ deployment }}>
                {deployment}
              </Link>,
            ],
            ['Since', <Time key="since" at={since} />],
            ['Last window in breach', <Time key="until" at={window.to} />],
            [
              'Told',
              toldAt === undefined
                ? 'nobody'
                : `${channels.join(', ')}, ${formatDuration(Math.max(0, openedAt - since))} after it began`,
            ],
            ['Cared for by', acknowledged?.by ?? 'nobody yet'],
            ...(resolved === undefined
              ? []
              : [
                  [
                    'Resolved',
                    <span key="resolved">
                      <Time at={resolved.at} /> by {resolved.by}
                      {resolved.reason === undefined ? '' : `: ${resolved.reason}`}
                    </span>,
                  ] as const,
                  ['Was it', verdict === undefined ? 'nobody has said yet' : VERDICTS[verdict]] as const,
                ]),
          ]}
        />
      </div>
    </Card>
  )
}

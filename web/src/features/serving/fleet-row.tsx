import type { FleetMember } from '@seaworthy/api/traffic'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Sparkline } from '../../draw/sparkline.tsx'
import { formatAmount, formatDuration, formatNumber, formatShare } from '../../format/number.ts'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { VerdictBadge } from '../model/verdict-badge.tsx'
import { FleetDrift } from './fleet-drift.tsx'
import { FleetQuality } from './fleet-quality.tsx'
import styles from './fleet-row.module.css'
import { ReleaseBadge } from './release-badge.tsx'

/** One deployment in one glance. */
export function FleetRow({ member }: { readonly member: FleetMember }) {
  const { deployment, traffic } = member
  return (
    <article className={styles.row} aria-label={deployment.name}>
      <Head member={member} />
      <dl className={styles.facts}>
        <Fact name="Traffic">
          <span className={styles.traffic}>
            <Sparkline values={traffic.perMinute} label={`Requests a minute over the last hour`} width={80} />
            <span>
              <b>{formatNumber(traffic.perSecond, 2)}</b>/s
            </span>
          </span>
          <span className="dim">{formatAmount(traffic.requestsLastHour, 'request')} in the last hour</span>
        </Fact>
        <Fact name="Latency, last hour">
          <Latency {...traffic} />
        </Fact>
        <Fact name="Errors">
          {traffic.errorRate === undefined ? (
            <span className="dim">no request</span>
          ) : (
            <StatusBadge tone={traffic.errorRate > 0 ? 'bad' : 'good'} plain>
              {formatShare(traffic.errorRate)}
            </StatusBadge>
          )}
        </Fact>
        <Fact name="Drift">
          <ToOperations deployment={deployment.name}>
            <FleetDrift member={member} />
          </ToOperations>
        </Fact>
        <Fact name="Quality">
          <ToOperations deployment={deployment.name}>
            <FleetQuality quality={member.quality} />
          </ToOperations>
        </Fact>
        <Fact name="Incidents">
          <Link to="/incidents" search={{ deployment: deployment.name }} className={styles.way}>
            <Incidents {...member.incidents} />
          </Link>
        </Fact>
        <Fact name="Contract">
          <Contract contract={member.contract} />
        </Fact>
      </dl>
    </article>
  )
}

/** Its name, the versions that answer, the release that is under way, and what it is for. */
function Head({ member: { deployment, purpose, release } }: { readonly member: FleetMember }) {
  const answering = deployment.variants.filter(({ role, share }) => role === 'answer' && share > 0)
  return (
    <div>
      <div className={styles.names}>
        <Link to="/deployments/$deployment" params={{ deployment: deployment.name }} className={`${styles.name} foreign`}>
          {deployment.name}
        </Link>
        {deployment.state === 'stopped' ? <StatusBadge tone="quiet">stopped</StatusBadge> : null}
        {answering.map(({ version, share }) => (
          <Link
            key={version}
            to="/models/$model"
            params={{ model: deployment.model }}
            search={{ version }}
            className={styles.version}
          >
            version {version}
            {answering.length > 1 ? ` · ${formatShare(share)}` : ''}
          </Link>
        ))}
        {release === undefined ? null : <ReleaseBadge release={release} />}
      </div>
      {purpose === undefined ? null : <p className={`${styles.purpose} foreign`}>{purpose}</p>}
    </div>
  )
}

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div className={styles.fact}>
    <dt>{name}</dt>
    <dd className="numeric">{children}</dd>
  </div>
)

const ToOperations = ({ deployment, children }: { readonly deployment: string; readonly children: ReactNode }) => (
  <Link to="/deployments/$deployment/operations" params={{ deployment }} className={styles.way}>
    {children}
  </Link>
)

function Latency({ p50Ms, p99Ms }: FleetMember['traffic']) {
  if (p50Ms === undefined) return <span className="dim">no request</span>
  return (
    <>
      <b>{formatDuration(p50Ms)}</b>
      <span className="dim">p99 {formatDuration(p99Ms)}</span>
    </>
  )
}

function Incidents({ critical, warning, unacknowledged }: FleetMember['incidents']) {
  if (critical + warning === 0)
    return (
      <StatusBadge tone="good" plain>
        none
      </StatusBadge>
    )
  return (
    <>
      <StatusBadge tone={critical > 0 ? 'bad' : 'attention'} plain>
        {critical > 0 ? `${critical} critical` : formatAmount(warning, 'warning')}
      </StatusBadge>
      <span className="dim">{unacknowledged === 0 ? 'taken care of' : `${unacknowledged} unanswered`}</span>
    </>
  )
}

function Contract({ contract: { verdict, check, override, reviewBy, reviewInDays } }: Pick<FleetMember, 'contract'>) {
  const badge = verdict === undefined ? null : <VerdictBadge verdict={verdict} plain />
  return (
    <>
      {badge !== null && check !== undefined ? (
        <Link to="/checks/$check" params={{ check }}>
          {badge}
        </Link>
      ) : override === undefined ? (
        <span className="dim">not checked</span>
      ) : (
        <StatusBadge tone="attention" plain title={override}>
          overridden
        </StatusBadge>
      )}
      {reviewInDays === undefined ? (
        <span className="dim">no review set</span>
      ) : (
        <span className={reviewInDays < 0 ? styles.overdue : 'dim'} title={reviewBy}>
          {reviewInDays < 0 ? `review overdue ${-reviewInDays} d` : `review in ${reviewInDays} d`}
        </span>
      )}
    </>
  )
}

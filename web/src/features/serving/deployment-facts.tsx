import type { FleetMember } from '@seaworthy/api/traffic'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatDuration, formatNumber, formatShare } from '../../format/number.ts'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { VerdictBadge } from '../model/verdict-badge.tsx'
import styles from './deployment-facts.module.css'
import type { LiveSample } from './live-traffic.ts'
import { styleOfVersion } from './traffic-lines.ts'

interface Props {
  readonly member: FleetMember
  readonly samples: readonly LiveSample[]
}
type Told = LiveSample['versions'][number]

/** The deployment right now in one line: who answers, how much, how fast, with how many errors. */
export function DeploymentFacts({ member, samples }: Props) {
  const { deployment, traffic, contract, incidents } = member
  const last = samples.at(-1)
  const answering = last?.versions.filter(({ role }) => role === 'answer') ?? []
  const perSecond = last === undefined ? traffic.perSecond : perSecondOf(samples)
  return (
    <dl className={styles.facts} aria-label="Right now">
      <Fact name="Answers">
        {deployment.variants
          .filter(({ name }) => name !== 'standby')
          .map(({ name, version, role, share }) => (
            <span key={name} className={styles.variant}>
              <span className={styles.swatch} style={{ background: styleOfVersion(version).color }} aria-hidden />
              <Link to="/models/$model" params={{ model: deployment.model }} search={{ version }}>
                version {version}
              </Link>
              <span className="dim">
                {formatShare(share)}
                {role === 'shadow' ? ' copied' : ''}
              </span>
            </span>
          ))}
      </Fact>
      <Fact name="Requests">
        <b>{formatNumber(perSecond, 2)}</b> <span className="dim">a second</span>
      </Fact>
      <Fact name="Latency, p50 and p99">
        <b>{formatDuration(slowest(answering, 'p50Ms') ?? traffic.p50Ms)}</b>{' '}
        <span className="dim">{formatDuration(slowest(answering, 'p99Ms') ?? traffic.p99Ms)}</span>
      </Fact>
      <Fact name="Failed, last hour">
        {traffic.errorRate === undefined ? (
          <span className="dim">–</span>
        ) : (
          <StatusBadge tone={traffic.errorRate > 0 ? 'bad' : 'good'} plain>
            {formatShare(traffic.errorRate)}
          </StatusBadge>
        )}
      </Fact>
      <Fact name="Waiting rows">
        <b>{answering.reduce((sum, { rowsWaiting }) => sum + rowsWaiting, 0)}</b>
      </Fact>
      <Fact name="Contract">
        {contract.verdict !== undefined && contract.check !== undefined ? (
          <Link to="/checks/$check" params={{ check: contract.check }}>
            <VerdictBadge verdict={contract.verdict} plain />
          </Link>
        ) : contract.override === undefined ? (
          <span className="dim">not checked</span>
        ) : (
          <StatusBadge tone="attention" plain title={contract.override}>
            overridden
          </StatusBadge>
        )}
      </Fact>
      <Fact name="Incidents">
        <Link to="/incidents" search={{ deployment: deployment.name }}>
          {incidents.critical + incidents.warning === 0 ? 'none' : `${incidents.critical + incidents.warning} open`}
        </Link>
      </Fact>
    </dl>
  )
}

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div className={styles.fact}>
    <dt>{name}</dt>
    <dd className="numeric">{children}</dd>
  </div>
)

/** Over the last ten seconds that were told, so that the number can be read. */
function perSecondOf(samples: readonly LiveSample[]): number {
  const recent = samples.slice(-10)
  const seconds = recent.reduce((sum, one) => sum + one.seconds, 0)
  const requests = recent
    .flatMap(({ versions }) => versions)
    .filter(({ role }) => role === 'answer')
    .reduce((sum, one) => sum + one.requests, 0)
  if ((samples.at(-1)?.versions ?? []).every(({ requests: last }) => last === 0)) return 0
  return seconds === 0 ? 0 : requests / seconds
}

function slowest(versions: readonly Told[], key: 'p50Ms' | 'p99Ms'): number | undefined {
  const known = versions.map((one) => one[key]).filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

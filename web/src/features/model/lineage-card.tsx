import { listChecks } from '@seaworthy/api/evolution'
import type { VersionDetail } from '@seaworthy/api/model'
import { getRun } from '@seaworthy/api/model'
import { listReleases } from '@seaworthy/api/release'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { formatDuration } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { Time } from '../../ui/time.tsx'
import styles from './lineage-card.module.css'
import { VerdictBadge } from './verdict-badge.tsx'

const SHOWN_MAX = 3

/** One line from the data to the traffic: snapshot, run, version, checks, releases. */
export function LineageCard({ version: found }: { readonly version: VersionDetail }) {
  const { model, version, lineage } = found
  const runId = found.runId ?? lineage.runId
  const run = useQuery({ ...apiQuery(getRun, { params: { run: runId ?? '' } }, ['runs']), enabled: runId !== undefined })
  const releases = useQuery(apiQuery(listReleases, { query: { limit: 100 } }, ['releases']))
  const released = (releases.data?.items ?? []).filter((release) => release.model === model && release.version === version)
  return (
    <Card title="Where it comes from, and where it went">
      <ol className={styles.chain}>
        <Step name="Data">
          {lineage.snapshotDigest === undefined ? (
            <span className="dim">not told</span>
          ) : (
            <>
              <code title={lineage.snapshotDigest}>{lineage.snapshotDigest.slice(0, 12)}</code>
              {lineage.outcome === undefined ? null : <span className="dim foreign">outcome {lineage.outcome}</span>}
            </>
          )}
        </Step>
        <Step name="Run">
          {runId === undefined ? (
            <span className="dim">brought from elsewhere</span>
          ) : (
            <>
              <code>{runId.slice(0, 12)}</code>
              {run.data?.startedAt === undefined || run.data.finishedAt === undefined ? null : (
                <span className="dim">
                  {run.data.state} in {formatDuration(run.data.finishedAt - run.data.startedAt)}
                </span>
              )}
            </>
          )}
        </Step>
        <Step name="Version" isHere>
          <b>Version {version}</b>
          {lineage.parentVersion === undefined ? null : (
            <span className="dim">
              began as{' '}
              <Link to="/models/$model" params={{ model }} search={{ version: lineage.parentVersion }}>
                version {lineage.parentVersion}
              </Link>
            </span>
          )}
        </Step>
        <Step name="Checks">
          <Checks model={model} version={version} />
        </Step>
        <Step name="Releases">
          {released.length === 0 ? <span className="dim">none yet</span> : null}
          {released.slice(0, SHOWN_MAX).map(({ id, deployment, state, createdAt }) => (
            <span key={id} className={styles.line}>
              <span className="foreign">
                {deployment}: {state.replaceAll('-', ' ')}
              </span>
              <span className="dim">
                <Time at={createdAt} relative />
              </span>
            </span>
          ))}
        </Step>
      </ol>
    </Card>
  )
}

function Checks({ model, version }: { readonly model: string; readonly version: number }) {
  const checks = useQuery(apiQuery(listChecks, { params: { model, version }, query: { limit: SHOWN_MAX } }, ['checks']))
  if (checks.data?.items.length === 0) return <span className="dim">none yet</span>
  return checks.data?.items.map(({ id, verdict, createdAt }) => (
    <span key={id} className={styles.line}>
      <Link to="/checks/$check" params={{ check: id }}>
        <VerdictBadge verdict={verdict} plain />
      </Link>
      <span className="dim">
        <Time at={createdAt} relative />
      </span>
    </span>
  ))
}

interface StepProps {
  readonly name: string
  readonly children: ReactNode
  readonly isHere?: boolean
}
function Step({ name, children, isHere = false }: StepProps) {
  return (
    <li className={styles.step} data-here={isHere}>
      <span className={styles.name}>
        {name}
        <ArrowRight size={14} aria-hidden className={styles.arrow} />
      </span>
      <div className={styles.what}>{children}</div>
    </li>
  )
}

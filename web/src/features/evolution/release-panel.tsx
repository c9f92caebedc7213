import { getRelease, type ReleaseDetail } from '@seaworthy/api/release'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { apiQuery } from '../../api/api-query.ts'
import { Card } from '../../ui/card.tsx'
import { Resource } from '../../ui/resource.tsx'
import { Time } from '../../ui/time.tsx'
import { ReleaseActions } from './release-actions.tsx'
import styles from './release-panel.module.css'
import { isOpenState } from './release-state.ts'
import { ReleaseStateBadge } from './release-state-badge.tsx'
import { ReleaseSteps } from './release-steps.tsx'
import { StepAnalysis } from './step-analysis.tsx'

interface Props {
  readonly id: string
  /** By its address, and not because it is open. */
  readonly isChosen: boolean
}

/** A release: its steps, what was seen in each, and what can be done. */
export function ReleasePanel({ id, isChosen }: Props) {
  const release = useQuery(apiQuery(getRelease, { params: { release: id } }, ['releases', 'approvals', 'traffic']))
  return (
    <Resource query={release} lines={6} label="Loading the release">
      {(found) => (
        <Card
          title={`Release of version ${found.version}`}
          aside={
            <div className={styles.head}>
              <ReleaseStateBadge state={found.state} />
              {isOpenState(found.state) ? <ReleaseActions release={found} /> : null}
              {isChosen && !isOpenState(found.state) ? (
                <Link to="." search={(search: object) => ({ ...search, release: undefined })} resetScroll={false}>
                  Close
                </Link>
              ) : null}
            </div>
          }
        >
          <div className={styles.parts}>
            <Facts release={found} />
            <ReleaseSteps release={found} />
            {found.progress.toReversed().map((step, i) => (
              <StepAnalysis key={step.startedAt} step={step} champion={found.champion} version={found.version} opened={i === 0} />
            ))}
          </div>
        </Card>
      )}
    </Resource>
  )
}

/** Who began it, on what evidence, and who has agreed. */
function Facts({ release }: { readonly release: ReleaseDetail }) {
  const { champion, version, createdAt, createdBy, reason, explanation, changedBy, checkId, overrideReason } = release
  return (
    <div className={styles.facts}>
      <p>
        Version {version} against version {champion}, begun by <span className="foreign">{createdBy}</span>{' '}
        <Time at={createdAt} relative />
        {reason === undefined ? '' : <span className="foreign">: {reason}</span>}.{' '}
        {checkId === undefined ? null : (
          <Link to="/checks/$check" params={{ check: checkId }}>
            Its check
          </Link>
        )}
        {overrideReason === undefined ? null : (
          <span className="foreign">Without a passing check, because: {overrideReason}</span>
        )}
      </p>
      {explanation === undefined ? null : (
        <p>
          <span className="foreign">{changedBy}</span>: <span className="foreign">{explanation}</span>
        </p>
      )}
      <Approvals release={release} />
    </div>
  )
}

function Approvals({ release: { approvals, approvalsNeeded, state } }: { readonly release: ReleaseDetail }) {
  if (approvalsNeeded === 0) return null
  const left = approvalsNeeded - approvals.length
  return (
    <p>
      {approvals.length} of {approvalsNeeded} approvals
      {approvals.map(({ actor, comment, at }) => (
        <span key={actor} className="foreign">
          {' · '}
          {actor} <Time at={at} relative />
          {comment === undefined ? '' : `: ${comment}`}
        </span>
      ))}
      {state === 'waiting-for-approval' && left > 0 ? <span className="dim"> · not by the one who began it</span> : null}
    </p>
  )
}

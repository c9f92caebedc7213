import { cancelJob } from '@seaworthy/api/platform'
import type { RetrainingDetail } from '@seaworthy/api/retraining'
import { listDeployments } from '@seaworthy/api/serving'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Rocket } from 'lucide-react'
import { useState } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { useAction } from '../../api/use-action.ts'
import { Card } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { RetrainingButton } from './retraining-button.tsx'
import styles from './retraining-page.module.css'
import { isRunning, shownRetraining } from './retraining-state.ts'
import { StartReleaseDialog } from './start-release-dialog.tsx'

const LISTED_MAX = 200

interface Props {
  readonly retraining: RetrainingDetail
}

/** What was decided, in words, or why nothing was. */
export function RetrainingDecision({ retraining }: Props) {
  const { explanation, failure, winner, model, deployment, checkId, releaseId } = retraining
  const [tone, word] = shownRetraining(retraining)
  if (isRunning(retraining) && explanation.length === 0) return null
  return (
    <Card title="What was decided" aside={<StatusBadge tone={tone}>{word}</StatusBadge>}>
      <div className={styles.decision}>
        {failure === undefined ? null : (
          <p className="foreign">
            <code>{failure.code}</code>: {failure.message}
          </p>
        )}
        {explanation.map((sentence) => (
          <p key={sentence} className="foreign">
            {sentence}
          </p>
        ))}
        <p className={styles.links}>
          {winner === undefined ? null : (
            <Link to="/models/$model" params={{ model }} search={{ version: winner }}>
              Version {winner}, the winner
            </Link>
          )}
          {checkId === undefined ? null : (
            <Link to="/checks/$check" params={{ check: checkId }}>
              Its check, gate by gate
            </Link>
          )}
          {releaseId === undefined ? null : (
            <Link to="/deployments/$deployment" params={{ deployment }} search={{ release: releaseId }}>
              Its release, step by step
            </Link>
          )}
        </p>
      </div>
    </Card>
  )
}

/** What can be done next: stop it, release what it recommends, or try again. */
export function RetrainingNext({ retraining }: Props) {
  const { deployment, decision, winner } = retraining
  if (isRunning(retraining)) return <CancelButton retraining={retraining} />
  const hasRecommended = decision === 'recommended' && winner !== undefined
  return (
    <>
      {hasRecommended ? <ReleaseButton retraining={retraining} winner={winner} /> : null}
      <RetrainingButton deployment={deployment} variant="default" />
    </>
  )
}

function CancelButton({ retraining: { id, deployment, champion } }: Props) {
  const [opened, setOpened] = useState(false)
  const cancel = useAction(cancelJob, ['retrainings', 'runs', 'jobs'])
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Cancel
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Cancel the retraining of ${deployment}`}
        willHappen={[
          'What runs is stopped at its next safe point; versions that were made already are kept.',
          `Version ${champion} goes on answering. A release that was begun already goes on.`,
        ]}
        action="Cancel the retraining"
        destructive
        reason="none"
        onConfirm={() => cancel.mutateAsync({ params: { job: id } })}
      />
    </>
  )
}

function ReleaseButton({ retraining: { deployment, model }, winner }: Props & { readonly winner: number }) {
  const [opened, setOpened] = useState(false)
  const deployments = useQuery(apiQuery(listDeployments, { query: { limit: LISTED_MAX } }, ['deployments']))
  const live = deployments.data?.items.find(({ name }) => name === deployment)
  const champion = live?.variants.find(({ name }) => name === 'champion')?.version
  if (champion === undefined || champion === winner) return null
  return (
    <>
      <Button leftSection={<Rocket size={16} aria-hidden />} onClick={() => setOpened(true)}>
        Release version {winner}
      </Button>
      <StartReleaseDialog {...{ deployment, model, champion, opened }} proposed={winner} onClose={() => setOpened(false)} />
    </>
  )
}

import type { WaitingApproval } from '@seaworthy/api/contract'
import { abortRelease, approveRelease } from '@seaworthy/api/release'
import { Button, Textarea } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Check, X } from 'lucide-react'
import { useState } from 'react'
import type { z } from 'zod'
import { useActor } from '../../api/actor.ts'
import { useAction } from '../../api/use-action.ts'
import { formatAmount } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import styles from './approval-card.module.css'
import { DifferenceList } from './difference-list.tsx'

const TOPICS = ['releases', 'approvals', 'deployments'] as const

export type Waiting = z.infer<typeof WaitingApproval>

/** One release that waits: what it would change, who has said what, and the two answers. */
export function ApprovalCard({ waiting }: { readonly waiting: Waiting }) {
  const { release, approvals, left, differences } = waiting
  const { deployment, model, version, champion, approvalsNeeded, createdBy, createdAt, reason } = release
  return (
    <Card
      title={`${model} version ${version} to ${deployment}`}
      aside={<StatusBadge tone="attention">{`waits for ${formatAmount(left, 'approval')}`}</StatusBadge>}
    >
      <div className={styles.card}>
        <FactList
          facts={[
            ['Asked for by', createdBy],
            ['Waits since', <Time key="since" at={createdAt} relative />],
            ['Approved', `${approvals.length} of ${approvalsNeeded}`],
            ['Why', reason ?? 'no reason was given'],
          ]}
        />
        <section aria-label="What would change">
          <h3 className={styles.heading}>What would change</h3>
          <ol className={styles.changes}>
            <li>
              Traffic of <Deployment name={deployment} /> moves from{' '}
              <Link to="/models/$model" params={{ model }} search={{ version: champion }}>
                version {champion}
              </Link>{' '}
              to{' '}
              <Link to="/models/$model" params={{ model }} search={{ version }}>
                version {version}
              </Link>{' '}
              (
              <Link to="/models/$model/compare" params={{ model }} search={{ left: champion, right: version }}>
                compare them
              </Link>
              ).
            </li>
            <li>
              Step by step:{' '}
              <span className={styles.steps}>
                {release.steps.map((step) => (
                  <code key={step}>{step}</code>
                ))}
              </span>
            </li>
            <li>Each step is held against version {champion} on the same traffic, and a loss gives it all back by itself.</li>
            {release.overrideReason === undefined ? null : (
              <li className="foreign">Its check did not pass; it goes on because: {release.overrideReason}</li>
            )}
          </ol>
          {differences.length === 0 ? null : (
            <>
              <h3 className={styles.heading}>Its contract</h3>
              <DifferenceList differences={differences} />
            </>
          )}
          {release.checkId === undefined ? null : (
            <p className={`${styles.rests} dim`}>
              It rests on{' '}
              <Link to="/checks/$check" params={{ check: release.checkId }}>
                this check report
              </Link>
              .
            </p>
          )}
        </section>
        <Words approvals={approvals} />
        <Answers waiting={waiting} />
      </div>
    </Card>
  )
}

const Deployment = ({ name }: { readonly name: string }) => (
  <Link to="/deployments/$deployment" params={{ deployment: name }}>
    {name}
  </Link>
)

/** What those who approved have said. */
function Words({ approvals }: Pick<Waiting, 'approvals'>) {
  if (approvals.length === 0) return null
  return (
    <ul className={styles.words} aria-label="Approvals so far">
      {approvals.map(({ actor, comment, at }) => (
        <li key={actor}>
          <StatusBadge tone="good" plain>
            approved
          </StatusBadge>{' '}
          by <b className="foreign">{actor}</b>, <Time at={at} relative />
          {comment === undefined ? null : <p className="foreign">{comment}</p>}
        </li>
      ))}
    </ul>
  )
}

function Answers({ waiting: { release, left, mayApprove } }: { readonly waiting: Waiting }) {
  const actor = useActor()
  const [open, setOpen] = useState<'approve' | 'refuse' | undefined>()
  const [comment, setComment] = useState('')
  const approve = useAction(approveRelease, TOPICS)
  const refuse = useAction(abortRelease, TOPICS)
  const params = { release: release.id }
  const isAuthor = actor !== undefined && actor === release.createdBy
  const isLast = left <= 1
  const close = () => setOpen(undefined)
  return (
    <div className={styles.answers}>
      <Button leftSection={<Check size={16} aria-hidden />} disabled={!mayApprove} onClick={() => setOpen('approve')}>
        Approve
      </Button>
      <Button variant="default" leftSection={<X size={16} aria-hidden />} onClick={() => setOpen('refuse')}>
        Refuse
      </Button>
      {mayApprove ? null : (
        <span className="dim">
          {isAuthor ? 'You asked for it: somebody else has to approve it.' : 'You have given your approval.'}
        </span>
      )}
      <ConfirmDialog
        opened={open === 'approve'}
        onClose={close}
        title={`Approve version ${release.version} for ${release.deployment}`}
        willHappen={[
          `Your approval is kept with your name${actor === undefined ? '' : `, ${actor}`}.`,
          isLast
            ? `It is the last one needed: the first step, ${release.steps[0] ?? 'all traffic'}, begins at once.`
            : `${formatAmount(left - 1, 'more person has', 'more people have')} to approve after you.`,
        ]}
        action="Approve the release"
        reason="none"
        onConfirm={() => approve.mutateAsync({ params, body: comment.trim() === '' ? {} : { comment: comment.trim() } })}
      >
        <Textarea
          label="Comment (optional)"
          description="What you have looked at; kept with the approval."
          autosize
          minRows={2}
          maxRows={6}
          maxLength={2_000}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
      </ConfirmDialog>
      <ConfirmDialog
        opened={open === 'refuse'}
        onClose={close}
        title={`Refuse version ${release.version} for ${release.deployment}`}
        willHappen={[
          `The release ends; version ${release.champion} keeps all traffic.`,
          'Your reason is kept in the audit log. The version stays in the registry and can be released again.',
        ]}
        action="Refuse the release"
        destructive
        reason="required"
        onConfirm={(why) => refuse.mutateAsync({ params, body: { reason: why ?? '' } })}
      />
    </div>
  )
}

import { Button } from '@mantine/core'
import {
  abortRelease,
  approveRelease,
  holdRelease,
  promoteRelease,
  type ReleaseDetail,
  resumeRelease,
} from '@seaworthy/api/release'
import { type ReactNode, useState } from 'react'
import { useActor } from '../../api/actor.ts'
import { useAction } from '../../api/use-action.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { OutlookDialog } from './outlook-dialog.tsx'

const TOPICS = ['releases', 'deployments', 'approvals'] as const
type Asked = 'approve' | 'hold' | 'resume' | 'abort' | 'promote'

/** What can be done with a release in the state that it is in. */
export function ReleaseActions({ release }: { readonly release: ReleaseDetail }) {
  const [asked, setAsked] = useState<Asked>()
  const { id, state, deployment } = release
  const of = { params: { release: id } }
  const approve = useAction(approveRelease, TOPICS)
  const hold = useAction(holdRelease, TOPICS)
  const resume = useAction(resumeRelease, TOPICS)
  const abort = useAction(abortRelease, TOPICS)
  const promote = useAction(promoteRelease, TOPICS)
  const close = () => setAsked(undefined)
  const shared = { deployment, onClose: close, reason: 'required' as const }
  const button = (what: Asked, label: ReactNode, isMain = false) => (
    <Button size="xs" variant={isMain ? 'filled' : 'default'} onClick={() => setAsked(what)}>
      {label}
    </Button>
  )
  return (
    <>
      {state === 'waiting-for-approval' ? button('approve', 'Approve', true) : null}
      {state === 'running' ? button('hold', 'Hold') : null}
      {state === 'holding' ? button('resume', 'Resume', true) : null}
      {state === 'running' || state === 'holding' ? button('promote', 'Promote now') : null}
      {button('abort', 'Abort')}
      <ApproveDialog
        release={release}
        opened={asked === 'approve'}
        onClose={close}
        onConfirm={(comment) => approve.mutateAsync({ ...of, body: comment === undefined ? {} : { comment } })}
      />
      <OutlookDialog
        {...shared}
        opened={asked === 'hold'}
        action="hold"
        title="Hold the release"
        label="Hold"
        onConfirm={(reason) => hold.mutateAsync({ ...of, body: { reason } })}
      />
      <ConfirmDialog
        opened={asked === 'resume'}
        onClose={close}
        title="Resume the release"
        willHappen={[
          'The step begins anew with its time; what was seen in it counts on.',
          'You accept how the predictions of the new version lie: it is not held again for that.',
        ]}
        action="Resume"
        reason="required"
        onConfirm={(reason) => resume.mutateAsync({ ...of, body: { reason: reason! } })}
      />
      <OutlookDialog
        {...shared}
        opened={asked === 'promote'}
        action="promote"
        title={`Promote version ${release.version} now`}
        label={`Promote version ${release.version}`}
        destructive
        onConfirm={(reason) => promote.mutateAsync({ ...of, body: { reason } })}
      />
      <OutlookDialog
        {...shared}
        opened={asked === 'abort'}
        action="abort"
        title="Abort the release"
        label="Abort"
        destructive
        onConfirm={(reason) => abort.mutateAsync({ ...of, body: { reason } })}
      />
    </>
  )
}

interface ApproveProps {
  readonly release: ReleaseDetail
  readonly opened: boolean
  readonly onClose: () => void
  readonly onConfirm: (comment: string | undefined) => Promise<unknown>
}

function ApproveDialog({ release, opened, onClose, onConfirm }: ApproveProps) {
  const actor = useActor()
  const { version, steps, approvals, approvalsNeeded, createdBy } = release
  const left = approvalsNeeded - approvals.length - 1
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Approve version ${version}`}
      willHappen={[
        `Your approval is recorded as ${actor ?? 'that of nobody in particular: write your name in the header first'}. ${createdBy} began the release and cannot approve it.`,
        left > 0
          ? `${left} more ${left === 1 ? 'person has' : 'people have'} to approve before anything moves.`
          : `The release begins with its first step, ${steps[0] ?? 'full'}.`,
      ]}
      action="Approve"
      reason="optional"
      onConfirm={onConfirm}
    />
  )
}

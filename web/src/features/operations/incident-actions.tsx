import { acknowledgeIncident, type Incident, resolveIncident, silenceIncident, type Verdict } from '@seaworthy/api/incidents'
import { Button, NativeSelect, Radio, Stack } from '@mantine/core'
import { BellOff, Check, Hand } from 'lucide-react'
import { useState } from 'react'
import { useAction } from '../../api/use-action.ts'
import { useNow } from '../../format/now.ts'
import { formatTime } from '../../format/time.ts'
import { useTimeZone } from '../../format/time-zone.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

const TOPICS = ['incidents', 'audit'] as const
type Asked = 'acknowledge' | 'silence' | 'resolve'

/** What people do with an incident. One that is over can still be judged. */
export function IncidentActions({ incident }: { readonly incident: Incident }) {
  const [asked, setAsked] = useState<Asked>()
  const acknowledge = useAction(acknowledgeIncident, TOPICS)
  const { id, state, verdict } = incident
  const close = () => setAsked(undefined)
  if (state === 'resolved')
    return (
      <>
        <Button variant="default" onClick={() => setAsked('resolve')}>
          {verdict === undefined ? 'Was it worth the alarm?' : 'Judge it anew'}
        </Button>
        <ResolveDialog incident={incident} opened={asked === 'resolve'} onClose={close} />
      </>
    )
  return (
    <>
      {state === 'open' ? (
        <Button variant="default" leftSection={<Hand size={16} aria-hidden />} onClick={() => setAsked('acknowledge')}>
          Acknowledge
        </Button>
      ) : null}
      <Button variant="default" leftSection={<BellOff size={16} aria-hidden />} onClick={() => setAsked('silence')}>
        Silence
      </Button>
      <Button variant="default" leftSection={<Check size={16} aria-hidden />} onClick={() => setAsked('resolve')}>
        Resolve
      </Button>
      <ConfirmDialog
        opened={asked === 'acknowledge'}
        onClose={close}
        title={`Acknowledge incident ${id}`}
        willHappen={[
          'Everybody sees that you take care of it.',
          'It is told again to nobody, and not escalated; news of it is: another cause, and its end.',
        ]}
        action="Acknowledge"
        reason="optional"
        onConfirm={(reason) =>
          acknowledge.mutateAsync({ params: { incident: id }, body: reason === undefined ? {} : { reason } })
        }
      />
      <SilenceDialog incident={incident} opened={asked === 'silence'} onClose={close} />
      <ResolveDialog incident={incident} opened={asked === 'resolve'} onClose={close} />
    </>
  )
}

interface DialogProps {
  readonly incident: Incident
  readonly opened: boolean
  readonly onClose: () => void
}

const HOUR_MS = 3_600_000
const SPANS = [
  ['1 hour', HOUR_MS],
  ['4 hours', 4 * HOUR_MS],
  ['1 day', 24 * HOUR_MS],
  ['3 days', 72 * HOUR_MS],
  ['7 days', 168 * HOUR_MS],
  ['30 days', 720 * HOUR_MS],
  ['90 days', 2_160 * HOUR_MS],
] as const
const SPAN_DEFAULT_MS = SPANS[2][1]

function SilenceDialog({ incident: { id }, opened, onClose }: DialogProps) {
  const silence = useAction(silenceIncident, TOPICS)
  const [forMs, setForMs] = useState<number>(SPAN_DEFAULT_MS)
  const { zone } = useTimeZone()
  const now = useNow()
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Silence incident ${id}`}
      willHappen={[
        `Nobody is told of it until ${formatTime(now + forMs, zone)} (${zone}).`,
        'It goes on being watched, and its evidence is kept.',
        'If it is not over by then, it is open again.',
      ]}
      action="Silence"
      reason="required"
      onConfirm={(reason) => silence.mutateAsync({ params: { incident: id }, body: { forMs, reason: reason! } })}
    >
      <NativeSelect
        label="For"
        data={SPANS.map(([label, ms]) => ({ value: String(ms), label }))}
        value={String(forMs)}
        onChange={(event) => setForMs(Number(event.currentTarget.value))}
      />
    </ConfirmDialog>
  )
}

interface ResolveProps extends DialogProps {
  /** What is proposed: it was the new normal, say. */
  readonly verdict?: Verdict
}

/** The end of it, and whether it was worth the alarm: by that the measures are judged. */
export function ResolveDialog({ incident, opened, onClose, verdict: proposed }: ResolveProps) {
  const resolve = useAction(resolveIncident, TOPICS)
  const [chosen, setChosen] = useState<Verdict>()
  const { id, state } = incident
  const verdict = chosen ?? incident.verdict ?? proposed ?? 'real'
  const isOver = state === 'resolved'
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={isOver ? `Judge incident ${id}` : `Resolve incident ${id}`}
      willHappen={[
        ...(isOver
          ? []
          : [
              'It is closed, and everybody who was told of it is told so.',
              'If the breach goes on, a new one is opened after the windows in a row that the contract asks for.',
            ]),
        'What you say of it counts in the precision of its measures.',
      ]}
      action={isOver ? 'Judge' : 'Resolve'}
      reason="optional"
      onConfirm={(reason) =>
        resolve.mutateAsync({ params: { incident: id }, body: { verdict, ...(reason === undefined ? {} : { reason }) } })
      }
    >
      <Radio.Group label="Was it worth the alarm?" value={verdict} onChange={(value) => setChosen(value as Verdict)}>
        <Stack gap={6} mt={6}>
          <Radio value="real" label="Yes, something was wrong" />
          <Radio value="false-alarm" label="No, this is normal now, or always was" />
          <Radio value="unknown" label="Nobody can tell" />
        </Stack>
      </Radio.Group>
    </ConfirmDialog>
  )
}

import { Button, Modal, Textarea } from '@mantine/core'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import styles from './confirm-dialog.module.css'
import { ProblemPanel } from './problem-panel.tsx'

interface Props {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  /** What will happen, in the order in which it does; before it does. */
  readonly willHappen: readonly ReactNode[]
  /** The verb and its object: "Roll back to version 3". */
  readonly action: string
  /** Taking something away, or moving what is live. */
  readonly destructive?: boolean
  /** Why, for the audit log; `required` where the server asks for it. */
  readonly reason?: 'required' | 'optional' | 'none'
  /** The dialog closes when it resolves, and shows the problem when it rejects. */
  readonly onConfirm: (reason: string | undefined) => Promise<unknown>
  /** More to choose, above the reason. */
  readonly children?: ReactNode
}

/** The header of a dialog is not that of the page. */
const HEADER = { header: { role: 'presentation' } }

/** One deliberate step before something is changed: what will happen, why, and a button that says what it does. */
export function ConfirmDialog(props: Props) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      centered
      size="md"
      classNames={{ title: styles.title! }}
      closeButtonProps={{ 'aria-label': 'Close' }}
      attributes={HEADER}
    >
      {props.opened ? <ConfirmForm {...props} /> : null}
    </Modal>
  )
}

function ConfirmForm({ onClose, willHappen, action, destructive = false, reason = 'optional', onConfirm, children }: Props) {
  const listId = useId()
  const [why, setWhy] = useState('')
  const [state, setState] = useState<{ readonly busy: boolean; readonly error?: unknown }>({ busy: false })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setState({ busy: true })
    onConfirm(why.trim() === '' ? undefined : why.trim()).then(onClose, (error: unknown) => setState({ busy: false, error }))
  }
  const isReady = reason !== 'required' || why.trim() !== ''
  return (
    <form onSubmit={submit} className={styles.form} aria-describedby={listId}>
      <div id={listId}>
        <p className={styles.lead}>What will happen:</p>
        <ol className={styles.list}>
          {willHappen.map((line, i) => (
            <li key={i} className="foreign">
              {line}
            </li>
          ))}
        </ol>
      </div>
      {children}
      {reason === 'none' ? null : (
        <Textarea
          label={reason === 'required' ? 'Why' : 'Why (optional)'}
          description="Kept in the audit log."
          autosize
          minRows={2}
          maxRows={6}
          maxLength={2_000}
          required={reason === 'required'}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
      )}
      {state.error === undefined ? null : <ProblemPanel error={state.error} />}
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={state.busy} disabled={!isReady} className={destructive ? styles.destructive! : ''}>
          {action}
        </Button>
      </div>
    </form>
  )
}

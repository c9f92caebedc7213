import type { AuditEntry } from '@seaworthy/api/collaboration'
import { CloseButton } from '@mantine/core'
import { Card } from '../../ui/card.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Time } from '../../ui/time.tsx'
import styles from './audit-page.module.css'
import { auditRoute } from './audit.route.ts'

/** One entry, whole: before, after, why, and its place in the chain. */
export function EntryCard({ entry }: { readonly entry: AuditEntry }) {
  const navigate = auditRoute.useNavigate()
  const close = () => void navigate({ search: (shown) => ({ ...shown, entry: undefined }), resetScroll: false })
  return (
    <Card title={`Entry ${entry.sequence}: ${entry.action}`} aside={<CloseButton aria-label="Close the entry" onClick={close} />}>
      <FactList
        facts={[
          ['Who', entry.actor],
          ['When', <Time key="time" at={entry.time} />],
          ['Of what', entry.subject],
          ['Why', entry.reason ?? 'no reason was given'],
          ['Hash', <Hash key="hash" text={entry.hash} />],
          ['Hash before', <Hash key="before" text={entry.previousHash} />],
        ]}
      />
      <div className={styles.sides}>
        <Side name="Before" value={entry.before} />
        <Side name="After" value={entry.after} />
      </div>
    </Card>
  )
}

const Hash = ({ text }: { readonly text: string }) => (
  <>
    <code title={text}>{text.slice(0, 12)}</code> <CopyButton text={text} label="Copy the hash" />
  </>
)

function Side({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <section className={styles.side} aria-label={name}>
      <h3>{name}</h3>
      <pre className={`${styles.json} foreign`}>
        {value === undefined || value === null ? 'nothing' : JSON.stringify(value, undefined, 2)}
      </pre>
    </section>
  )
}

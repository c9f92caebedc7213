import { exportAuditHead, verifyAudit } from '@seaworthy/api/collaboration'
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Download, ShieldCheck } from 'lucide-react'
import { client } from '../../api/client.ts'
import { formatAmount } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { ProblemPanel } from '../../ui/problem-panel.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { saveText } from '../model/save-text.ts'
import styles from './audit-page.module.css'

/** The chain as a whole: recomputed on demand, and its head to be kept elsewhere. */
export function AuditChain() {
  const verify = useMutation({ mutationFn: () => client.call(verifyAudit) })
  const head = useMutation({
    mutationFn: () => client.call(exportAuditHead),
    onSuccess: (found) => saveText(`audit-head-${found.sequence}.json`, `${JSON.stringify(found, undefined, 2)}\n`),
  })
  return (
    <Card title="The chain">
      <div className={styles.card}>
        <div className={styles.chain}>
          <Button
            size="xs"
            leftSection={<ShieldCheck size={14} aria-hidden />}
            loading={verify.isPending}
            onClick={() => verify.mutate()}
          >
            Verify the chain
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<Download size={14} aria-hidden />}
            loading={head.isPending}
            onClick={() => head.mutate()}
          >
            Signed head
          </Button>
          <div role="status">{verify.data === undefined ? null : <Verdict {...verify.data} />}</div>
        </div>
        {verify.isError ? <ProblemPanel error={verify.error} /> : null}
        {head.isError ? <ProblemPanel error={head.error} /> : null}
        <p className="dim">
          A signed head that is kept elsewhere shows later whether the log was cut or rewritten as a whole:{' '}
          <code>seaworthy audit verify FILE</code>
        </p>
      </div>
    </Card>
  )
}

interface VerdictProps {
  readonly whole: boolean
  readonly entries: number
  readonly head: string
  readonly broken?: { readonly sequence: number; readonly explanation: string } | undefined
}

function Verdict({ whole, entries, head, broken }: VerdictProps) {
  if (whole)
    return (
      <>
        <StatusBadge tone="good">whole</StatusBadge> {formatAmount(entries, 'entry', 'entries')}, head{' '}
        <code title={head}>{head.slice(0, 12)}</code>
      </>
    )
  return (
    <>
      <StatusBadge tone="bad">broken</StatusBadge> at entry {broken?.sequence}: {broken?.explanation}
    </>
  )
}

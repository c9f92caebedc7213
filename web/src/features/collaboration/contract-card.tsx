import { changeContract, validateContract } from '@seaworthy/api/contract'
import { runCheck } from '@seaworthy/api/evolution'
import { listDeployments } from '@seaworthy/api/serving'
import { Button, Textarea } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { client } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { isOver, useJob } from '../../api/use-job.ts'
import { formatAmount } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { JobProgress } from '../../ui/job-progress.tsx'
import { ProblemPanel } from '../../ui/problem-panel.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { VerdictBadge } from '../model/verdict-badge.tsx'
import styles from './contract-card.module.css'
import { ContractEditor, type Problem } from './contract-editor.tsx'
import { DifferenceList } from './difference-list.tsx'

const STILL_MS = 300
const LISTED_MAX = 200
const NO_PROBLEMS: readonly Problem[] = []

interface Props {
  readonly deployment: string
  readonly text: string
  readonly schema: Readonly<Record<string, unknown>>
}

/** The contract in force, in an editor: what is wrong with a change, what it changes, and whether the champion passes it. */
export function ContractCard({ deployment, text, schema }: Props) {
  const [draft, setDraft] = useState(text)
  const still = useStill(draft)
  const isChanged = draft !== text
  const validation = useQuery({
    queryKey: ['validateContract', deployment, still],
    queryFn: ({ signal }) => client.call(validateContract, { body: { contract: still, deployment }, signal }),
    enabled: still !== text,
    placeholderData: keepPreviousData,
    meta: { topics: ['checks', 'deployments'] },
  })
  const answer = isChanged ? validation.data : undefined
  return (
    <Card
      title="The contract in force"
      aside={isChanged ? <State validation={answer} /> : <StatusBadge tone="quiet">unchanged</StatusBadge>}
    >
      <div className={styles.card}>
        <ContractEditor
          label="Contract, seaworthy.yaml"
          start={text}
          schema={schema}
          problems={answer?.problems ?? NO_PROBLEMS}
          onChange={setDraft}
        />
        {validation.isError ? <ProblemPanel error={validation.error} onRetry={() => void validation.refetch()} /> : null}
        {answer === undefined || answer.problems.length === 0 ? null : (
          <ul className={styles.problems} aria-label="Problems">
            {answer.problems.map(({ line, column, path, message }) => (
              <li key={`${line}:${column}:${message}`} className="foreign">
                <b>
                  Line {line}, column {column}
                </b>
                {path === '' ? null : (
                  <>
                    , <code>{path}</code>
                  </>
                )}
                : {message}
              </li>
            ))}
          </ul>
        )}
        {answer?.valid !== true ? null : (
          <>
            <section aria-label="What changes">
              <h3 className={styles.heading}>What changes</h3>
              <DifferenceList differences={answer.differences ?? []} />
            </section>
            <Saving deployment={deployment} contract={still} check={answer.check} isStill={still === draft} />
          </>
        )}
      </div>
    </Card>
  )
}

function State({
  validation,
}: {
  readonly validation: { readonly valid: boolean; readonly problems: readonly unknown[] } | undefined
}) {
  if (validation === undefined) return <StatusBadge tone="unknown">looking at it</StatusBadge>
  if (!validation.valid) return <StatusBadge tone="bad">{formatAmount(validation.problems.length, 'problem')}</StatusBadge>
  return <StatusBadge tone="good">valid</StatusBadge>
}

interface SavingProps {
  readonly deployment: string
  readonly contract: string
  readonly check: { readonly id: string; readonly verdict: 'pass' | 'fail' | 'not-enough-data' } | undefined
  /** False while somebody types: then what would be saved is not what is seen. */
  readonly isStill: boolean
}

/** A contract takes effect when the champion passes it, or when somebody says why it may without. */
function Saving({ deployment, contract, check, isStill }: SavingProps) {
  const all = useQuery(apiQuery(listDeployments, { query: { limit: LISTED_MAX } }, ['deployments']))
  const live = all.data?.items.find(({ name }) => name === deployment)
  const champion = live?.variants.find(({ name }) => name === 'champion')?.version
  const [job, setJob] = useState<string>()
  const [isOpen, setOpen] = useState(false)
  const progress = useJob(job)
  const start = useAction(runCheck, ['checks'])
  const passes = check?.verdict === 'pass'
  const measure = () => {
    if (live === undefined || champion === undefined) return
    start.mutate(
      { params: { model: live.model, version: champion }, body: { contract } },
      { onSuccess: (accepted) => setJob(accepted.job) },
    )
  }
  return (
    <section aria-label="Put it in force" className={styles.saving}>
      <p>
        {check === undefined ? (
          `Version ${champion ?? '…'}, which answers now, was not checked against this text yet.`
        ) : (
          <>
            Version {champion} against this text:{' '}
            <Link to="/checks/$check" params={{ check: check.id }}>
              <VerdictBadge verdict={check.verdict} plain />
            </Link>
          </>
        )}
      </p>
      {start.isError ? <ProblemPanel error={start.error} /> : null}
      {progress.data === undefined || (isOver(progress.data) && check !== undefined) ? null : <JobProgress job={progress.data} />}
      <div className={styles.buttons}>
        <Button variant="default" disabled={!isStill || champion === undefined} loading={start.isPending} onClick={measure}>
          Check version {champion ?? ''} against it
        </Button>
        <Button disabled={!isStill} onClick={() => setOpen(true)}>
          Put it in force…
        </Button>
      </div>
      <ForceDialog deployment={deployment} contract={contract} passes={passes} opened={isOpen} onClose={() => setOpen(false)} />
    </section>
  )
}

interface ForceProps {
  readonly deployment: string
  readonly contract: string
  readonly passes: boolean
  readonly opened: boolean
  readonly onClose: () => void
}
function ForceDialog({ deployment, contract, passes, opened, onClose }: ForceProps) {
  const [override, setOverride] = useState('')
  const save = useAction(changeContract, ['deployments', 'audit', 'checks'])
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Change the contract of ${deployment}`}
      willHappen={[
        'The rules for inputs change with the next request; the version that answers stays.',
        'Monitoring, retraining and releases go by the new text from now on.',
        passes
          ? 'The check that it passes is recorded with it.'
          : 'It has no passing check: your reason to go on without is recorded as an override.',
      ]}
      action="Put the contract in force"
      reason="required"
      onConfirm={(reason) =>
        save.mutateAsync({
          params: { deployment },
          body: { contract, reason: reason ?? '', ...(passes || override.trim() === '' ? {} : { override: override.trim() }) },
        })
      }
    >
      {passes ? null : (
        <Textarea
          label="Why it may go on without a passing check"
          autosize
          minRows={2}
          maxLength={2_000}
          value={override}
          onChange={(event) => setOverride(event.currentTarget.value)}
        />
      )}
    </ConfirmDialog>
  )
}

/** The text once nobody has typed for a moment. */
function useStill(text: string): string {
  const [still, setStill] = useState(text)
  useEffect(() => {
    const timer = window.setTimeout(() => setStill(text), STILL_MS)
    return () => window.clearTimeout(timer)
  }, [text])
  return still
}

import { listVersions } from '@seaworthy/api/model'
import type { Prediction } from '@seaworthy/api/operations'
import { type ReplayedPrediction, replayPrediction } from '@seaworthy/api/replay'
import { Button, NativeSelect } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import type { z } from 'zod'
import { apiQuery } from '../../api/api-query.ts'
import { client } from '../../api/client.ts'
import { formatDuration } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { ProblemPanel } from '../../ui/problem-panel.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import styles from './prediction-page.module.css'
import { outputText } from './predictions-page.tsx'

const FROM = '/deployments/$deployment/predictions/$prediction' as const
const LISTED_MAX = 200

/** The same question again, now: on the version that answered, to the last digit, or on another one. */
export function ReplayCard({ prediction }: { readonly prediction: Prediction }) {
  const { deployment, model, version, id } = prediction
  const { on = version } = useSearch({ from: FROM })
  const navigate = useNavigate({ from: FROM })
  const versions = useQuery(apiQuery(listVersions, { params: { model }, query: { limit: LISTED_MAX } }, ['models']))
  const numbers = versions.data?.items.map((item) => item.version) ?? [version]
  const replay = useMutation({
    mutationFn: () =>
      client.call(replayPrediction, { params: { deployment, prediction: id }, body: on === version ? {} : { on } }),
  })
  const choose = (chosen: number) => {
    replay.reset()
    void navigate({ search: { on: chosen === version ? undefined : chosen }, replace: true, resetScroll: false })
  }
  return (
    <Card title="Ask it again">
      <div className={styles.replay}>
        <div className={styles.form}>
          <NativeSelect
            size="xs"
            label="On"
            value={String(on)}
            data={numbers.map((each) => ({
              value: String(each),
              label: each === version ? `version ${each}, which answered` : `version ${each}`,
            }))}
            onChange={(event) => choose(Number(event.currentTarget.value))}
          />
          <Button
            size="xs"
            leftSection={<RotateCcw size={14} aria-hidden />}
            loading={replay.isPending}
            onClick={() => replay.mutate()}
          >
            Replay
          </Button>
        </div>
        <p className="dim">Nothing of it is kept in the journal, and no caller is told.</p>
        {replay.isError ? <ProblemPanel error={replay.error} /> : null}
        <div role="status">
          {replay.data === undefined ? null : <Answer replayed={replay.data} isOwn={replay.data.version === version} />}
        </div>
      </div>
    </Card>
  )
}

function Answer({ replayed, isOwn }: { readonly replayed: z.infer<typeof ReplayedPrediction>; readonly isOwn: boolean }) {
  const { version, output, answered, refusal, identical, contractAssumed, tookMs } = replayed
  return (
    <>
      <p>
        {identical ? (
          <StatusBadge tone="good">identical</StatusBadge>
        ) : (
          <StatusBadge tone={isOwn ? 'bad' : 'info'}>{refusal === undefined ? 'differs' : 'refused'}</StatusBadge>
        )}{' '}
        {identical ? 'to the last digit.' : refusal === undefined ? '' : <span className="foreign">{refusal}</span>}
      </p>
      <FactList
        facts={[
          ['In the journal', outputText(answered)],
          [`Version ${version}, now`, output === undefined ? '–' : outputText(output)],
          ['Took', formatDuration(tookMs)],
        ]}
      />
      {contractAssumed ? <p className="dim">The contract of that time is not known; the one of today was used.</p> : null}
    </>
  )
}

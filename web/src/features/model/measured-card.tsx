import { Button } from '@mantine/core'
import { ComparisonReport } from '@seaworthy/api/comparison-report'
import { compareVersions, ComparisonResult } from '@seaworthy/api/retraining'
import { Play } from 'lucide-react'
import { useAction } from '../../api/use-action.ts'
import { useJob } from '../../api/use-job.ts'
import { Card } from '../../ui/card.tsx'
import { JobProgress } from '../../ui/job-progress.tsx'
import { ProblemPanel } from '../../ui/problem-panel.tsx'
import { ComparisonDrawing } from './comparison-drawing.tsx'

interface Props {
  readonly model: string
  readonly champion: number
  readonly challenger: number
  /** Of the measurement, once it was asked for. */
  readonly job: string | undefined
  readonly onJob: (id: string) => void
}

/** Both versions on the same rows: differences with their intervals, slices, speed, and the decision in words. */
export function MeasuredCard({ model, champion, challenger, job, onJob }: Props) {
  const begin = useAction(compareVersions, ['jobs'])
  const found = useJob(job)
  const measure = () =>
    begin.mutate(
      { params: { model }, body: { champion, challengers: [challenger] } },
      { onSuccess: (accepted) => onJob(accepted.job) },
    )
  const report =
    found.data?.state === 'succeeded'
      ? ComparisonReport.safeParse(ComparisonResult.safeParse(found.data.result).data?.report)
      : undefined
  return (
    <Card
      title="On the same rows"
      aside={
        <Button
          size="xs"
          leftSection={<Play size={14} aria-hidden />}
          loading={begin.isPending}
          disabled={champion === challenger}
          onClick={measure}
        >
          {report === undefined ? 'Measure' : 'Measure again'}
        </Button>
      }
    >
      {begin.error === null ? null : <ProblemPanel error={begin.error} />}
      {job === undefined && begin.error === null ? (
        <p className="dim">
          {champion === challenger
            ? 'Choose two different versions.'
            : 'Both answer the rows of the evaluation snapshot that was pinned last; differences come with their intervals.'}
        </p>
      ) : null}
      {found.data === undefined || report?.success === true ? null : <JobProgress job={found.data} />}
      {found.error === null ? null : <ProblemPanel error={found.error} />}
      {report?.success === true ? <ComparisonDrawing report={report.data} /> : null}
    </Card>
  )
}

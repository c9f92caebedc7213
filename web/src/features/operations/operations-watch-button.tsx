import { Button } from '@mantine/core'
import { watchNow } from '@seaworthy/api/operations'
import { Radar } from 'lucide-react'
import { useState } from 'react'
import { useAction } from '../../api/use-action.ts'
import { isOver, useJob } from '../../api/use-job.ts'
import { JobProgress } from '../../ui/job-progress.tsx'
import { ProblemPanel } from '../../ui/problem-panel.tsx'

/** Watches what has ended since the last window, at once, and says how far that has come. */
export function WatchButton({ deployment }: { readonly deployment: string }) {
  const [id, setId] = useState<string>()
  const { data: job } = useJob(id)
  const watch = useAction(watchNow, ['jobs'])
  const isBusy = watch.isPending || (id !== undefined && (job === undefined || !isOver(job)))
  return (
    <>
      {watch.isError ? <ProblemPanel error={watch.error} /> : null}
      {job === undefined ? null : <JobProgress job={job} />}
      <Button
        variant="default"
        leftSection={<Radar size={16} aria-hidden />}
        loading={isBusy}
        onClick={() => watch.mutate({ params: { deployment } }, { onSuccess: ({ job: begun }) => setId(begun) })}
      >
        Watch now
      </Button>
    </>
  )
}

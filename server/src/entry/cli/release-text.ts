/** A release as people read it. */
import type { Release, ReleaseDetail } from '@seaworthy/api/release'
import { readableCount, readableTime } from './readable.ts'
import type { Terminal } from './terminal.ts'

/** `running: canary 10% (2 of 4)`. */
export function stateText({ state, step, steps }: Pick<Release, 'state' | 'step' | 'steps'>): string {
  const words = state.replaceAll('-', ' ')
  return step === undefined ? words : `${words}: ${steps[step]} (${step + 1} of ${steps.length})`
}

export const stateTone = (state: Release['state']): 'good' | 'bad' | 'open' =>
  state === 'promoted' ? 'good' : state === 'aborted' || state === 'rolled-back' ? 'bad' : 'open'

const MEASURES = {
  failures: 'failed requests',
  invalid: 'refused requests',
  flagged: 'flagged rows',
  latency: 'slow answers',
  predictions: 'predictions',
  quality: 'quality',
} as const
const TONES = { better: 'good', worse: 'bad', 'no-difference-seen': 'good', unlike: 'open', 'not-enough-data': 'open' } as const

export async function tellRelease(release: ReleaseDetail, terminal: Terminal): Promise<void> {
  const { deployment, model, version, champion, state, approvals, approvalsNeeded, explanation } = release
  terminal.line(`${terminal.bold(deployment)}: ${model}@${version}, against version ${champion}`)
  terminal.pairs([
    ['id', release.id],
    ['state', { text: stateText(release), tone: stateTone(state) }],
    ...(explanation === undefined ? [] : ([['because', explanation]] as const)),
    ['begun', `${readableTime(release.createdAt)} by ${release.createdBy}`],
    ['steps', release.steps.join(', ')],
    ...(approvalsNeeded === 0 ? [] : ([['approvals', approvalText(approvals, approvalsNeeded)]] as const)),
  ])
  for (const { step, analysis, outcome } of release.progress) {
    if (analysis === undefined) continue
    const counts = `${readableCount(analysis.challengerRequests)} requests, ${readableCount(analysis.championRequests)} of the champion`
    terminal.line(
      `\n${terminal.bold(step)}${outcome === undefined ? '' : ` ended by ${outcome.replaceAll('-', ' ')}`}: ${counts}`,
    )
    await terminal.table(
      ['measure', 'verdict', 'what was seen'],
      analysis.measures.map(({ measure, verdict, sentence }) => [
        MEASURES[measure],
        { text: verdict.replaceAll('-', ' '), tone: TONES[verdict] },
        sentence,
      ]),
    )
  }
}

function approvalText(approvals: ReleaseDetail['approvals'], needed: number): string {
  const names = approvals.map(({ actor, comment }) => (comment === undefined ? actor : `${actor} (${comment})`))
  return `${approvals.length} of ${needed}${names.length === 0 ? '' : `: ${names.join(', ')}`}`
}

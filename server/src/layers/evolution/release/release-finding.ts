import type { Finding } from '../../operations/index.ts'
import type { ReleaseRecord } from './release.ts'
import type { StepAnalysis } from './step-analysis.ts'
import type { StepMeasure } from './step-measure.ts'

/** A release that was stopped, as a monitor would tell it: the worst measure is its value, all of them its evidence. */
export function findingOf({ id, deployment, version, champion, createdAt }: ReleaseRecord, analysis: StepAnalysis): Finding {
  const worst = analysis.measures.filter(({ verdict }) => verdict === 'worse').toSorted((a, b) => weightOf(b) - weightOf(a))[0]
  return {
    ...{ deployment, kind: 'release', subject: `version ${version}`, measure: worst?.measure ?? 'failures' },
    window: { from: createdAt, to: analysis.at + 1 },
    state: 'breach',
    ...(worst?.challenger === undefined ? {} : { value: worst.challenger }),
    ...(worst?.champion === undefined ? {} : { bound: worst.champion + worst.bound }),
    rows: worst?.challengerRows ?? 0,
    sentence: `the release of version ${version} was aborted, and version ${champion} answers: ${analysis.sentence}`,
    evidence: {
      release: id,
      measures: analysis.measures.map(({ measure, verdict, sentence }) => ({ measure, verdict, sentence })),
    },
    suggestedAction: 'look',
    weight: worst === undefined ? 1 : weightOf(worst),
  }
}

/** Harm in multiples of what would not have mattered; 1 is at the bound. */
function weightOf({ improvement, bound }: StepMeasure): number {
  if (improvement === undefined || bound === 0) return 1
  return Math.max(1, -improvement.value / bound)
}

/** What incidents are called on the pages: kinds, states, and what can be done. */
import type { Finding, IncidentSummary } from '@seaworthy/api/incidents'
import type { Tone } from '../../theme/palette.ts'
import { formatNumber, formatShare, formatWithUnit } from '../../format/number.ts'

export const KINDS: Readonly<Record<Finding['kind'], string>> = {
  feed: 'Feed',
  'data-quality': 'Data quality',
  drift: 'Drift',
  'prediction-drift': 'Drift of predictions',
  quality: 'Quality',
  release: 'Release',
}

export const ACTIONS: Readonly<Record<IncidentSummary['suggestedAction'], string>> = {
  'fix-the-feed': 'mend the feed',
  retrain: 'retrain',
  'roll-back': 'roll back',
  'accept-as-normal': 'accept as normal',
  look: 'look at what came',
}

export const VERDICTS = { real: 'worth the alarm', 'false-alarm': 'a false alarm', unknown: 'nobody can tell' } as const

export function toneOf({ state, severity }: Pick<IncidentSummary, 'state' | 'severity'>): Tone {
  if (state === 'resolved') return 'good'
  if (state !== 'open') return 'quiet'
  return severity === 'critical' ? 'bad' : 'attention'
}

/** Measures of data quality that are shares of rows, and say so by their name alone. */
const SHARES: ReadonlySet<string> = new Set(['missing', 'wrong-type', 'out-of-range', 'new-values', 'outliers', 'duplicates'])

/** A value in the unit of its measure: shares in percent, and no unit that is a sentence. */
export function measured(value: number | undefined, measure: string, unit?: string): string {
  if (unit?.startsWith('share') === true || SHARES.has(measure)) return formatShare(value)
  return unit === undefined || unit.includes(' ') ? formatNumber(value) : formatWithUnit(value, unit)
}

/** `population-stability-index` as people write it. */
export const inWords = (id: string): string => id.replaceAll('-', ' ')

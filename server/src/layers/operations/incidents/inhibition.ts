/**
 * Which finding explains which. When a column stops coming, its distribution has drifted, the predictions have, and quality
 * falls: four alarms and one cause. The cause is told, and what it explains is listed as its consequence.
 *
 * The order is that of FINDING_KINDS. About one column, feed explains data quality, and both explain drift. A feed that fails as
 * a whole explains everything, and outcomes that do not come explain quality only. What is wrong with any input explains
 * predictions that drift and quality that falls, unless these began earlier: then something else is their cause.
 */
import { type Finding, FINDING_KINDS } from './finding.ts'

/** Subject of a finding about every column. */
export const EVERY_COLUMN = '*'
const WHOLE_FEED: ReadonlySet<string> = new Set([EVERY_COLUMN, 'predictions'])
const OUTCOMES = 'outcomes'

export interface Explained extends Pick<Finding, 'kind' | 'subject'> {
  /** Begin of its breaches. */
  readonly since?: number
}

export function explains(cause: Explained, effect: Explained): boolean {
  if (rankOf(cause) >= rankOf(effect)) return false
  const isFeed = cause.kind === 'feed'
  if (isFeed && WHOLE_FEED.has(cause.subject)) return true
  if (isFeed && cause.subject === OUTCOMES) return effect.kind === 'quality'
  const aboutInput = isFeed || cause.kind === 'data-quality'
  if (aboutInput && (effect.kind === 'data-quality' || effect.kind === 'drift'))
    return cause.subject === effect.subject || cause.subject === EVERY_COLUMN
  if ((aboutInput || cause.kind === 'drift') && (effect.kind === 'prediction-drift' || effect.kind === 'quality'))
    return beganAt(cause) <= beganAt(effect)
  return false
}

const rankOf = ({ kind }: Explained) => FINDING_KINDS.indexOf(kind)

/**
 * Finds the cause of an effect among `candidates`: the first by kind and then by beginning. With thousands of columns in breach
 * at once, only those are looked at that could explain it: what is about everything, the same column, and of each kind the
 * earliest.
 */
export function createCauses<T extends Explained>(candidates: readonly T[]) {
  const about = Map.groupBy(candidates, ({ subject }) => subject)
  const everything = [EVERY_COLUMN, ...WHOLE_FEED, OUTCOMES].flatMap((subject) => about.get(subject) ?? [])
  const earliest = [...Map.groupBy(candidates, ({ kind }) => kind).values()].map((group) =>
    group.reduce((first, each) => (beganAt(each) < beganAt(first) ? each : first)),
  )
  return Object.freeze({
    find: (effect: Explained): T | undefined =>
      [...everything, ...(about.get(effect.subject) ?? []), ...earliest]
        .filter((candidate) => explains(candidate, effect))
        .reduce<T | undefined>((first, each) => (first === undefined || isBefore(each, first) ? each : first), undefined),
  })
}

const beganAt = ({ since }: Explained) => since ?? Number.POSITIVE_INFINITY
const isBefore = (a: Explained, b: Explained) => (rankOf(a) === rankOf(b) ? beganAt(a) < beganAt(b) : rankOf(a) < rankOf(b))

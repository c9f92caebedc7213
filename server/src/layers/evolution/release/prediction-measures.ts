/** What the journal says of both versions: how their predictions lie, and how good they were where the outcome has come. */
import { lookSequentially, meanMoments } from '../../../stats/sequential-test.ts'
import { normedWasserstein } from '../../../stats/wasserstein.ts'
import { CONFIDENCE } from './guard-measures.ts'
import type { EvidenceRow, EvidenceRows } from './release-evidence.ts'
import { type LossOutput, rowLoss } from './row-loss.ts'
import type { StepMeasure } from './step-measure.ts'

/**
 * Numbers that lie one standard deviation of the champion's apart on average, and categories of which half would have to
 * change, are not the same answer in other words: a person looks before more callers get it. It is no loss, because a
 * better model may well say something else.
 */
const UNLIKE_DEVIATIONS = 1
const UNLIKE_SHARE = 0.5
/** Rows of each version below which nothing is said about how predictions lie. */
const SHIFT_ROWS_MIN = 200

/** Relative to the champion's mean loss: the rise that is a loss, and the difference at which the test is fastest. */
const LOSS_TOLERANCE = 0.02
const LOSS_EFFECT = 0.1
/** For a champion that is never wrong. */
const LOSS_EFFECT_MIN = 1e-6

export function shiftMeasure(rows: EvidenceRows, output: LossOutput): StepMeasure {
  const { champion, challenger } = pairedOnly(rows)
  const sizes = { championRows: champion.length, challengerRows: challenger.length }
  const isText = output.type === 'category'
  const bound = isText ? UNLIKE_SHARE : UNLIKE_DEVIATIONS
  const [before, after] = [valuesOf(champion, output), valuesOf(challenger, output)]
  if (Math.min(before.length, after.length) < SHIFT_ROWS_MIN)
    return {
      ...{ measure: 'predictions', verdict: 'not-enough-data', bound, ...sizes },
      sentence: `how predictions lie is told from ${SHIFT_ROWS_MIN} of each version on`,
    }
  const value = isText
    ? shareApart(before, after)
    : normedWasserstein(Float64Array.from(before, Number), Float64Array.from(after, Number))
  const distance = Number.isFinite(value) ? Number(value.toPrecision(3)) : 'infinitely many'
  return {
    ...{ measure: 'predictions', verdict: value > bound ? 'unlike' : 'no-difference-seen', bound, ...sizes },
    ...(Number.isFinite(value) ? { challenger: value } : {}),
    sentence: isText
      ? `predictions: ${distance} of them would have to change to be as the champion's`
      : `predictions lie ${distance} standard deviations of the champion's apart`,
  }
}

/** The output as one value a row: numbers and truth values as they are, of several probabilities the first. */
function valuesOf(rows: readonly EvidenceRow[], { name, type }: LossOutput): (number | string)[] {
  return rows.flatMap((row): (number | string)[] => {
    const said = row.output[name]
    const value = typeof said === 'object' && said !== null ? (Object.values(said) as unknown[])[0] : said
    if (type === 'category') return typeof value === 'string' ? [value] : []
    if (typeof value === 'boolean') return [Number(value)]
    return typeof value === 'number' && Number.isFinite(value) ? [value] : []
  })
}

function shareApart(before: readonly (number | string)[], after: readonly (number | string)[]): number {
  const shares = new Map<number | string, number>()
  for (const label of before) shares.set(label, (shares.get(label) ?? 0) + 1 / before.length)
  for (const label of after) shares.set(label, (shares.get(label) ?? 0) - 1 / after.length)
  return [...shares.values()].reduce((sum, share) => sum + Math.abs(share), 0) / 2
}

/**
 * Mean loss (row-loss.ts) where outcomes have come. A shadow saw the same requests as the champion, so there the difference
 * is taken row by row, which needs far fewer of them. No outcome says nothing; it is never taken for a good one.
 */
export function qualityMeasure(rows: EvidenceRows, output: LossOutput, isShadow: boolean): StepMeasure {
  const arms = isShadow ? pairedLosses(rows, output) : separateLosses(rows, output)
  const { champion, challenger } = arms
  const tolerance = Math.max(LOSS_TOLERANCE * champion.mean, 0)
  const effect = Math.max(LOSS_EFFECT * champion.mean, LOSS_EFFECT_MIN)
  const { improvement } = lookSequentially(champion, challenger, { effect, confidence: CONFIDENCE, better: 'lower' })
  const known = Number.isFinite(improvement.high)
  const verdict = !known
    ? 'not-enough-data'
    : improvement.high < -tolerance
      ? 'worse'
      : improvement.low > 0
        ? 'better'
        : 'no-difference-seen'
  const shown = (value: number) => Number(value.toPrecision(3))
  return {
    ...{ measure: 'quality', verdict, bound: tolerance, championRows: champion.count, challengerRows: challenger.count },
    ...(known ? { improvement } : {}),
    ...(champion.count > 0 ? { champion: champion.mean } : {}),
    ...(challenger.count > 0 ? { challenger: challenger.mean } : {}),
    sentence:
      Math.min(champion.count, challenger.count) === 0
        ? 'no outcome has come for both versions'
        : `mean loss: ${shown(challenger.mean)} on ${challenger.count} outcomes, and ${shown(champion.mean)} on ${champion.count} of the champion`,
  }
}

function separateLosses(rows: EvidenceRows, output: LossOutput) {
  const armOf = (arm: readonly EvidenceRow[]) => momentsOf(arm.flatMap((row) => lossOf(row, row.outcome, output) ?? []))
  return { champion: armOf(rows.champion), challenger: armOf(rows.challenger) }
}

/** Two arms whose variances add up to that of the differences. */
function pairedLosses(rows: EvidenceRows, output: LossOutput) {
  const originals = new Map(rows.champion.map((row) => [row.id, row]))
  const [before, after]: [number[], number[]] = [[], []]
  for (const row of rows.challenger) {
    const original = originals.get(row.id)
    const [said, instead] = [original && lossOf(original, original.outcome, output), lossOf(row, original?.outcome, output)]
    if (said === undefined || instead === undefined) continue
    before.push(said)
    after.push(instead)
  }
  const { variance } = momentsOf(after.map((loss, i) => loss - before[i]!))
  return {
    champion: { ...momentsOf(before), variance: variance / 2 },
    challenger: { ...momentsOf(after), variance: variance / 2 },
  }
}

/** Of a shadow only those originals that it has a copy of, so that both saw the same requests. */
function pairedOnly({ champion, challenger }: EvidenceRows): EvidenceRows {
  const copied = new Set(challenger.map(({ id }) => id))
  const originals = champion.filter(({ id }) => copied.has(id))
  return originals.length === 0 ? { champion, challenger } : { champion: originals, challenger }
}

const lossOf = ({ output }: EvidenceRow, outcome: EvidenceRow['outcome'], of: LossOutput): number | undefined =>
  outcome === undefined ? undefined : rowLoss(of, output, outcome)

function momentsOf(values: readonly number[]) {
  let [sum, squares] = [0, 0]
  for (const value of values) {
    sum += value
    squares += value * value
  }
  return meanMoments(values.length, sum, squares)
}

/**
 * Does the feed come as it did? The rows of a window against those of the same hour of past weeks, of past days where there are
 * too few weeks, and of the windows before in the first days: a robust band of median and median absolute deviation, as traffic has
 * rushes and pauses. A feed that was not seen by night yet is not called thin in its first one.
 */
import type { Finding } from '../incidents/finding.ts'
import type { MonitorReference } from './reference.ts'
import { medianOf } from './row-findings.ts'

const DAY_MS = 86_400_000
const WEEK_MS = 7 * DAY_MS
/** Same hours of the week that make a reference; with fewer, the windows just before do. */
const WEEKS_MIN = 3
/** The same for hours of the day; the latest of them count. */
const DAYS_MIN = 2
const DAYS_MAX = 14
const WINDOWS_BEFORE = 24
const WINDOWS_MIN = 6
const BEFORE = 'the windows before'
/** Robust standard deviations, and the factor, by which a volume must differ to matter. */
const DEVIATIONS = 6
const FACTOR = 3
/** Makes the median absolute deviation of normal values their standard deviation. */
const MAD_SCALE = 1.4826

export interface PastWindow {
  /** Milliseconds since 1970. */
  readonly from: number
  readonly rows: number
}

/** Volume and silence of predictions. `past` are the windows before this one, in any order. */
export function feedFindings(
  of: MonitorReference,
  rows: number,
  window: Finding['window'],
  past: readonly PastWindow[],
): Finding[] {
  const head = { deployment: of.deployment, kind: 'feed', subject: 'predictions', window, rows } as const
  const { counts, name, isWholeDay } = referenceOf(window.from, past)
  if (counts.length < WINDOWS_MIN && name === BEFORE)
    return [
      {
        ...head,
        measure: 'volume',
        state: 'not-enough-data',
        value: rows,
        sentence: `${count(rows)} predictions; too few windows before to compare with.`,
      },
    ]
  const median = medianOf(counts)
  const deviation = Math.max(MAD_SCALE * medianOf(counts.map((each) => Math.abs(each - median))), Math.sqrt(median), 1)
  const usual = `${count(median)} is usual in ${name}`
  const isSilent = rows === 0 && median >= DEVIATIONS
  const isFar =
    isWholeDay && Math.abs(rows - median) > DEVIATIONS * deviation && (rows > FACTOR * median || rows * FACTOR < median)
  const volume = { ...head, measure: 'volume', value: rows, bound: rows > median ? FACTOR * median : median / FACTOR }
  return [
    isSilent
      ? {
          ...head,
          measure: 'silence',
          state: 'breach',
          value: 0,
          bound: 1,
          sentence: `No predictions came; ${usual}.`,
          suggestedAction: 'fix-the-feed',
          weight: 50,
        }
      : { ...head, measure: 'silence', state: 'ok', value: rows, bound: 1, sentence: `${count(rows)} predictions came.` },
    isFar && !isSilent
      ? {
          ...volume,
          state: 'breach',
          sentence: `${count(rows)} predictions came; ${usual}.`,
          suggestedAction: 'look',
          weight: Math.abs(rows - median) / (DEVIATIONS * deviation),
        }
      : { ...volume, state: 'ok', sentence: `${count(rows)} predictions; ${usual}.` },
  ]
}

interface Usual {
  readonly counts: readonly number[]
  readonly name: string
  /** Has it seen every hour of a day? */
  readonly isWholeDay: boolean
}

function referenceOf(from: number, past: readonly PastWindow[]): Usual {
  const before = past.filter((each) => each.from < from).toSorted((a, b) => b.from - a.from)
  const everyOf = (ms: number, most: number) =>
    before
      .filter((each) => (from - each.from) % ms === 0)
      .slice(0, most)
      .map(({ rows }) => rows)
  const weeks = everyOf(WEEK_MS, before.length)
  if (weeks.length >= WEEKS_MIN) return { counts: weeks, name: 'the same hour of past weeks', isWholeDay: true }
  const days = everyOf(DAY_MS, DAYS_MAX)
  if (days.length >= DAYS_MIN) return { counts: days, name: 'the same hour of past days', isWholeDay: true }
  const last = before.slice(0, WINDOWS_BEFORE)
  return { counts: last.map(({ rows }) => rows), name: BEFORE, isWholeDay: from - (last.at(-1)?.from ?? from) >= DAY_MS }
}

const count = (value: number) => Math.round(value).toLocaleString('en')

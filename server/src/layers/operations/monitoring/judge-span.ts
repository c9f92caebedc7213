/**
 * The quality of spans of whole days, three times over:
 *
 *     the span is over              estimated from what the version's past outcomes teach
 *     its outcomes are due          measured, beside the estimate; the stream of errors goes on
 *     more outcomes come            measured again, as long as it is among the latest spans
 *
 * The stream of errors takes each span once, when it is due: what comes later is in the quality, and no longer in the stream.
 */
import type { Finding } from '../incidents/finding.ts'
import type { JournalWindows } from '../journal/journal-window.ts'
import { type OutcomePairing, pairOutcomes } from '../quality/scored-outcomes.ts'
import { detectorOf, ERRORS, type ErrorStream, readErrors } from './error-stream.ts'
import type { LearntFrom, QualityEstimators } from './quality-estimators.ts'
import { qualityFindings } from './quality-findings.ts'
import { pastErrorOf, type QualityRecord, type QualityRecords } from './quality-records.ts'
import type { MonitorReference } from './reference.ts'
import { type ShownFinding, shownOf, type WatchedFinding } from './watched-finding.ts'
import { type IdsOf, readWindowRows, type WindowRows } from './window-rows.ts'

/** Spans before this one by which estimates are judged, and which late outcomes still change. */
export const SPANS_LOOKED_AT = 30
/** Spans that an estimator learns from at most. */
const SPANS_LEARNT_FROM = 14

/** What was recorded this shortly before it was read may not have been on disk, milliseconds. It is looked at again. */
const SETTLE_MS = 5_000

type Span = Finding['window']

export interface SpanServices {
  readonly journalWindows: JournalWindows
  readonly qualities: QualityRecords
  readonly estimators: QualityEstimators
}
export interface SpanContext extends SpanServices {
  readonly of: MonitorReference
  readonly nowMs: number
  readonly signal: AbortSignal
}

type Work<T> = (rows: WindowRows, idsOf: IdsOf) => Promise<T>

function read<T>(
  { of, journalWindows, signal }: SpanContext,
  span: Span,
  asOf: number,
  work: Work<T>,
  version?: number,
): Promise<T> {
  const window = { deployment: of.deployment, ...span, asOf }
  const query = { window, signature: of.signature, outcomeName: of.contract.outcome?.name, version, signal }
  return readWindowRows(journalWindows, query, work)
}

export interface JudgedSpan {
  readonly findings: readonly WatchedFinding[]
  readonly errors?: ErrorStream | undefined
  readonly estimator?: LearntFrom | undefined
}

/** Measures a span whose outcomes are due, and keeps it. @param toldIn Begin of the window that tells of it. */
export async function judgeSpan(
  context: SpanContext,
  span: Span,
  toldIn: number,
  known: Pick<JudgedSpan, 'errors' | 'estimator'>,
): Promise<JudgedSpan> {
  const { errors, findings } = await readOwnErrors(context, span, known.errors)
  const shown = findings.map((finding) => shownOf(finding, windowOf(context, toldIn)))
  const measured = await measureSpan(context, span, toldIn, shown)
  const estimator = known.estimator ?? (await learn(context, span, context.nowMs))
  return { findings: [...measured, ...findings], errors, estimator }
}

const windowOf = ({ of }: SpanContext, from: number) => ({ from, to: from + of.windowMs })

/** @param errors What the stream of errors said of this span, which stays as it was. */
async function measureSpan(
  context: SpanContext,
  span: Span,
  toldIn: number,
  errors: readonly ShownFinding[],
): Promise<WatchedFinding[]> {
  const { of, nowMs, qualities } = context
  const before = await qualities.find(of.deployment, span.from)
  const past = await qualities.list(of.deployment, span.from, SPANS_LOOKED_AT)
  const expectedOf = (metric: string) => {
    const estimated = before?.estimates.find((each) => each.metric === metric)
    return {
      ...(estimated && { estimate: { value: estimated.value, low: estimated.low, high: estimated.high } }),
      ...pastErrorOf(metric, before?.version ?? of.version, past),
    }
  }
  const findings = await read(context, span, nowMs, async (rows) =>
    rows.rowCount === 0 ? [] : qualityFindings(of, rows, pairsOf(of, rows), span, expectedOf),
  )
  const shown = [...findings.map((finding) => shownOf(finding, windowOf(context, toldIn))), ...errors]
  const record = {
    ...span,
    version: before?.version ?? of.version,
    toldIn,
    knownUntil: nowMs - SETTLE_MS,
    estimates: before?.estimates ?? [],
  }
  await qualities.keep(of.deployment, { ...record, findings: shown })
  return findings
}

const pairsOf = ({ signature, contract }: MonitorReference, rows: WindowRows): OutcomePairing =>
  pairOutcomes(signature.outputs[0]!, rows.outputs, rows.happened, contract.outcome!.name)

/** Only what the champion said: a challenger errs in its own way. */
async function readOwnErrors(context: SpanContext, span: Span, errors: ErrorStream | undefined) {
  const { of, nowMs } = context
  if (detectorOf(of) === undefined) return { errors: undefined, findings: [] }
  const work: Work<{ errors: ErrorStream | undefined; findings: WatchedFinding[] }> = async (rows, idsOf) => {
    if (rows.outcomes === 0) return { errors, findings: [] }
    const { stream, findings } = await readErrors(of, errors, pairsOf(of, rows), span, idsOf)
    return { errors: stream, findings }
  }
  return read(context, span, nowMs, work, of.version)
}

async function learn(context: SpanContext, span: Span, asOf: number): Promise<LearntFrom | undefined> {
  const { of } = context
  if (Object.keys(of.contract.sufficient.quality).length === 0) return undefined
  const spanMs = span.to - span.from
  const wanted: LearntFrom = { version: of.version, from: span.to - SPANS_LEARNT_FROM * spanMs, to: span.to, asOf }
  return (await estimatorOf(context, wanted)) === undefined ? undefined : wanted
}

const estimatorOf = (context: SpanContext, from: LearntFrom) =>
  context.estimators.find(context.of, from, () =>
    read(context, { from: from.from, to: from.to }, from.asOf, (rows) => Promise.resolve(rows), from.version),
  )

/** Estimates a span that is over, of which no outcome need be known, and keeps that. */
export async function estimateSpan(context: SpanContext, span: Span, toldIn: number, from: LearntFrom): Promise<void> {
  const { of, nowMs, qualities } = context
  const estimate = await estimatorOf(context, from)
  const before = await qualities.find(of.deployment, span.from)
  if (estimate === undefined || (before?.findings.length ?? 0) > 0) return
  const rows = await read(context, span, nowMs, (found) => Promise.resolve(found), of.version)
  const estimates = Object.keys(of.contract.sufficient.quality).flatMap((metric) => {
    const found = rows.rowCount === 0 ? undefined : estimate(rows, metric)?.estimate
    return found === undefined ? [] : [{ metric, value: found.value, low: found.low, high: found.high }]
  })
  if (estimates.length === 0) return
  await qualities.keep(of.deployment, {
    ...span,
    version: of.version,
    toldIn,
    knownUntil: nowMs - SETTLE_MS,
    estimates,
    findings: [],
  })
}

/**
 * Measures again the latest spans about which outcomes came, or were corrected, since they were measured. Gives their findings.
 */
export async function measureAgain(context: SpanContext): Promise<WatchedFinding[]> {
  const { of, nowMs, qualities, journalWindows } = context
  const records = (await qualities.list(of.deployment, nowMs, SPANS_LOOKED_AT)).filter(({ findings }) => findings.length > 0)
  const since = Math.min(...records.map(({ knownUntil }) => knownUntil))
  const { deployment } = of
  if (records.length === 0 || (await journalWindows.countOutcomes({ deployment, since, until: nowMs })) === 0) return []
  const findings: WatchedFinding[] = []
  for (const record of await changed(context, records)) {
    context.signal.throwIfAborted()
    const errors = record.findings.filter(({ subject }) => subject === ERRORS)
    findings.push(...(await measureSpan(context, { from: record.from, to: record.to }, record.toldIn, errors)))
  }
  // Spans about which nothing came are as of now, too: the next run need not look further back.
  const measured = new Set(findings.map(({ window }) => window.from))
  for (const record of records)
    if (!measured.has(record.from)) await qualities.keep(deployment, { ...record, knownUntil: nowMs - SETTLE_MS })
  return findings
}

/** One pass over the journal says of which spans anything new is known. */
function changed(
  { of, nowMs, journalWindows, signal }: SpanContext,
  records: readonly QualityRecord[],
): Promise<QualityRecord[]> {
  const from = Math.min(...records.map((record) => record.from))
  const to = Math.max(...records.map((record) => record.to))
  return journalWindows.read(
    { deployment: of.deployment, from, to, asOf: nowMs },
    async (session) => {
      const newer = records.map(
        ({ from, to, knownUntil }, i) =>
          `(count(*) FILTER (time_us >= ${from * 1_000} AND time_us < ${to * 1_000} AND recorded_us > ${knownUntil * 1_000}))::DOUBLE AS n${i}`,
      )
      const [row] = await session.rows(`SELECT ${newer.join(', ')} FROM window_rows`)
      return records.filter((_, i) => Number(row?.[`n${i}`]) > 0).toReversed()
    },
    signal,
  )
}

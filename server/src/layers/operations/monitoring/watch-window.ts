/**
 * Looks at one window of one deployment: reads its rows once, profiles them and their slices, holds them against what the contract
 * says, against the first predictions of the version and against the traffic before, and judges the span whose outcomes have come
 * due. All findings of the window go to the incident desk together; a window that is looked at again finds the same and changes
 * nothing.
 */
import { durationMs } from '../../../contract/duration.ts'
import type { Finding } from '../incidents/finding.ts'
import type { IncidentDesk } from '../incidents/incident.ts'
import type { JournalWindows } from '../journal/journal-window.ts'
import { profileToJson } from '../profile/profile-json.ts'
import { createProfile, type Profile } from '../profile/profile.ts'
import { driftFindings, driftSustainedOf, inputCases, toldOf } from './drift-findings.ts'
import { driftReferenceOf, gatherFirst } from './drift-reference.ts'
import { feedFindings } from './feed-findings.ts'
import { inputFindings } from './input-findings.ts'
import { estimateSpan, judgeSpan, type SpanContext } from './judge-span.ts'
import { forgetVersion, type Learnt, tellSlices } from './learnt.ts'
import type { MonitorState, MonitorStore } from './monitor-store.ts'
import { againstPast, countPredictions, predictionBaseline, predictionCases, REFERENCE_ROWS_MIN } from './prediction-findings.ts'
import type { QualityEstimators } from './quality-estimators.ts'
import type { MonitorReference } from './reference.ts'
import { outlierFindings, type PastRows, repetitionFindings } from './row-findings.ts'
import { countSlices, type SliceCounts, slicesOf, slicesToText } from './slice-counts.ts'
import { shownOf, type WatchedFinding } from './watched-finding.ts'
import { readWindowRows, type WindowRows } from './window-rows.ts'

/** Quality is judged over whole days at least: an hour has few outcomes, and every hour would have its own. */
const QUALITY_SPAN_MS_MIN = 86_400_000
/** Past windows that volumes are held against: nine weeks of hours. */
const PAST_WINDOWS_MAX = 9 * 7 * 24
const FIRST_WINDOWS = 24
/** Past windows whose repetitions and freshness are usual: a day of hours. */
const PAST_ROWS_WINDOWS = 24
/** Findings of slices that are kept with a window, the largest effects first. */
const SHOWN_SLICES_MAX = 60

export interface WatchServices {
  readonly journalWindows: JournalWindows
  readonly monitors: MonitorStore
  readonly estimators: QualityEstimators
  readonly desk: IncidentDesk
}
export interface Watched {
  readonly rows: number
  readonly findings: readonly Finding[]
  readonly state: MonitorState
}

/** `state` is how far the monitor has come; the window begins where it was watched until. */
export async function watchWindow(
  of: MonitorReference,
  state: MonitorState,
  nowMs: number,
  services: WatchServices,
  signal: AbortSignal,
): Promise<Watched> {
  const { monitors, desk } = services
  const window = { from: state.watchedUntil, to: state.watchedUntil + of.windowMs }
  const learnt = state.version === of.version ? state.learnt : forgetVersion(state.learnt)
  const seen = await seeRows(of, { ...state, learnt }, window, nowMs, services, signal)
  const context: SpanContext = { ...services, of, nowMs, signal, qualities: monitors.qualities }
  const judged = await judgeDue(context, { ...state, learnt }, window)
  const findings = [...seen.findings, ...judged.findings]
  const { told, openSlices } = tellSlices(toldOf([...seen.findings, ...certain(judged.findings)]), learnt.openSlices)
  await desk.observe(told, { sustained: sustainedOf(of), channels: of.contract.monitoring.alert })
  const next: MonitorState = {
    version: of.version,
    watchedUntil: window.to,
    judgedUntil: judged.until,
    predictions: seen.predictions,
    learnt: { ...judged.learnt, firstSlices: seen.firstSlices, openSlices },
  }
  const shown = shownFindings(seen.findings).map((finding) => shownOf(finding, window))
  const { rows, profile, slices } = seen
  await monitors.keep(of.deployment, { ...window, version: of.version, rows, findings: shown, profile, slices }, next)
  return { rows, findings, state: next }
}

/** What the rows of the window say. */
async function seeRows(
  of: MonitorReference,
  state: MonitorState,
  window: Finding['window'],
  nowMs: number,
  { journalWindows, monitors }: WatchServices,
  signal: AbortSignal,
) {
  const query = { signature: of.signature, outcomeName: of.contract.outcome?.name, signal }
  const spanOf = (span: Finding['window']) => ({ ...query, window: { deployment: of.deployment, ...span, asOf: nowMs } })
  const { rows, outliers } = await readWindowRows(journalWindows, spanOf(window), async (found, idsOf) => ({
    rows: found,
    outliers: await outlierFindings(of, found, window, idsOf),
  }))
  const past = await monitors.pastRows(of.deployment, window.from, PAST_WINDOWS_MAX)
  const pastRows = await pastRowsOf(of, window, monitors)
  const predictions = await predictionsOf(of, state, rows, window, (span) =>
    readWindowRows(journalWindows, spanOf(span), (found) => Promise.resolve(found)),
  )
  const known = state.version === of.version ? state.predictions : undefined
  const said = known === undefined ? [] : predictionCases(known, rows.outputs)
  const profiled = profileOf(of, rows)
  const seen = profiled && (await seeInputs(of, state.learnt, profiled, window, monitors))
  const isPast = seen !== undefined && known !== undefined && seen.against.name !== 'baseline'
  const cases = [...(seen?.cases ?? []), ...(isPast ? againstPast(said, known, seen.against) : said)]
  const counted = [...(profiled?.slices ?? []), ...(isPast ? countPredictions(known, rows.outputs) : [])]
  return {
    rows: rows.rowCount,
    predictions,
    profile: profiled && JSON.stringify(profileToJson(profiled.profile)),
    slices: profiled && counted.length > 0 ? slicesToText(counted, profiled.reference) : undefined,
    firstSlices: seen?.firstSlices ?? state.learnt.firstSlices,
    findings: [
      ...feedFindings(of, rows.rowCount, window, past),
      ...repetitionFindings(of, rows, window, pastRows),
      ...(seen?.findings ?? []),
      ...outliers,
      ...driftFindings(of, cases, window),
    ] as WatchedFinding[],
  }
}

async function pastRowsOf(of: MonitorReference, window: Finding['window'], monitors: MonitorStore): Promise<PastRows[]> {
  const past = await monitors.pastValues(of.deployment, window.from, PAST_ROWS_WINDOWS, ['duplicates', 'freshness'])
  return past.map(({ rows, values }) => {
    const gap = values.get('freshness')
    return { rows, repeated: values.get('duplicates'), gapMs: gap === undefined ? undefined : gap * 1_000 }
  })
}

interface Profiled {
  readonly reference: NonNullable<MonitorReference['reference']>
  readonly profile: Profile
  readonly slices: readonly SliceCounts[]
}

function qualitySpanMs({ contract, windowMs }: MonitorReference): number {
  const over = contract.monitoring.quality?.over
  return Math.max(windowMs, QUALITY_SPAN_MS_MIN, over === undefined ? 0 : durationMs(over))
}

function profileOf(of: MonitorReference, rows: WindowRows): Profiled | undefined {
  const { reference } = of
  if (reference === undefined || rows.rowCount === 0) return undefined
  const profile = createProfile(of.columns, reference)
  profile.addTable(rows.inputs)
  return { reference, profile, slices: countSlices(slicesOf(rows.inputs, of.sliceInputs), rows.inputs, reference) }
}

async function seeInputs(
  of: MonitorReference,
  { firstSlices }: Learnt,
  { reference, profile, slices }: Profiled,
  window: Finding['window'],
  monitors: MonitorStore,
) {
  const against = await driftReferenceOf({ ...of, reference }, window, firstSlices, monitors)
  return {
    against,
    findings: inputFindings(of, profile, slices, window),
    cases: inputCases(of, profile, slices, against),
    firstSlices: against.name === 'baseline' ? gatherFirst(firstSlices, slices, window, reference) : undefined,
  }
}

type ReadRows = (span: Finding['window']) => Promise<WindowRows>

/** Until the version has said enough to be a reference, its first windows are put together, a day of them at most. */
async function predictionsOf(
  of: MonitorReference,
  state: MonitorState,
  rows: WindowRows,
  window: Finding['window'],
  read: ReadRows,
) {
  if (state.version === of.version && state.predictions !== undefined) return state.predictions
  if (rows.rowCount === 0 || rows.rowCount >= REFERENCE_ROWS_MIN) return predictionBaseline(rows.outputs)
  const first = await read({ from: window.to - FIRST_WINDOWS * of.windowMs, to: window.to })
  return predictionBaseline(first.outputs)
}

/** The span whose outcomes are due now, and the one that is over now. Quality looks back: the window tells what became known in it. */
async function judgeDue(context: SpanContext, { judgedUntil, learnt }: MonitorState, window: Finding['window']) {
  const { of } = context
  if (of.contract.outcome === undefined) return { findings: [], until: judgedUntil, learnt }
  const spanMs = qualitySpanMs(of)
  const due = { from: judgedUntil, to: judgedUntil + spanMs }
  const isDue = due.to + of.outcomesWithinMs <= window.to
  const judged = isDue ? await judgeSpan(context, due, window.from, learnt) : { ...learnt, findings: [] }
  const until = isDue ? due.to : judgedUntil
  const overTo = until + Math.floor((window.to - until) / spanMs) * spanMs
  const { estimator, errors } = judged
  if (overTo > until && overTo > (learnt.estimatedUntil ?? 0) && estimator !== undefined)
    await estimateSpan(context, { from: overTo - spanMs, to: overTo }, window.from, estimator)
  const estimatedUntil = Math.max(overTo, learnt.estimatedUntil ?? 0)
  return { findings: judged.findings, until, learnt: { ...learnt, estimator, errors, estimatedUntil } }
}

/** What is not known yet of a span is not told: when its outcomes come after all, it is told then. */
export const certain = (findings: readonly WatchedFinding[]): WatchedFinding[] =>
  findings.filter(({ kind, state, coverage }) => kind !== 'quality' || state !== 'not-enough-data' || coverage === 1)

/** A feed that breaks is told at once; what drifts slowly must last. Quality has whole days behind it already. */
export function sustainedOf(of: MonitorReference) {
  const drift = driftSustainedOf(of)
  return { feed: 1, 'data-quality': 2, drift, 'prediction-drift': drift, quality: 1, release: 1 } as const
}

/** All of the whole, and of slices the largest effects. */
function shownFindings(findings: readonly WatchedFinding[]): WatchedFinding[] {
  const size = ({ state, value = 0, bound = 1 }: WatchedFinding) => (state === 'breach' ? 1e9 : 0) + value / (bound || 1)
  const slices = findings
    .filter(({ slice }) => slice !== undefined)
    .toSorted((a, b) => size(b) - size(a))
    .slice(0, SHOWN_SLICES_MAX)
  return [...findings.filter(({ slice }) => slice === undefined), ...slices]
}

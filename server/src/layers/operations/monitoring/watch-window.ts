/**
 * Looks at one window of one deployment: reads its rows once, profiles them, holds them against the baseline, against the first
 * predictions of the version and against the traffic before, and judges the span whose outcomes have come due. All findings of
 * the window go to the incident desk together; a window that is looked at again finds the same and changes nothing.
 */
import type { Finding } from '../incidents/finding.ts'
import type { IncidentDesk } from '../incidents/incident.ts'
import type { JournalWindows } from '../journal/journal-window.ts'
import { profileToJson } from '../profile/profile-json.ts'
import { createProfile, type Profile } from '../profile/profile.ts'
import { feedFindings } from './feed-findings.ts'
import { inputFindings } from './input-findings.ts'
import type { MonitorState, MonitorStore } from './monitor-store.ts'
import { predictionBaseline, predictionFindings, REFERENCE_ROWS_MIN } from './prediction-findings.ts'
import { qualityFindings } from './quality-findings.ts'
import type { MonitorReference } from './reference.ts'
import { readWindowRows, type WindowRows } from './window-rows.ts'

/** Quality is judged over whole days at least: an hour has few outcomes, and every hour would have its own. */
const QUALITY_SPAN_MS_MIN = 86_400_000
/** Past windows that volumes are held against: nine weeks of hours. */
const PAST_WINDOWS_MAX = 9 * 7 * 24
const FIRST_WINDOWS = 24

export interface WatchServices {
  readonly journalWindows: JournalWindows
  readonly monitors: MonitorStore
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
  { journalWindows, monitors, desk }: WatchServices,
  signal: AbortSignal,
): Promise<Watched> {
  const window = { from: state.watchedUntil, to: state.watchedUntil + of.windowMs }
  const read: Read = (span) =>
    readWindowRows(journalWindows, {
      window: { deployment: of.deployment, ...span, asOf: nowMs },
      signature: of.signature,
      outcomeName: of.contract.outcome?.name,
      signal,
    })
  const rows = await read(window)
  const profile = profileOf(of, rows)
  const past = await monitors.pastRows(of.deployment, window.from, PAST_WINDOWS_MAX)
  const { predictions, findings: said } = await predictionsOf(of, state, rows, window, read)
  const spanMs = Math.max(of.windowMs, QUALITY_SPAN_MS_MIN)
  const due = { from: state.judgedUntil, to: state.judgedUntil + spanMs }
  const isDue = due.to + of.outcomesWithinMs <= window.to
  const judged = isDue && of.contract.outcome !== undefined ? qualityFindings(of, await read(due), due) : []
  const findings = [
    ...feedFindings(of, rows.rowCount, window, past),
    ...(profile === undefined ? [] : inputFindings(of, profile, window)),
    ...said,
    // Quality looks back: it is told in the window in which it became known.
    ...judged,
  ]
  await desk.observe(findings, {
    sustained: sustainedOf(of),
    channels: of.contract.monitoring.alert,
  })
  const next: MonitorState = {
    version: of.version,
    watchedUntil: window.to,
    judgedUntil: isDue ? due.to : state.judgedUntil,
    predictions,
  }
  const kept = { ...window, version: of.version, rows: rows.rowCount, findings: findings.map(shortOf) }
  await monitors.keep(of.deployment, { ...kept, profile: profile && JSON.stringify(profileToJson(profile)) }, next)
  return { rows: rows.rowCount, findings, state: next }
}

function profileOf(of: MonitorReference, rows: WindowRows): Profile | undefined {
  if (of.reference === undefined || rows.rowCount === 0) return undefined
  const profile = createProfile(of.columns, of.reference)
  profile.addTable(rows.inputs)
  return profile
}

type Read = (span: Finding['window']) => Promise<WindowRows>

/** Until the version has said enough to be a reference, its first windows are put together, a day of them at most. */
async function predictionsOf(of: MonitorReference, state: MonitorState, rows: WindowRows, window: Finding['window'], read: Read) {
  const known = state.version === of.version ? state.predictions : undefined
  if (known !== undefined) return { predictions: known, findings: predictionFindings(of, known, rows.outputs, window) }
  if (rows.rowCount === 0 || rows.rowCount >= REFERENCE_ROWS_MIN)
    return { predictions: predictionBaseline(rows.outputs), findings: [] }
  const first = await read({ from: window.to - FIRST_WINDOWS * of.windowMs, to: window.to })
  return { predictions: predictionBaseline(first.outputs), findings: [] }
}

/** A feed that breaks is told at once; what drifts slowly must last. Quality has whole days behind it already. */
function sustainedOf({ contract }: MonitorReference) {
  const drift = contract.monitoring.drift?.sustained ?? 3
  return { feed: 1, 'data-quality': 2, drift, 'prediction-drift': drift, quality: 1, release: 1 } as const
}

const shortOf = ({ kind, subject, measure, state, value, bound, sentence }: Finding) => ({
  kind,
  subject,
  measure,
  state,
  ...(value !== undefined && { value }),
  ...(bound !== undefined && { bound }),
  sentence,
})

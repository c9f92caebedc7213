/** An incident: a sustained breach with its evidence, and who has taken care of it. */
import type { Authorship, Page, PageRequest } from '../../../kernel/page.ts'
import type { AlertSeverity } from '../alerting/alert-message.ts'
import type { Finding, FindingKind, SuggestedAction } from './finding.ts'
import type { Sustained } from './key-state.ts'
import type { Change } from './suggested-action.ts'

export type IncidentState = 'open' | 'acknowledged' | 'silenced' | 'resolved'
/** What people say afterwards: it was worth an alarm, it was not, or nobody knows. */
export const VERDICTS = ['real', 'false-alarm', 'unknown'] as const
export type Verdict = (typeof VERDICTS)[number]

export interface Silence {
  readonly by: string
  /** Milliseconds since 1970. */
  readonly until: number
  readonly reason: string
}

export interface SilenceRequest {
  /** Who answers for it. */
  readonly by: string
  /** For how long, in milliseconds; at most 90 days. */
  readonly forMs: number
  readonly reason: string
}

export interface IncidentSummary {
  readonly id: number
  /** Unique among installations; receivers know the incident by it. */
  readonly uid: string
  readonly deployment: string
  readonly state: IncidentState
  readonly severity: AlertSeverity
  /** Sentence of the worst cause. */
  readonly title: string
  readonly suggestedAction: SuggestedAction
  /** Begin of the first window in breach, milliseconds since 1970. */
  readonly since: number
  /** The newest window that said something about it. */
  readonly window: Finding['window']
  readonly openedAt: number
  readonly updatedAt: number
  /** When a channel was last given word of it; absent when none was. */
  readonly toldAt?: number
  readonly acknowledged?: { readonly by: string; readonly at: number }
  readonly silence?: Silence
  readonly resolved?: { readonly by: string; readonly at: number; readonly reason?: string }
  readonly verdict?: Verdict
}

export interface IncidentMember {
  readonly finding: Finding
  readonly role: 'cause' | 'consequence'
  /** What explains a consequence. */
  readonly mutedBy?: Pick<Finding, 'kind' | 'subject' | 'measure'>
  readonly since: number
  readonly clearedAt?: number
}

export interface Transition {
  readonly at: number
  /** open, change, repeat, escalate, acknowledge, silence, silence-over, resolve, verdict; `suspect` where it began. */
  readonly event: string
  readonly from?: IncidentState | 'suspected'
  readonly to: IncidentState | 'suspected'
  readonly actor: string
  readonly reason?: string
  readonly window: Finding['window']
  /** Its worst causes as they were then. */
  readonly numbers: readonly TransitionNumber[]
  /** Version of the program that decided. */
  readonly codeVersion: string
}
export type TransitionNumber = Pick<Finding, 'kind' | 'subject' | 'measure' | 'slice' | 'value' | 'bound'>

export interface Incident extends IncidentSummary {
  /** Causes by weight, then consequences by weight. */
  readonly members: readonly IncidentMember[]
  /** Changes of deployment and model before the end of its first window, nearest first. */
  readonly changes: readonly Change[]
  /** Oldest first. */
  readonly transitions: readonly Transition[]
  readonly advice: { readonly sentence: string; readonly command: string }
  readonly channels: readonly string[]
}

/** What is in breach and not yet an incident. */
export interface Suspicion extends Pick<Finding, 'deployment' | 'kind' | 'subject' | 'measure' | 'slice'> {
  readonly breaches: number
  readonly sustained: number
  readonly since: number
}

export interface ObserveOptions {
  /** Breaches in a row that fire. */
  readonly sustained: Sustained
  /** Windows in a row without a breach that clear; default 2. */
  readonly clearAfter?: number
  /** `monitoring.alert` of the contract. */
  readonly channels: readonly string[]
}
/** Ids of incidents that the window touched. */
export interface Observed {
  readonly opened: readonly number[]
  readonly changed: readonly number[]
  readonly resolved: readonly number[]
}

export interface IncidentQuery extends PageRequest {
  readonly deployment?: string | undefined
  /** `live` is every state but resolved. */
  readonly state?: IncidentState | 'live' | undefined
  readonly severity?: AlertSeverity | undefined
}

export interface IncidentDesk {
  /**
   * Takes in all findings of one window of one deployment, those that are ok included, and does in one transaction whatever
   * follows. A window that was seen before changes nothing, so a job that is run twice does no harm; windows of a finding that come
   * out of order are kept and decide nothing. At most 20,000 findings.
   */
  observe(findings: readonly Finding[], options: ObserveOptions): Promise<Observed>
  /** Ends silences that are over, tells again what nobody answered, escalates. Says how many incidents it touched. */
  tick(): Promise<number>
  /** Newest first. */
  list(query: IncidentQuery): Promise<Page<IncidentSummary>>
  /** Throws IncidentNotFound. */
  get(id: number): Promise<Incident>
  /** Throws IncidentNotFound, IncidentAlreadyResolved. */
  acknowledge(id: number, by: Authorship): Promise<Incident>
  /** Throws IncidentNotFound, IncidentAlreadyResolved, SilenceUnfit. */
  silence(id: number, silence: SilenceRequest): Promise<Incident>
  /** Ends it; on one that has ended it only gives the verdict. Throws IncidentNotFound. */
  resolve(id: number, by: Authorship & { readonly verdict: Verdict }): Promise<Incident>
  suspicions(deployment?: string): Promise<readonly Suspicion[]>
  /** Why there was no alarm, or which. */
  explain(question: ExplainQuestion): Promise<Explanation>
  /** How often incidents of each measure were worth it, by what people said of them. */
  precision(deployment?: string): Promise<readonly MeasurePrecision[]>
  /** Deletes what is older than is kept, and ends incidents whose findings nobody looks at any more. */
  retain(): Promise<RetainedIncidents>
}

export interface ExplainQuestion {
  readonly deployment: string
  readonly subject: string
  /** Milliseconds since 1970; `to` is the first millisecond after it. */
  readonly from: number
  readonly to: number
}
export interface ExplainedWindow extends Pick<
  Finding,
  'kind' | 'measure' | 'slice' | 'window' | 'state' | 'value' | 'bound' | 'rows'
> {
  readonly status: 'ok' | 'suspected' | 'firing'
  readonly breaches: number
  readonly sustained: number
  readonly mutedBy?: Pick<Finding, 'kind' | 'subject' | 'measure'>
  readonly incident?: number
  readonly silence?: Silence
  /** Why it rang, or why not. */
  readonly because: string
}
export interface Explanation {
  readonly summary: string
  /** Newest first, at most 1,000. */
  readonly windows: readonly ExplainedWindow[]
  readonly truncated: boolean
}
export interface MeasurePrecision {
  readonly kind: FindingKind
  readonly measure: string
  readonly incidents: number
  readonly real: number
  readonly falseAlarms: number
  readonly unknown: number
  /** Real among those judged real or false; undefined while none is judged. */
  readonly precision?: number
}
export interface RetainedIncidents {
  readonly findings: number
  readonly incidents: number
  readonly deliveries: number
  readonly abandoned: number
}

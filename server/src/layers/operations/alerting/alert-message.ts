/**
 * What a channel is given to tell: an incident at the moment of a change, with as much of its evidence as a message has room for.
 * It is written down when the change is, so that a message which is sent late says what was true then.
 */
export type AlertSeverity = 'critical' | 'warning'
export type AlertEvent = 'open' | 'change' | 'repeat' | 'escalate' | 'acknowledge' | 'reopen' | 'resolve' | 'test'

export interface AlertFinding {
  readonly kind: string
  readonly subject: string
  readonly measure: string
  readonly slice?: string
  readonly value?: number
  readonly bound?: number
  readonly unit?: string
  readonly rows?: number
  readonly sentence: string
  readonly since: number
  /** Histograms as lines of text. */
  readonly chart?: { readonly before: string; readonly after: string }
}

export interface AlertIncident {
  readonly id: number
  /** Unique among installations: the key by which receivers join messages of one incident. */
  readonly uid: string
  readonly deployment: string
  readonly state: 'open' | 'acknowledged' | 'silenced' | 'resolved'
  readonly severity: AlertSeverity
  readonly title: string
  /** Milliseconds since 1970 in UTC, as all times here. */
  readonly since: number
  readonly openedAt: number
  readonly window: { readonly from: number; readonly to: number }
  readonly resolvedAt?: number
  /** Worst first, at most 10. */
  readonly causes: readonly AlertFinding[]
  readonly causesCount: number
  /** Sentences of what the causes explain, at most 10. */
  readonly consequences: readonly string[]
  readonly consequencesCount: number
  /** Nearest changes before it began, in one sentence each. */
  readonly changes: readonly string[]
  readonly advice: { readonly sentence: string; readonly command: string }
  /** Ids of predictions that show it. */
  readonly examples: readonly string[]
}

export interface AlertMessage {
  /** Stays the same when it is sent again: receivers drop what they have seen. */
  readonly id: string
  readonly event: AlertEvent
  readonly at: number
  /** Who acted, where a person did, and what was said. */
  readonly actor?: string
  readonly reason?: string
  readonly incident: AlertIncident
}

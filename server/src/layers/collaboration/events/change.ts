/** One change that pages are told of. What it was is asked for again; the event says only what to ask for. */
export type ChangeTopic =
  | 'models'
  | 'runs'
  | 'checks'
  | 'deployments'
  | 'releases'
  | 'retrainings'
  | 'windows'
  | 'incidents'
  | 'approvals'
  | 'traffic'
  | 'predictions'
  | 'jobs'
  | 'audit'
  | 'resync'

export interface Change {
  readonly topic: ChangeTopic
  /** Name of a deployment or model, number of an incident, id of a release, run or job. */
  readonly subject: string
  /** Milliseconds since 1970. */
  readonly time: number
  readonly deployment?: string
  readonly action?: string
  readonly actor?: string
  readonly progress?: {
    readonly kind: string
    readonly state: string
    readonly done: number
    readonly total: number
    readonly note?: string
  }
  readonly traffic?: { readonly seconds: number; readonly versions: readonly LiveVersion[] }
}

/** What one version did since it was last told. */
export interface LiveVersion {
  readonly version: number
  readonly role: 'answer' | 'shadow'
  readonly requests: number
  readonly failures: number
  readonly invalid: number
  readonly flagged: number
  readonly p50Ms?: number
  readonly p99Ms?: number
  readonly rowsWaiting: number
}

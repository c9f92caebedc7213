import type { Change, ChangeTopic } from './change.ts'

/** One entry of the audit log, as far as it says what changed. */
export interface AuditedChange {
  readonly time: number
  readonly actor: string
  readonly action: string
  readonly subject: string
}

/** Topics by the first word of the action. What has none here is still told as `audit`. */
const TOPICS: Readonly<Record<string, readonly ChangeTopic[]>> = {
  alias: ['models'],
  snapshot: ['models'],
  version: ['models'],
  check: ['checks', 'models'],
  run: ['runs'],
  retraining: ['retrainings', 'runs'],
  deployment: ['deployments'],
  contract: ['deployments', 'approvals'],
  rollback: ['deployments'],
  release: ['releases', 'approvals', 'deployments'],
  incident: ['incidents'],
}

/**
 * What an audit entry changed, for those who show it: always the log itself, and what its action is about. `deploymentOf` knows
 * to which deployment a release or an incident belongs.
 */
export function changesOf(entry: AuditedChange, deploymentOf: (subject: string) => string | undefined): Change[] {
  const { time, actor, action, subject } = entry
  const bare = subject.startsWith('deployment/') ? subject.slice('deployment/'.length) : undefined
  const deployment = bare ?? deploymentOf(subject)
  const about = { time, actor, action, ...(deployment === undefined ? {} : { deployment }) }
  const own = subject.replace(/^(deployment|release|incident|run)\//, '')
  const topics = TOPICS[action.split('.')[0]!] ?? []
  return [...topics.map((topic) => ({ topic, subject: own, ...about })), { topic: 'audit', subject, ...about }]
}

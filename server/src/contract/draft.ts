/** Writes a first `seaworthy.yaml` for a plan: what was decided with its reasons, what is assumed, and what is still open. */
import { CONTRACT_SCHEMA_URL } from './json-schema.ts'
import type { Plan, PlanAnswers } from './plan.ts'

/** Latency is measured at no less: at a slower rate, the requests that a p99 needs would take minutes to send. */
const RATE_MIN = 50

export interface DraftOptions {
  readonly name: string
  readonly purpose?: string | undefined
  readonly answers: PlanAnswers
  readonly plan: Plan
}

export function draftContract({ name, purpose, answers, plan }: DraftOptions): string {
  const text = (value: string) => JSON.stringify(value)
  const latency =
    plan.mode === 'realtime'
      ? `  latency: { p99-ms: { max: ${answers.latencyMs} }, at-requests-per-second: ${Math.max(plan.requestsPerSecondPeak, RATE_MIN)} }`
      : '  explain: optional'
  return `# yaml-language-server: $schema=${CONTRACT_SCHEMA_URL}
# The contract: agreed before deployment, enforced afterwards. Everything below that is not commented out holds.
name: ${name}
purpose: ${text(purpose ?? 'Say here who decides what with it.')}
# owners: { science: you@example.com, engineering: ops@example.com, business: product@example.com }

serving:
  mode: ${plan.mode}
  because: ${text(plan.modeReasons[0] ?? '')}
  target: ${plan.target}

# What is agreed about inputs, beyond the types that the model's signature gives. A value that does not fit is rejected,
# imputed or flagged; a wrong type is always rejected.
# inputs:
#   hour: { type: integer, min: 0, max: 23 }
#   origin: { type: category, on-invalid: flag }

# What really happened, told later. With it quality can be measured, and its bounds become gates.
# outcome: { name: late, arrives-within: 1d }

sufficient:
${latency}
  # quality: { roc-auc: { min: 0.62 }, calibration-error: { max: 0.05 } }
  # slices: { by: [origin], min-rows: 1000, roc-auc: { min: 0.55 } }

maintenance:
  # train: { command: node train.ts, data: last 60d }
  # retrain: { every: 30d, on: [drift, quality] }
  review-by: ${reviewDate()}
`
}

/** Half a year from now: long enough to learn something, short enough to remember why. */
function reviewDate(): string {
  const date = new Date()
  date.setUTCMonth(date.getUTCMonth() + 6)
  return date.toISOString().slice(0, 10)
}

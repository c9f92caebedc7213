/**
 * Incidents in the words of Prometheus Alertmanager: one alert a cause, told apart by labels. The documents are those of its webhook
 * (version 4) and of its API (version 2), so that what receives or routes alerts there takes ours without an adapter.
 * Sources: alertmanager/docs/configuration.md (webhook_config), alertmanager/api/v2/openapi.yaml.
 */
import { createHash } from 'node:crypto'
import type { AlertFinding, AlertMessage } from './alert-message.ts'

/** What Alertmanager writes for "not over yet". */
const NO_END = '0001-01-01T00:00:00Z'

export interface AlertmanagerAlert {
  readonly status: 'firing' | 'resolved'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL: string
  readonly fingerprint: string
}

export function alertsOf({ event, incident, at }: AlertMessage, publicUrl: string | undefined): readonly AlertmanagerAlert[] {
  const resolved = event === 'resolve'
  const causes: readonly (AlertFinding | undefined)[] = incident.causes.length === 0 ? [undefined] : incident.causes
  return causes.map((cause) => {
    const labels = {
      alertname: cause === undefined ? 'Seaworthy' : `Seaworthy${pascalCase(cause.kind)}`,
      deployment: incident.deployment,
      incident: String(incident.id),
      severity: incident.severity,
      ...(cause === undefined ? {} : { kind: cause.kind, subject: cause.subject, measure: cause.measure }),
      ...(cause?.slice === undefined ? {} : { slice: cause.slice }),
    }
    return {
      status: resolved ? 'resolved' : 'firing',
      labels,
      annotations: {
        summary: cause?.sentence ?? incident.title,
        description: incident.title,
        suggested_action: `${incident.advice.sentence}: ${incident.advice.command}`,
      },
      startsAt: iso(cause?.since ?? incident.since),
      endsAt: resolved ? iso(incident.resolvedAt ?? at) : NO_END,
      generatorURL: linkOf(incident.id, publicUrl),
      fingerprint: fingerprintOf(labels),
    }
  })
}

/** The document of webhook version 4, with the whole message beside it under `seaworthy`. */
export function webhookDocumentOf(
  message: AlertMessage,
  { receiver, publicUrl }: { receiver: string; publicUrl: string | undefined },
) {
  const { incident, event } = message
  const alerts = alertsOf(message, publicUrl)
  const groupLabels = { deployment: incident.deployment, incident: String(incident.id) }
  return {
    version: '4',
    groupKey: `{}:{deployment="${incident.deployment}", incident="${incident.uid}"}`,
    truncatedAlerts: Math.max(0, incident.causesCount - alerts.length),
    status: event === 'resolve' ? 'resolved' : 'firing',
    receiver,
    groupLabels,
    commonLabels: commonOf(alerts.map(({ labels }) => labels)),
    commonAnnotations: commonOf(alerts.map(({ annotations }) => annotations)),
    externalURL: publicUrl ?? '',
    notification_reason: event,
    alerts,
    seaworthy: message,
  }
}

export const linkOf = (incident: number, publicUrl: string | undefined) =>
  publicUrl === undefined ? '' : `${publicUrl}/v1/incidents/${incident}`

const iso = (ms: number) => new Date(ms).toISOString()
const pascalCase = (text: string) =>
  text
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')

/** Sixteen hexadecimal digits that stand for a set of labels, as there; the function behind them differs. */
const fingerprintOf = (labels: Readonly<Record<string, string>>) =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex')
    .slice(0, 16)

function commonOf(all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first = {}, ...rest] = all
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => rest.every((other) => other[name] === value)))
}

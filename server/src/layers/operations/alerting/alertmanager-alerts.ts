/**
 * Incidents in the words of Prometheus Alertmanager: one alert an incident. An alert there is its labels, so these hold only what does
 * not change while the incident lasts; causes come and go, and stand in the annotations. The documents are those of its webhook
 * (version 4) and of its API (version 2), so that what receives or routes alerts there takes ours without an adapter.
 * Sources: alertmanager/docs/configuration.md (webhook_config), alertmanager/api/v2/openapi.yaml.
 */
import { createHash } from 'node:crypto'
import type { AlertMessage } from './alert-message.ts'

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

export function alertOf({ event, incident, at }: AlertMessage, publicUrl: string | undefined): AlertmanagerAlert {
  const resolved = event === 'resolve'
  const identity = { alertname: 'SeaworthyIncident', deployment: incident.deployment, incident: String(incident.id) }
  return {
    status: resolved ? 'resolved' : 'firing',
    labels: { ...identity, severity: incident.severity },
    annotations: {
      summary: incident.title,
      description: incident.causes.map(({ sentence }) => sentence).join('\n'),
      causes: incident.causes.map(({ kind, subject, measure }) => `${kind} ${subject} ${measure}`).join(', '),
      suggested_action: `${incident.advice.sentence}: ${incident.advice.command}`,
    },
    startsAt: iso(incident.openedAt),
    endsAt: resolved ? iso(incident.resolvedAt ?? at) : NO_END,
    generatorURL: linkOf(incident.id, publicUrl),
    fingerprint: fingerprintOf(incident.uid),
  }
}

/** The document of webhook version 4, with the whole message beside it under `seaworthy`. */
export function webhookDocumentOf(
  message: AlertMessage,
  { receiver, publicUrl }: { receiver: string; publicUrl: string | undefined },
) {
  const { incident, event } = message
  const alert = alertOf(message, publicUrl)
  return {
    version: '4',
    groupKey: `{}:{deployment="${incident.deployment}", incident="${incident.uid}"}`,
    truncatedAlerts: 0,
    status: alert.status,
    receiver,
    groupLabels: { deployment: incident.deployment, incident: String(incident.id) },
    commonLabels: alert.labels,
    commonAnnotations: alert.annotations,
    externalURL: publicUrl ?? '',
    notification_reason: event,
    alerts: [alert],
    seaworthy: message,
  }
}

export const linkOf = (incident: number, publicUrl: string | undefined) =>
  publicUrl === undefined ? '' : `${publicUrl}/v1/incidents/${incident}`

const iso = (ms: number) => new Date(ms).toISOString()
/** Sixteen hexadecimal digits that stand for the alert, as there; they stay when its severity rises. */
const fingerprintOf = (uid: string) => createHash('sha256').update(uid).digest('hex').slice(0, 16)

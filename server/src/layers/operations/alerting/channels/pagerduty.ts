/**
 * PagerDuty Events API version 2. All events of an incident have one `dedup_key`, so that an acknowledgement and an end find what was
 * triggered. Sources: developer.pagerduty.com/docs/events-api-v2; alertmanager/notify/pagerduty for the limits.
 */
import { z } from 'zod'
import type { AlertEvent, AlertMessage } from '../alert-message.ts'
import { linesOf } from '../alert-text.ts'
import { linkOf } from '../alertmanager-alerts.ts'
import { AllowPrivate, defineChannel, ReceiverUrl } from './contract.ts'

const SUMMARY_LENGTH_MAX = 1_024
const EVENT_BYTES_MAX = 512_000

export const pagerdutyChannel = defineChannel({
  id: 'pagerduty',
  title: 'PagerDuty, by Events API version 2',
  settings: z.strictObject({
    'routing-key': z
      .string()
      .regex(/^[A-Za-z0-9]{32}$/, 'a routing key has 32 letters and digits')
      .describe('Integration key of the service.'),
    url: ReceiverUrl.default('https://events.pagerduty.com/v2/enqueue').describe(
      'Of the API; for its European region, or a relay.',
    ),
    'allow-private': AllowPrivate.default(false),
  }),
  secrets: ['routing-key'],
  async send(message, { 'routing-key': routingKey, url, 'allow-private': allowPrivate }, { post, signal, publicUrl }) {
    const send = async (event: object) => {
      const body = JSON.stringify({ routing_key: routingKey, ...event })
      await post({ url, headers: { 'content-type': 'application/json' }, body, allowPrivate, signal })
    }
    await send(eventOf(message, publicUrl))
    // A test that stays open would wake somebody.
    if (message.event === 'test') await send({ event_action: 'resolve', dedup_key: message.incident.uid })
  },
})

const ACTIONS: Partial<Readonly<Record<AlertEvent, string>>> = { acknowledge: 'acknowledge', resolve: 'resolve' }

export function eventOf(message: AlertMessage, publicUrl: string | undefined): object {
  const { event, incident } = message
  const common = { event_action: ACTIONS[event] ?? 'trigger', dedup_key: incident.uid }
  if (event === 'resolve' || event === 'acknowledge') return common
  const payload = {
    summary: `${incident.deployment}: ${incident.title}`.slice(0, SUMMARY_LENGTH_MAX).toWellFormed(),
    source: incident.deployment,
    severity: event === 'test' ? 'info' : incident.severity,
    timestamp: new Date(incident.since).toISOString(),
    component: incident.causes[0]?.subject ?? incident.deployment,
    group: incident.deployment,
    class: incident.causes[0]?.kind ?? 'seaworthy',
  }
  const link = linkOf(incident.id, publicUrl)
  const whole = {
    ...common,
    client: 'Seaworthy',
    ...(link === '' ? {} : { client_url: link, links: [{ href: link, text: `Incident ${incident.id}` }] }),
    payload: { ...payload, custom_details: { text: linesOf(message).join('\n'), incident } },
  }
  return Buffer.byteLength(JSON.stringify(whole)) > EVENT_BYTES_MAX - SUMMARY_LENGTH_MAX ? { ...whole, payload } : whole
}

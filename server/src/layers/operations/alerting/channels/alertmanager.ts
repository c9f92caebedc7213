/**
 * Hands incidents to an Alertmanager, which routes, groups and silences them with all other alerts of the house. It ends by itself
 * what is not sent again in time; an incident lasts until we say that it is over, so its end is set far ahead and brought
 * forward when it comes. An Alertmanager that lost its memory hears of it again with the next repetition.
 */
import { z } from 'zod'
import { alertOf } from '../alertmanager-alerts.ts'
import { AllowPrivate, defineChannel, ReceiverUrl } from './contract.ts'

const END_AHEAD_MS = 30 * 86_400_000

export const alertmanagerChannel = defineChannel({
  id: 'alertmanager',
  title: 'Prometheus Alertmanager, by its API version 2',
  settings: z.strictObject({
    url: ReceiverUrl.describe('Of the Alertmanager: http://alertmanager:9093'),
    authorization: z.string().min(1).max(4_000).optional().describe('Header that a proxy in front of it asks for.'),
    'allow-private': AllowPrivate.default(true),
  }),
  secrets: ['authorization'],
  async send(message, { url, authorization, 'allow-private': allowPrivate }, { post, signal, now, publicUrl }) {
    const { labels, annotations, startsAt, endsAt, generatorURL, status } = alertOf(message, publicUrl)
    const moment = new Date(now).toISOString()
    const ahead = new Date(now + END_AHEAD_MS).toISOString()
    const common = { annotations, startsAt, ...(generatorURL === '' ? {} : { generatorURL }) }
    const alerts = [
      { ...common, labels, endsAt: status === 'resolved' ? endsAt : message.event === 'test' ? moment : ahead },
      // Severity is a label, so that it can be routed by; where it rose, the alert with the lower one is over.
      ...(labels['severity'] === 'critical' ? [{ ...common, labels: { ...labels, severity: 'warning' }, endsAt: moment }] : []),
    ]
    const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) }
    await post({ url: `${url.replace(/\/+$/, '')}/api/v2/alerts`, headers, body: JSON.stringify(alerts), allowPrivate, signal })
  },
})

/**
 * Slack, or what takes its incoming webhooks (Mattermost, Rocket.Chat). The address is the secret. Text of others (a category, a
 * column) may not become a mention or a link, so the three characters that Slack reads as such are escaped.
 */
import { z } from 'zod'
import type { AlertMessage } from '../alert-message.ts'
import { headlineOf, linesOf } from '../alert-text.ts'
import { linkOf } from '../alertmanager-alerts.ts'
import { AllowPrivate, defineChannel, ReceiverUrl } from './contract.ts'

/** Of a field that Slack still shows whole. */
const TEXT_LENGTH_MAX = 3_000
const COLORS = { critical: '#d62728', warning: '#ff9f1c', resolved: '#2ca02c' } as const

export const slackChannel = defineChannel({
  id: 'slack',
  title: 'Slack, by an incoming webhook',
  settings: z.strictObject({
    url: ReceiverUrl.describe('The address that Slack gives for the webhook; it is a secret.'),
    channel: z.string().min(1).max(200).optional().describe('Another channel, where the webhook allows it: #model-alerts'),
    'allow-private': AllowPrivate.default(false),
  }),
  secrets: ['url'],
  async send(message, { url, channel, 'allow-private': allowPrivate }, { post, signal, publicUrl }) {
    const body = JSON.stringify({ ...(channel === undefined ? {} : { channel }), ...slackDocumentOf(message, publicUrl) })
    await post({ url, headers: { 'content-type': 'application/json' }, body, allowPrivate, signal })
  },
})

export function slackDocumentOf(message: AlertMessage, publicUrl: string | undefined): object {
  const { event, incident, at } = message
  const headline = shortened(escaped(headlineOf(message)))
  const link = linkOf(incident.id, publicUrl)
  const text = shortened(escaped(linesOf(message).join('\n')))
  return {
    username: 'Seaworthy',
    text: headline,
    attachments: [
      {
        color: event === 'resolve' || event === 'test' ? COLORS.resolved : COLORS[incident.severity],
        fallback: headline,
        ...(link === '' || event === 'test' ? {} : { title: `Incident ${incident.id}`, title_link: link }),
        text: `\`\`\`\n${text.replaceAll('```', "'''")}\n\`\`\``,
        mrkdwn_in: ['text'],
        footer: `Seaworthy ${incident.uid}`,
        ts: Math.floor(at / 1_000),
      },
    ],
  }
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
/** A half of a character pair would have the whole message refused. */
const shortened = (text: string) => text.slice(0, TEXT_LENGTH_MAX).toWellFormed()

/**
 * JSON to any address: the webhook document of Alertmanager with our message beside it. With a secret the receiver can tell that it
 * comes from here and when it was sent: `x-seaworthy-signature: v1=HEX`, where HEX is HMAC-SHA256 with the secret over
 * `TIMESTAMP.BODY`, and `x-seaworthy-timestamp: TIMESTAMP` in seconds since 1970. A receiver refuses what is older than a few minutes
 * and drops an `idempotency-key` that it has seen.
 */
import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { webhookDocumentOf } from '../alertmanager-alerts.ts'
import { AllowPrivate, defineChannel, ReceiverUrl } from './contract.ts'

export const webhookChannel = defineChannel({
  id: 'webhook',
  title: 'JSON to an address, in the form of Alertmanager webhooks, signed',
  settings: z.strictObject({
    url: ReceiverUrl.describe('Where to.'),
    secret: z.string().min(16, 'a secret has at least 16 characters').max(500).optional().describe('Key of the signature.'),
    authorization: z.string().min(1).max(4_000).optional().describe('Header that the receiver asks for: Bearer ...'),
    'allow-private': AllowPrivate.default(false),
  }),
  secrets: ['url', 'secret', 'authorization'],
  async send(message, { url, secret, authorization, 'allow-private': allowPrivate }, { post, signal, now, publicUrl }) {
    const body = JSON.stringify(webhookDocumentOf(message, { receiver: 'seaworthy', publicUrl }))
    const timestamp = String(Math.floor(now / 1_000))
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'seaworthy',
      'idempotency-key': message.id,
      'x-seaworthy-event': message.event,
      'x-seaworthy-timestamp': timestamp,
      ...(authorization === undefined ? {} : { authorization }),
      ...(secret === undefined ? {} : { 'x-seaworthy-signature': signatureOf(secret, timestamp, body) }),
    }
    await post({ url, headers, body, allowPrivate, signal })
  },
})

export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`

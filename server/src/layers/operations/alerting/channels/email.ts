/**
 * Mail, by SMTP. All mails of an incident are one thread: the first carries an id made of the incident, the others name it as what
 * they reply to. SMTP is nodemailer's: thirty years of servers that differ are in it, and it needs nothing else.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { AlertMessage } from '../alert-message.ts'
import { headlineOf, linesOf } from '../alert-text.ts'
import { resolveAllowed } from '../address-guard.ts'
import { linkOf } from '../alertmanager-alerts.ts'
import { DeliveryFailed, DeliveryRefused } from '../errors.ts'
import { AllowPrivate, defineChannel } from './contract.ts'

const TIMEOUT_MS = 20_000
const SUBJECT_LENGTH_MAX = 200
const Address = z.email('an address is written name@example.com').max(254)

const Settings = z.strictObject({
  host: z.string().min(1).max(253).describe('The mail server.'),
  port: z.int().min(1).max(65_535).default(587),
  security: z
    .enum(['starttls', 'tls', 'none'])
    .default('starttls')
    .describe('starttls: refused where the server has no TLS. tls: from the first byte, mostly on port 465. none: in the clear.'),
  user: z.string().min(1).max(320).optional(),
  password: z.string().min(1).max(1_000).optional(),
  from: Address,
  to: z.array(Address).min(1).max(50),
  'allow-private': AllowPrivate.default(true),
})
type Settings = z.infer<typeof Settings>

export const emailChannel = defineChannel({
  id: 'email',
  title: 'Mail, by SMTP',
  settings: Settings,
  secrets: ['password'],
  async send(message, settings, { signal, publicUrl }) {
    const { createTransport } = await import('nodemailer')
    const { host, port, security, user, password } = settings
    const { address } = await resolveAllowed(host, { allowPrivate: settings['allow-private'] })
    const transport = createTransport({
      host: address,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      tls: { servername: host },
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    })
    const onAbort = () => transport.close()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await transport.sendMail({ from: settings.from, to: settings.to, ...mailOf(message, settings, publicUrl) })
    } catch (cause) {
      throw failureOf(cause, host)
    } finally {
      signal.removeEventListener('abort', onAbort)
      transport.close()
    }
  },
})

function mailOf(message: AlertMessage, { from }: Settings, publicUrl: string | undefined) {
  const { incident, event, id } = message
  const domain = from.slice(from.lastIndexOf('@') + 1)
  const first = `<incident.${incident.uid}@${domain}>`
  const link = linkOf(incident.id, publicUrl)
  const text = [headlineOf(message), '', ...linesOf(message), ...(link === '' ? [] : [link])].join('\n')
  const subject = event === 'test' ? incident.title : `[${incident.deployment}] incident ${incident.id}: ${incident.title}`
  // The id of a mail stays the same when it is sent again, so that a mailbox can drop the double.
  const replyId = `<${createHash('sha256').update(id).digest('hex').slice(0, 32)}@${domain}>`
  return {
    subject: subject
      .slice(0, SUBJECT_LENGTH_MAX)
      .toWellFormed()
      .replaceAll(/\p{Cc}+/gu, ' '),
    text,
    html: `<pre style="font-family: ui-monospace, monospace">${escaped(text)}</pre>`,
    date: new Date(message.at),
    messageId: event === 'open' || event === 'test' ? first : replyId,
    ...(event === 'open' || event === 'test' ? {} : { inReplyTo: first, references: first }),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Seaworthy-Incident': incident.uid },
  }
}

/** Answers of the 500s are final; what is said is not repeated, for it may repeat what was sent. */
function failureOf(cause: unknown, host: string): Error {
  const { responseCode, code } = cause as { readonly responseCode?: unknown; readonly code?: unknown }
  if (typeof responseCode === 'number' && responseCode >= 500)
    return new DeliveryRefused({ host, explanation: `it answered ${responseCode}` }, { cause })
  const answer =
    typeof responseCode === 'number' ? `it answered ${responseCode}` : `the connection failed (${String(code ?? 'unknown')})`
  return new DeliveryFailed({ host, explanation: answer }, { cause })
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

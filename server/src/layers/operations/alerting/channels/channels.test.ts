import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { alertMessage, startMailServer, startReceiver } from '../../../../../test/fixtures/receivers.ts'
import { createManualClock } from '../../../../kernel/clock.ts'
import type { Log } from '../../../../kernel/log.ts'
import type { AlertMessage } from '../alert-message.ts'
import { parseChannelSettings } from '../channel-settings.ts'
import { createConfiguredChannels } from '../configured-channels.ts'
import { channels as channelTypes } from './catalog.gen.ts'

const NOW = Date.UTC(2026, 2, 1, 12, 0, 5)
const stops: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
const receiver = async (...given: Parameters<typeof startReceiver>) => {
  const started = await startReceiver(...given)
  stops.push(() => started.stop())
  return started
}
const said: string[] = []
const log: Log = {
  debug() {},
  info: (event, facts) => void said.push(`info ${event} ${JSON.stringify(facts)}`),
  warn: (event, facts) => void said.push(`warn ${event} ${JSON.stringify(facts)}`),
  error() {},
}
const folder = () => {
  const made = mkdtempSync(path.join(tmpdir(), 'seaworthy-channels-'))
  stops.push(() => rmSync(made, { recursive: true, force: true }))
  return made
}
const channelsOf = (channels: object, more: { environment?: Record<string, string>; folder?: string } = {}) =>
  createConfiguredChannels({
    file: parseChannelSettings(
      JSON.stringify({ channels, 'public-url': 'https://sea.example.com/' }),
      'channels.yaml',
      more.environment ?? {},
    ),
    folder: more.folder ?? '/',
    log,
    clock: createManualClock(NOW),
  })
const local = { 'allow-private': true }

test('a webhook gets the document of Alertmanager version 4 with ours beside it, signed over its time and body', async () => {
  const to = await receiver()
  const channels = channelsOf(
    { webhook: { url: `${to.url}/hook`, secret: 'env:HOOK_SECRET', ...local } },
    { environment: { HOOK_SECRET: 'a secret of the hook' } },
  )
  await channels.send('webhook', alertMessage())
  const [{ headers, text, path: at }] = to.requests as [(typeof to.requests)[number]]
  expect(at).toBe('/hook')
  const timestamp = String(NOW / 1_000)
  expect(headers).toMatchObject({
    ...{ 'content-type': 'application/json', 'idempotency-key': 'delivery-1', 'x-seaworthy-timestamp': timestamp },
    'x-seaworthy-signature': `v1=${createHmac('sha256', 'a secret of the hook').update(`${timestamp}.${text}`).digest('hex')}`,
  })
  expect(JSON.parse(text)).toMatchObject({
    ...{ version: '4', status: 'firing', truncatedAlerts: 0, receiver: 'seaworthy', externalURL: 'https://sea.example.com' },
    groupKey: '{}:{deployment="flight-delay", incident="uid-of-incident-12"}',
    groupLabels: { deployment: 'flight-delay', incident: '12' },
    alerts: [
      {
        status: 'firing',
        labels: { alertname: 'SeaworthyIncident', deployment: 'flight-delay', incident: '12', severity: 'critical' },
        annotations: {
          summary: expect.stringContaining('missing in 41 %'),
          causes: 'data-quality distance missing',
          suggested_action: expect.stringContaining('seaworthy predictions'),
        },
        ...{ startsAt: '2026-03-01T12:00:00.000Z', endsAt: '0001-01-01T00:00:00Z' },
        generatorURL: 'https://sea.example.com/v1/incidents/12',
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    ],
    seaworthy: { event: 'open', incident: { id: 12, consequences: [expect.stringContaining('roc-auc')] } },
  })
})

test('the end of an incident has the labels of its begin, so that a receiver finds it', async () => {
  const to = await receiver()
  const channels = channelsOf({ webhook: { url: to.url, ...local } })
  await channels.send('webhook', alertMessage())
  await channels.send('webhook', alertMessage({ event: 'resolve' }, { state: 'resolved', resolvedAt: NOW }))
  const [begin, end] = to.bodies() as [
    { alerts: { fingerprint: string }[]; groupKey: string },
    { alerts: { fingerprint: string; endsAt: string; status: string }[]; groupKey: string },
  ]
  expect(end.groupKey).toBe(begin.groupKey)
  expect(end.alerts[0]).toMatchObject({
    fingerprint: begin.alerts[0]!.fingerprint,
    status: 'resolved',
    endsAt: new Date(NOW).toISOString(),
  })
})

test('Alertmanager gets alerts that do not end by themselves, their end when it comes, and no double when they get worse', async () => {
  const to = await receiver()
  const channels = channelsOf({ alertmanager: { url: `${to.url}/` } })
  await channels.send('alertmanager', alertMessage({}, { severity: 'warning' }))
  await channels.send('alertmanager', alertMessage({ event: 'change' }, { severity: 'critical', causes: [] }))
  await channels.send('alertmanager', alertMessage({ event: 'resolve' }, { severity: 'critical', resolvedAt: NOW }))
  expect(to.requests.map(({ path: at }) => at)).toEqual(['/api/v2/alerts', '/api/v2/alerts', '/api/v2/alerts'])
  const posted = to.bodies() as unknown as { endsAt: string; labels: Record<string, string> }[][]
  // What Alertmanager holds after all three: the end of each set of labels.
  const ends = new Map(posted.flat().map(({ labels, endsAt }) => [JSON.stringify(labels), Date.parse(endsAt)]))
  expect([...ends.values()]).toEqual([NOW, NOW])
  expect(posted[0]!.map(({ endsAt }) => Date.parse(endsAt) > NOW + 20 * 86_400_000)).toEqual([true])
  expect(posted[1]!.map(({ labels, endsAt }) => [labels['severity'], Date.parse(endsAt) > NOW])).toEqual([
    ['critical', true],
    ['warning', false],
  ])
  expect(Object.keys(posted[0]![0]!).toSorted()).toEqual(['annotations', 'endsAt', 'generatorURL', 'labels', 'startsAt'])
})

test('PagerDuty is triggered, acknowledged and resolved under one key, within its limits', async () => {
  const to = await receiver([202])
  const key = 'R'.repeat(32)
  const channels = channelsOf({ pagerduty: { 'routing-key': 'env:PD', url: to.url, ...local } }, { environment: { PD: key } })
  const endless = Array.from({ length: 10 }, () => ({ ...alertMessage().incident.causes[0]!, sentence: 'x'.repeat(60_000) }))
  await channels.send('pagerduty', alertMessage({}, { title: 'y'.repeat(2_000), causes: endless }))
  await channels.send('pagerduty', alertMessage({ event: 'acknowledge' }))
  await channels.send('pagerduty', alertMessage({ event: 'resolve' }))
  await channels.send('pagerduty', alertMessage({ event: 'test' }))
  const events = to.bodies() as {
    event_action: string
    dedup_key: string
    routing_key: string
    payload?: { summary: string; severity: string; custom_details?: object }
  }[]
  expect(events.map(({ event_action }) => event_action)).toEqual(['trigger', 'acknowledge', 'resolve', 'trigger', 'resolve'])
  expect(new Set(events.map(({ dedup_key }) => dedup_key))).toEqual(new Set(['uid-of-incident-12']))
  expect(new Set(events.map(({ routing_key }) => routing_key))).toEqual(new Set([key]))
  expect(events[0]!.payload).toMatchObject({ severity: 'critical', summary: expect.stringMatching(/^flight-delay: y{1010}$/) })
  expect(events[0]!.payload).not.toHaveProperty('custom_details')
  expect(events[3]!.payload).toMatchObject({ severity: 'info', custom_details: { incident: { id: 12 } } })
  expect(Math.max(...to.requests.map(({ text }) => Buffer.byteLength(text)))).toBeLessThan(512_000)
})

test('Slack shows the incident, and nobody is mentioned by what a column holds', async () => {
  const to = await receiver()
  const channels = channelsOf({ slack: { url: `${to.url}/services/T0/B0/xyz`, ...local } })
  await channels.send('slack', alertMessage({}, { title: '<!channel> is new & wrong', causes: [] }))
  expect(to.bodies()[0]).toMatchObject({
    text: 'Incident 12, flight-delay: &lt;!channel&gt; is new &amp; wrong',
    attachments: [
      {
        color: '#d62728',
        title_link: 'https://sea.example.com/v1/incidents/12',
        text: expect.stringContaining('Explained by that:'),
      },
    ],
  })
})

test('what is cut to the length that Slack shows is still whole text', async () => {
  const to = await receiver()
  const channels = channelsOf({ slack: { url: `${to.url}/services/T0/B0/xyz`, ...local } })
  for (const shift of ['', 'a']) await channels.send('slack', alertMessage({}, { title: shift + '🛫'.repeat(2_000), causes: [] }))
  const texts = to.bodies().map(({ text }) => String(text))
  expect(texts.map((text) => text.isWellFormed())).toEqual([true, true])
})

test('mails of an incident are one thread, with the login, in text and HTML, and a subject that cannot add headers', async () => {
  const server = await startMailServer()
  stops.push(() => server.stop())
  const email = {
    ...{ host: '127.0.0.1', port: server.port, security: 'none', user: 'sea', password: 'env:MAIL_PASSWORD' },
    ...{ from: 'sea@example.com', to: ['crew@example.com', 'captain@example.com'] },
  }
  const channels = channelsOf({ email }, { environment: { MAIL_PASSWORD: 'open sesame' } })
  await channels.send('email', alertMessage({}, { title: 'a\r\nBcc: everybody@example.com <b>' }))
  await channels.send('email', alertMessage({ event: 'resolve', id: 'delivery-2' }))
  const [first, second] = server.mails as [(typeof server.mails)[number], (typeof server.mails)[number]]
  expect(first).toMatchObject({
    from: 'sea@example.com',
    to: ['crew@example.com', 'captain@example.com'],
    login: 'sea open sesame',
  })
  const [head] = first.data.split('\n\n') as [string]
  expect(head).not.toMatch(/^Bcc:/m)
  expect(head).toMatch(/^Message-ID: <incident\.uid-of-incident-12@example\.com>$/im)
  expect(first.data).toMatch(/text\/plain/)
  expect(first.data).toMatch(/&lt;b&gt;/)
  expect(second.data).toMatch(/^In-Reply-To: <incident\.uid-of-incident-12@example\.com>$/im)
})

test('a mail server that refuses a recipient is final, and one that is not there is not', async () => {
  const server = await startMailServer({ refuse: true })
  const settings = { host: '127.0.0.1', security: 'none', from: 'sea@example.com', to: ['crew@example.com'] }
  await expect(channelsOf({ email: { ...settings, port: server.port } }).send('email', alertMessage())).rejects.toMatchObject({
    code: 'DELIVERY_REFUSED',
  })
  await server.stop()
  await expect(channelsOf({ email: { ...settings, port: server.port } }).send('email', alertMessage())).rejects.toMatchObject({
    code: 'DELIVERY_FAILED',
  })
  await expect(
    channelsOf({ email: { ...settings, port: server.port, 'allow-private': false } }).send('email', alertMessage()),
  ).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' })
})

test('a file gets one line a message, and is set aside when it is long', async () => {
  const at = folder()
  const channels = channelsOf({ file: { path: 'alerts/log.jsonl', 'bytes-max': 2_000 } }, { folder: at })
  for (const id of ['a', 'b', 'c', 'd']) await channels.send('file', alertMessage({ id }))
  const linesIn = (name: string) =>
    readFileSync(path.join(at, 'alerts', name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as AlertMessage).id)
  expect([linesIn('log.jsonl.1'), linesIn('log.jsonl')]).toEqual([['a', 'b', 'c'], ['d']])
})

test('the console is the log of the server: a warning while it goes on, and no more when it is over', async () => {
  said.length = 0
  const channels = channelsOf({})
  await channels.send('console', alertMessage())
  await channels.send('console', alertMessage({ event: 'resolve' }))
  expect(said.map((line) => line.slice(0, 47))).toEqual([
    'warn Incident 12, flight-delay: distance is mis',
    'info Resolved: incident 12, flight-delay: dista',
  ])
})

test('every type of channel is tried here', () => {
  expect(channelTypes.ids).toEqual(['alertmanager', 'console', 'email', 'file', 'pagerduty', 'slack', 'webhook'])
})

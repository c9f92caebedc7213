import { expect, test } from 'vitest'
import { loadChannelSettings, parseChannelSettings } from './channel-settings.ts'

const problemsOf = (text: string, environment: Record<string, string> = {}): readonly string[] => {
  try {
    parseChannelSettings(text, 'channels.yaml', environment)
    return []
  } catch (error) {
    return (error as { details: { problems: readonly string[] } }).details.problems
  }
}

test('a channel is of the type of its name or of the type that it says, and the console is always there', () => {
  const text = `
channels:
  webhook: { url: https://hooks.example.com/models }
  night: { type: pagerduty, routing-key: env:KEY }
escalate-to: [night]
public-url: https://sea.example.com/
`
  const file = parseChannelSettings(text, 'channels.yaml', { KEY: 'a'.repeat(32) })
  expect(file.channels.map(({ name, type }) => [name, type.id])).toEqual([
    ['console', 'console'],
    ['webhook', 'webhook'],
    ['night', 'pagerduty'],
  ])
  expect(file.channels[1]!.settings).toEqual({ url: 'https://hooks.example.com/models', 'allow-private': false })
  expect(file.channels[2]!.secrets).toEqual(['a'.repeat(32)])
  expect([file.escalateTo, file.publicUrl]).toEqual([['night'], 'https://sea.example.com'])
  expect(parseChannelSettings('', 'channels.yaml', {}).channels.map(({ name }) => name)).toEqual(['console'])
})

test('every problem is told with its place', () => {
  const text = `
channels:
  webhok: { url: https://x.example.com }
  webhook: { url: ftp://x.example.com, secret: short, colour: red }
  pager: { type: pagerduty, routing-key: env:NOT_SET }
  email: { host: mail, from: nobody, to: [] }
escalate-to: [nobody]
`
  expect(problemsOf(text)).toEqual([
    'channels.webhok.type: there is no type of channel "webhok"; did you mean "webhook"?',
    'channels.webhook.url: an address begins with https:// or http://',
    'channels.webhook.secret: a secret has at least 16 characters',
    'channels.webhook: there is no key "colour"',
    'channels.pager.routing-key: the environment has no variable NOT_SET',
    'channels.email.from: an address is written name@example.com',
    expect.stringMatching(/^channels\.email\.to: /),
    'escalate-to: there is no channel "nobody" in this file',
  ])
  expect(problemsOf('channels: [a]')).toHaveLength(1)
  expect(problemsOf('chanels: {}')).toEqual(['there is no key "chanels"'])
  expect(problemsOf('a: &b 1\nc: *b')).toEqual(['it is not valid YAML'])
})

test('no problem repeats a value, which may be a secret', () => {
  const secret = 'hunter2hunter2'
  const texts = [
    `channels: { webhook: { url: "https://x.example.com", secret: ${secret} } }`,
    `channels: { pagerduty: { routing-key: ${secret} } }`,
    `channels: { pagerduty: { routing-key: ${secret}`,
    `channels: { webhook: { url: ${secret} } }`,
    `channels: { webhook: { url: "https://user:${secret}@x.example.com" } }`,
  ]
  for (const text of texts) {
    expect(problemsOf(text)).not.toEqual(text === texts[0] ? undefined : [])
    expect(problemsOf(text).join()).not.toContain(secret)
  }
})

test('a file that is not there says which setting names it', () =>
  expect(() => loadChannelSettings('/nowhere/channels.yaml', {})).toThrow(/SEAWORTHY_CHANNELS_FILE/))

/**
 * The file that says where channels lead: YAML or JSON.
 *
 *     channels:
 *       webhook: { url: https://hooks.example.com/models, secret: env:HOOK_SECRET }
 *       night:   { type: pagerduty, routing-key: env:PAGERDUTY_KEY }
 *     escalate-to: [night]
 *     public-url: https://seaworthy.example.com
 *
 * A channel is called by its key and is of the type of that name unless it says another. `env:NAME` stands for a variable of the
 * environment, so that the file holds no secret. `console` needs no settings and is always there.
 */
import { readFileSync, statSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { nearest } from '../../../kernel/nearest.ts'
import { channels as channelTypes } from './channels/catalog.gen.ts'
import type { Channel } from './channels/contract.ts'
import { ChannelSettingsInvalid } from './errors.ts'

const FILE_BYTES_MAX = 256 * 1_024
const CHANNELS_MAX = 50
const FROM_ENVIRONMENT = /^env:([A-Za-z_][A-Za-z0-9_]*)$/

export interface ChannelSettings {
  readonly name: string
  readonly type: Channel
  /** Has passed the schema of the type. */
  readonly settings: unknown
  /** Values that nobody may read. */
  readonly secrets: readonly string[]
}
export interface ChannelFile {
  readonly channels: readonly ChannelSettings[]
  readonly escalateTo: readonly string[]
  readonly publicUrl: string | undefined
}

const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a name has lower-case letters, digits and dashes, at most 63')
const FileSchema = z.strictObject({
  channels: z
    .record(Name, z.looseObject({ type: z.string().optional() }))
    .default({})
    .refine((all) => Object.keys(all).length <= CHANNELS_MAX, `at most ${CHANNELS_MAX} channels`),
  'escalate-to': z.array(Name).max(CHANNELS_MAX).default([]),
  'public-url': z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
})

const CONSOLE: ChannelSettings = Object.freeze({ name: 'console', type: channelTypes.get('console'), settings: {}, secrets: [] })
export const CHANNELS_DEFAULT: ChannelFile = Object.freeze({ channels: [CONSOLE], escalateTo: [], publicUrl: undefined })

/** Throws ChannelSettingsInvalid with every problem. */
export function loadChannelSettings(file: string, environment: Readonly<Record<string, string | undefined>>): ChannelFile {
  return parseChannelSettings(readText(file), file, environment)
}

function readText(file: string): string {
  try {
    if (statSync(file).size > FILE_BYTES_MAX)
      throw new ChannelSettingsInvalid({ file, problems: [`it is larger than ${FILE_BYTES_MAX} bytes`] })
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if (cause instanceof ChannelSettingsInvalid) throw cause
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new ChannelSettingsInvalid(
      { file, problems: [`it cannot be read (${code}); SEAWORTHY_CHANNELS_FILE names it`] },
      { cause },
    )
  }
}

export function parseChannelSettings(
  text: string,
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): ChannelFile {
  const refuse = (problems: readonly string[]) => new ChannelSettingsInvalid({ file, problems })
  const parsed = FileSchema.safeParse(documentOf(text, refuse))
  if (!parsed.success) throw refuse(parsed.error.issues.map((issue) => problemText(issue, '')))
  const problems: string[] = []
  const channels = Object.entries(parsed.data.channels).flatMap(([name, given]) => channelOf(name, given, environment, problems))
  const all = channels.some(({ name }) => name === CONSOLE.name) ? channels : [CONSOLE, ...channels]
  for (const name of parsed.data['escalate-to'])
    if (!all.some((channel) => channel.name === name)) problems.push(`escalate-to: there is no channel "${name}" in this file`)
  if (problems.length > 0) throw refuse(problems)
  return Object.freeze({ channels: all, escalateTo: parsed.data['escalate-to'], publicUrl: parsed.data['public-url'] })
}

function documentOf(text: string, refuse: (problems: readonly string[]) => Error): unknown {
  try {
    return parse(text, { maxAliasCount: 0, schema: 'core', uniqueKeys: true, logLevel: 'silent', prettyErrors: false }) ?? {}
  } catch (cause) {
    // The message of the parser may quote the line, and the line may hold a secret.
    const at = typeof cause === 'object' && cause !== null && 'pos' in cause ? (cause.pos as readonly number[])[0] : undefined
    const line = at === undefined ? '' : ` in line ${text.slice(0, at).split('\n').length}`
    throw refuse([`it is not valid YAML${line}`])
  }
}

function channelOf(
  name: string,
  given: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): readonly ChannelSettings[] {
  const { type: typeName = name, ...rest } = given
  const type = channelTypes.find(String(typeName))
  const path = `channels.${name}`
  if (type === undefined) {
    const meant = nearest(String(typeName), channelTypes.ids)
    problems.push(
      `${path}.type: there is no type of channel "${String(typeName).slice(0, 100)}"; ${meant === undefined ? `there are ${channelTypes.ids.join(', ')}` : `did you mean "${meant}"?`}`,
    )
    return []
  }
  const secrets: string[] = []
  const before = problems.length
  const filled = fillFromEnvironment(rest, path, environment, { problems, secrets })
  if (problems.length > before) return []
  const parsed = type.settings.safeParse(filled)
  if (!parsed.success) {
    problems.push(...parsed.error.issues.map((issue) => problemText(issue, path)))
    return []
  }
  for (const key of type.secrets) {
    const value = parsed.data[key]
    if (typeof value === 'string') secrets.push(value)
  }
  return [{ name, type, settings: parsed.data, secrets: [...new Set(secrets)].toSorted((a, b) => b.length - a.length) }]
}

function fillFromEnvironment(
  value: unknown,
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
  found: { readonly problems: string[]; readonly secrets: string[] },
): unknown {
  if (Array.isArray(value)) return value.map((each, at) => fillFromEnvironment(each, `${path}[${at}]`, environment, found))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, fillFromEnvironment(each, `${path}.${key}`, environment, found)]),
    )
  const name = typeof value === 'string' ? FROM_ENVIRONMENT.exec(value)?.[1] : undefined
  if (name === undefined) return value
  const filled = environment[name]
  if (filled === undefined || filled === '') found.problems.push(`${path}: the environment has no variable ${name}`)
  else found.secrets.push(filled)
  return filled
}

/** Path and complaint. The message of a schema never holds the value itself. */
function problemText({ path, message, code, ...issue }: z.core.$ZodIssue, before: string): string {
  const at = [before, ...path.map(String)].filter((part) => part !== '').join('.')
  if (code === 'unrecognized_keys')
    return `${at === '' ? '' : `${at}: `}there is no key ${(issue as { keys: string[] }).keys.map((key) => `"${key.slice(0, 100)}"`).join(', ')}`
  return `${at}: ${message.replace(/^Invalid input: /, '')}`
}

/** The channels of this installation, by name: what contracts may ask for, and where messages go. */
import type { Clock } from '../../../kernel/clock.ts'
import { AppError } from '../../../kernel/errors.ts'
import type { Log } from '../../../kernel/log.ts'
import type { AlertMessage } from './alert-message.ts'
import type { Resolve } from './address-guard.ts'
import type { ChannelFile, ChannelSettings } from './channel-settings.ts'
import { channels as channelTypes } from './channels/catalog.gen.ts'
import { ChannelUnknown, DeliveryFailed } from './errors.ts'
import { createPost } from './safe-post.ts'

/** Longest time for one message, in milliseconds. */
export const SEND_MS_MAX = 30_000
const REDACTED = '***'
/** A shorter secret would take ordinary words out of messages. */
const SECRET_LENGTH_MIN = 4

export interface ConfiguredChannel {
  readonly name: string
  readonly type: string
  readonly title: string
}

export interface ConfiguredChannels {
  readonly all: readonly ConfiguredChannel[]
  /** Channels that are told when nobody answers. */
  readonly escalateTo: readonly string[]
  /** Throws ChannelUnknown for the first that is not set up. */
  verify(names: readonly string[]): void
  /**
   * Resolves when the receiver has it. Throws ChannelUnknown, DeliveryRefused, DeliveryFailed and AddressRefused, none of which says
   * a secret.
   */
  send(name: string, message: AlertMessage, signal?: AbortSignal): Promise<void>
}

export interface ConfiguredChannelsOptions {
  readonly file: ChannelFile
  /** What paths in settings are relative to. */
  readonly folder: string
  readonly log: Log
  readonly clock: Clock
  /** Answers for DNS, where tests stand in for the network outside. */
  readonly resolve?: Resolve
}

export function createConfiguredChannels(options: ConfiguredChannelsOptions): ConfiguredChannels {
  const { file } = options
  const byName = new Map(file.channels.map((channel) => [channel.name, channel]))
  const get = (name: string): ChannelSettings => {
    const channel = byName.get(name)
    if (channel !== undefined) return channel
    const isType = channelTypes.find(name) !== undefined
    throw new ChannelUnknown({ channel: name.slice(0, 100), known: [...byName.keys()], isType })
  }
  return Object.freeze<ConfiguredChannels>({
    all: file.channels.map(({ name, type: { id, title } }) => Object.freeze({ name, type: id, title })),
    escalateTo: file.escalateTo,
    verify: (names) => names.forEach(get),
    send: async (name, message, signal) => sendBy(get(name), message, signal, options),
  })
}

async function sendBy(
  { type, settings, secrets }: ChannelSettings,
  message: AlertMessage,
  stopping: AbortSignal | undefined,
  { folder, log, clock, file, resolve }: ConfiguredChannelsOptions,
): Promise<void> {
  const limit = AbortSignal.timeout(SEND_MS_MAX)
  const signal = stopping === undefined ? limit : AbortSignal.any([limit, stopping])
  const context = { signal, post: createPost(resolve), log, now: clock.now(), folder, publicUrl: file.publicUrl }
  try {
    await type.send(message, settings, context)
  } catch (cause) {
    if (cause instanceof AppError && !secrets.some((secret) => isSaid(secret, cause))) throw cause
    // What is no expected failure of a receiver (a disk that is full, a bug) may say anything, and is tried again.
    const explanation = redact(cause instanceof Error ? cause.message : String(cause), secrets).slice(0, 300)
    throw new DeliveryFailed({ host: `The channel of type ${type.id}`, explanation })
  }
}

const isSaid = (secret: string, { message, hint }: AppError) =>
  secret.length >= SECRET_LENGTH_MIN && `${message} ${hint}`.includes(secret)

const redact = (text: string, secrets: readonly string[]) =>
  secrets.reduce((rest, secret) => (secret.length < SECRET_LENGTH_MIN ? rest : rest.replaceAll(secret, REDACTED)), text)

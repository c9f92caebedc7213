/**
 * One way to tell people of an incident. A file beside this one that declares a channel makes it a type that the settings can
 * name. A message may come twice, with the same id; messages of one incident come in order.
 */
import { z } from 'zod'
import type { Log } from '../../../../kernel/log.ts'
import type { AlertMessage } from '../alert-message.ts'
import type { Post } from '../safe-post.ts'

export interface ChannelContext {
  /** Aborted when sending takes too long or the program stops. */
  readonly signal: AbortSignal
  /** POST to a judged address, without redirects, with limits. */
  readonly post: Post
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now: number
  /** What paths in settings are relative to. */
  readonly folder: string
  /** Where people find this server, for links: without a slash at the end. */
  readonly publicUrl?: string | undefined
}

export interface Channel {
  readonly id: string
  readonly title: string
  readonly settings: z.ZodObject
  /** Settings that are secret: taken out of everything that is said about the channel. */
  readonly secrets: readonly string[]
  /** Resolves when the receiver has it. Throws DeliveryRefused where trying again is of no use, anything else where it may be. */
  send(message: AlertMessage, settings: unknown, context: ChannelContext): Promise<void>
}

export function defineChannel<S extends z.ZodObject>(
  spec: Omit<Channel, 'settings' | 'send' | 'secrets'> & {
    readonly settings: S
    readonly secrets?: readonly (keyof z.infer<S> & string)[]
    send(message: AlertMessage, settings: z.infer<S>, context: ChannelContext): Promise<void>
  },
): Channel {
  return Object.freeze<Channel>({
    secrets: [],
    ...spec,
    send: (message, settings, context) => spec.send(message, settings as z.infer<S>, context),
  })
}

/** Address of a receiver. A user name in it would end up in logs of proxies; headers and keys have their own settings. */
export const ReceiverUrl = z
  .url({ protocol: /^https?$/, error: 'an address begins with https:// or http://' })
  .max(2_000)
  .refine(
    (text) => URL.canParse(text) && new URL(text).username === '' && new URL(text).password === '',
    'an address has no user name and no password in it',
  )

export const AllowPrivate = z.boolean().describe('May the receiver be inside this network, or on this machine?')

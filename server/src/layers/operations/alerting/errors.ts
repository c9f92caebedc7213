import { defineError } from '../../../kernel/errors.ts'

/** A file of channel settings with problems, all of them in one message; no value is repeated, for it may be a secret. HTTP 422. */
export const ChannelSettingsInvalid = defineError({
  code: 'CHANNEL_SETTINGS_INVALID',
  status: 422,
  message: (d: { file: string; problems: readonly string[] }) =>
    `The channel settings in ${d.file} have ${d.problems.length === 1 ? 'a problem' : `${d.problems.length} problems`}:\n${d.problems.map((problem) => `  - ${problem}`).join('\n')}`,
  hint: () => 'docs/guides/alerts.md has an example for every channel.',
})

/** A channel that a contract or a command names and that is not set up. HTTP 422. */
export const ChannelUnknown = defineError({
  code: 'CHANNEL_UNKNOWN',
  status: 422,
  message: (d: { channel: string; known: readonly string[]; isType: boolean }) =>
    d.isType ? `The channel "${d.channel}" is not set up: nothing says where it leads.` : `There is no channel "${d.channel}".`,
  hint: (d) =>
    `Set it up in the file that SEAWORTHY_CHANNELS_FILE names (docs/guides/alerts.md), or use one of: ${d.known.join(', ')}.`,
})

/** An address inside the network that nobody allowed a channel to reach. HTTP 422. */
export const AddressRefused = defineError({
  code: 'ADDRESS_REFUSED',
  status: 422,
  message: (d: { host: string; address: string; isNever: boolean }) =>
    `${d.host} is ${d.address}, ${d.isNever ? 'where no receiver can be' : 'an address inside the network'}.`,
  hint: (d) =>
    d.isNever
      ? 'Name a receiver by its public or private address; link-local and metadata addresses are never asked.'
      : 'If the receiver is meant to be there, say allow-private: true in the settings of the channel.',
})

/** A receiver that will not take this message, however often it is sent. HTTP 422. */
export const DeliveryRefused = defineError({
  code: 'DELIVERY_REFUSED',
  status: 422,
  message: (d: { host: string; explanation: string }) => `${d.host} refused the message: ${d.explanation}.`,
  hint: () => 'Compare address, key and settings of the channel with what the receiver asks for.',
})

/** A receiver that did not answer, or not now. HTTP 503. */
export const DeliveryFailed = defineError({
  code: 'DELIVERY_FAILED',
  status: 503,
  message: (d: { host: string; explanation: string; retryAfterMs?: number | undefined }) =>
    `${d.host} did not take the message: ${d.explanation}.`,
  hint: () => 'Messages of incidents are sent again by themselves; look whether the receiver is up and can be reached from here.',
})

import type { AlertIncident, AlertMessage } from './alert-message.ts'

export interface ChannelTest {
  readonly id: string
  readonly channel: string
  readonly at: number
  readonly actor: string
}

/** What a channel tells when somebody only wants to know whether it works: the form of an incident, and nothing that happened. */
export function testMessageOf({ id, channel, at, actor }: ChannelTest): AlertMessage {
  const incident: AlertIncident = {
    id: 0,
    uid: `test-${id}`,
    deployment: 'seaworthy',
    state: 'open',
    severity: 'warning',
    title: `A test of the channel ${channel}, asked for by ${actor}`,
    since: at,
    openedAt: at,
    window: { from: at, to: at },
    ...{ causes: [], causesCount: 0, consequences: [], consequencesCount: 0, changes: [], examples: [] },
    advice: { sentence: 'Nothing is to be done', command: 'seaworthy alerts' },
  }
  return { id, event: 'test', at, incident }
}

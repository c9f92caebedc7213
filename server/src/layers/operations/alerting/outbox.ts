/**
 * Messages that are to be sent, written in the transaction of the change that they tell of: neither is a change without its
 * message nor a message without its change, whatever dies when. The courier sends them afterwards.
 */
import type { Tx } from '../../../platform/db/database.ts'
import type { AlertMessage } from './alert-message.ts'

export interface OutgoingAlert {
  readonly message: Omit<AlertMessage, 'id'>
  /** Names of channels. */
  readonly channels: Iterable<string>
}

/** One row a channel. Ids sort in the order of writing, and a channel hears of an incident in that order. */
export async function enqueueAlert(tx: Tx, { message, channels }: OutgoingAlert, ids: () => string): Promise<void> {
  const rows = Array.from(new Set(channels), (channel) => ({
    id: ids(),
    incident: message.incident.id,
    channel,
    event: message.event,
    message: JSON.stringify(message),
    state: 'waiting',
    attempt: 0,
    next_at: message.at,
    lease_until: null,
    error: null,
    created_at: message.at,
    finished_at: null,
  }))
  if (rows.length > 0) await tx.insertInto('delivery').values(rows).execute()
}

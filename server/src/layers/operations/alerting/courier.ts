/**
 * Brings what lies in the outbox to its channels, at least once. A message is taken by a lease; a process that dies while it sends
 * leaves it to the next, under the same id. Channels do not wait for each other, and of one incident a channel hears in order: what
 * cannot be sent holds back what came after it until it is sent or given up.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../../../kernel/clock.ts'
import { AppError } from '../../../kernel/errors.ts'
import type { Log } from '../../../kernel/log.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { DeliveryTable } from '../../../platform/db/operations-tables.ts'
import type { AlertMessage } from './alert-message.ts'
import { type ConfiguredChannels, SEND_MS_MAX } from './configured-channels.ts'
import { AddressRefused, ChannelUnknown, DeliveryFailed, DeliveryRefused } from './errors.ts'

const LOOK_MS = 1_000
/** Longer than sending may take, so that what is being sent is not sent by another process, too. */
const LEASE_MS = 2 * SEND_MS_MAX
const RETRY_MS_MIN = 5_000
const RETRY_MS_MAX = 15 * 60_000
/** Newest failures among which the last of each channel is looked for. */
const ERRORS_READ_MAX = 500
/** Messages taken in one look. */
const TAKEN_MAX = 100
const ERROR_LENGTH_MAX = 500

export interface ChannelHealth {
  readonly channel: string
  readonly waiting: number
  readonly sent: number
  readonly givenUp: number
  readonly lastSentAt?: number
  /** Of the newest message that is not sent. */
  readonly lastError?: string
}

export interface Courier {
  /** Sends what is due, once; says how many reached their receiver. Called by itself every second between `start` and `stop`. */
  deliverDue(): Promise<number>
  start(): void
  /** Waits for what is being sent, cutting it short. */
  stop(): Promise<void>
  /** Of every channel that is set up or has messages. */
  health(): Promise<readonly ChannelHealth[]>
}

export interface CourierOptions {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly channels: ConfiguredChannels
  /** A message is given up after so many attempts. */
  readonly attemptsMax: number
  /** Run at each look before sending: what time alone changes about incidents. */
  readonly beforeLook?: () => Promise<unknown>
  /** Told of each end of an attempt. */
  readonly onEnd?: (channel: string, end: 'sent' | 'failed' | 'given-up') => void
  /** In 0..1, for the jitter of retries. */
  readonly random?: () => number
}

export function createCourier(options: CourierOptions): Courier {
  const { db, channels, clock, log, beforeLook } = options
  const stopping = new AbortController()
  /** By channel, what is on its way. */
  const sending = new Map<string, Promise<number>>()
  let running: Promise<void> | undefined
  let wake: () => void = () => {}
  const begin = async (): Promise<readonly Promise<number>[]> => {
    const due = await readDue(db, clock.now(), [...sending.keys()])
    return Array.from(
      Map.groupBy(due, ({ channel }) => channel),
      ([channel, rows]) => {
        const sent = deliverInOrder(rows, options, stopping.signal).finally(() => sending.delete(channel))
        sending.set(channel, sent)
        return sent
      },
    )
  }
  const complain = (error: unknown) =>
    log.error('alerts cannot be sent', { error: error instanceof Error ? error.stack : String(error) })
  const look = async () => {
    while (!stopping.signal.aborted) {
      try {
        await beforeLook?.()
        // Where one was sent, the next one for the same ears may be due.
        for (const sent of await begin()) sent.then((count) => count > 0 && wake(), complain)
      } catch (error) {
        complain(error)
      }
      await restUntil((resolve) => (wake = resolve), stopping.signal)
    }
  }
  return Object.freeze<Courier>({
    async deliverDue() {
      const sent = await Promise.all(await begin())
      return sent.reduce((sum, count) => sum + count, 0)
    },
    start: () => void (running ??= look()),
    async stop() {
      stopping.abort()
      await running
      await Promise.allSettled(sending.values())
    },
    health: () => readHealth(db, channels),
  })
}

/** Rests until the next look, or until it is woken. */
async function restUntil(onWake: (wake: () => void) => void, stopping: AbortSignal): Promise<void> {
  const woken = new AbortController()
  onWake(() => woken.abort())
  await pause(LOOK_MS, undefined, { signal: AbortSignal.any([woken.signal, stopping]) }).catch(() => {})
}

/** What is due for channels that are not busy, and whose forerunner for the same ears is not waiting. */
const readDue = (db: Database, now: number, busy: readonly string[]): Promise<DeliveryTable[]> =>
  db.kysely
    .selectFrom('delivery')
    .selectAll()
    .where('state', '=', 'waiting')
    .$if(busy.length > 0, (query) => query.where('channel', 'not in', busy))
    .where('next_at', '<=', now)
    .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)]))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('delivery as earlier')
            .select('earlier.id')
            .whereRef('earlier.incident', '=', 'delivery.incident')
            .whereRef('earlier.channel', '=', 'delivery.channel')
            .whereRef('earlier.id', '<', 'delivery.id')
            .where('earlier.state', '=', 'waiting'),
        ),
      ),
    )
    .orderBy('id')
    .limit(TAKEN_MAX)
    .execute()

async function deliverInOrder(rows: readonly DeliveryTable[], options: CourierOptions, signal: AbortSignal): Promise<number> {
  let sent = 0
  for (const { id } of rows) {
    if (signal.aborted) break
    const row = await take(id, options)
    if (row !== undefined && (await deliver(row, options, signal))) sent += 1
  }
  return sent
}

/** Undefined when another process has it. */
const take = (id: string, { db, clock }: CourierOptions): Promise<DeliveryTable | undefined> =>
  db.kysely
    .updateTable('delivery')
    .set((eb) => ({ lease_until: clock.now() + LEASE_MS, attempt: eb('attempt', '+', 1) }))
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', clock.now())]))
    .returningAll()
    .executeTakeFirst()

async function deliver(row: DeliveryTable, options: CourierOptions, signal: AbortSignal): Promise<boolean> {
  const { channels, clock, onEnd } = options
  const message: AlertMessage = { ...(JSON.parse(row.message) as Omit<AlertMessage, 'id'>), id: row.id }
  try {
    await channels.send(row.channel, message, signal)
  } catch (error) {
    // Cut short by the end of the program: that is nobody's failure.
    if (signal.aborted) await write(row, { lease_until: null, attempt: row.attempt - 1 }, options)
    else await fail(row, error, options)
    return false
  }
  await write(row, { state: 'sent', finished_at: clock.now(), lease_until: null, error: null }, options)
  onEnd?.(row.channel, 'sent')
  return true
}

async function fail(row: DeliveryTable, failure: unknown, options: CourierOptions): Promise<void> {
  const { clock, log, attemptsMax, onEnd } = options
  const now = clock.now()
  const error = (failure instanceof AppError ? `${failure.code}: ${failure.message}` : 'INTERNAL').slice(0, ERROR_LENGTH_MAX)
  const facts = { channel: row.channel, incident: row.incident, event: row.event, attempt: row.attempt, error }
  if (isFinal(failure) || row.attempt >= attemptsMax) {
    await write(row, { state: 'given-up', finished_at: now, lease_until: null, error }, options)
    log.error('an alert was given up and reached nobody', facts)
    onEnd?.(row.channel, 'given-up')
    return
  }
  await write(row, { next_at: now + retryMs(row.attempt, failure, options), lease_until: null, error }, options)
  log.info('an alert will be sent again', facts)
  onEnd?.(row.channel, 'failed')
}

const write = (row: DeliveryTable, set: Partial<DeliveryTable>, { db }: CourierOptions) =>
  db.kysely.updateTable('delivery').set(set).where('id', '=', row.id).where('state', '=', 'waiting').execute()

const isFinal = (failure: unknown) =>
  failure instanceof DeliveryRefused || failure instanceof ChannelUnknown || failure instanceof AddressRefused

/** Doubling with jitter, so that what failed together does not come back together; later where the receiver says so. */
function retryMs(attempt: number, failure: unknown, { random = Math.random }: CourierOptions): number {
  const doubled = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** (attempt - 1))
  const asked = failure instanceof DeliveryFailed ? (failure.details.retryAfterMs ?? 0) : 0
  return Math.round(Math.max(asked, doubled * (0.5 + random() / 2)))
}

async function readHealth(db: Database, { all }: ConfiguredChannels): Promise<readonly ChannelHealth[]> {
  const counts = await db.kysely
    .selectFrom('delivery')
    .select((eb) => ['channel', 'state', eb.fn.countAll<number>().as('count'), eb.fn.max('finished_at').as('finished')])
    .groupBy(['channel', 'state'])
    .execute()
  const errors = await db.kysely
    .selectFrom('delivery')
    .select(['channel', 'error'])
    .where('state', '!=', 'sent')
    .where('error', 'is not', null)
    .orderBy('id', 'desc')
    .limit(ERRORS_READ_MAX)
    .execute()
  const names = new Set([...all.map(({ name }) => name), ...counts.map(({ channel }) => channel)])
  return Array.from(names, (channel) => {
    const of = (state: DeliveryTable['state']) => counts.find((row) => row.channel === channel && row.state === state)
    const countOf = (state: DeliveryTable['state']) => Number(of(state)?.count ?? 0)
    const lastSentAt = of('sent')?.finished
    const lastError = errors.find((row) => row.channel === channel)?.error
    return {
      ...{ channel, waiting: countOf('waiting'), sent: countOf('sent'), givenUp: countOf('given-up') },
      ...(typeof lastSentAt === 'number' ? { lastSentAt } : {}),
      ...(typeof lastError === 'string' ? { lastError } : {}),
    }
  }).toSorted((a, b) => a.channel.localeCompare(b.channel))
}

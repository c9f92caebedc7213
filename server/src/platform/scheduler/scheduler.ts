/**
 * Jobs by the clock: cron expressions with a time zone, kept as rows. A row says when it is next due; who moves that time
 * forward enqueues the job, so two processes make one job of one fire; a kill between the two loses one fire, never more. After a time in which nothing
 * ran, what was missed is made up for once, not once for each time.
 */
import { Cron } from 'croner'
import type { Clock } from '../../kernel/clock.ts'
import { defineError } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { Database } from '../db/database.ts'
import type { JobQueue } from '../jobs/job-queue.ts'

const LOOK_MS = 1_000

/** A cron expression or time zone that cannot be understood. HTTP 422. */
export const ScheduleInvalid = defineError({
  code: 'SCHEDULE_INVALID',
  status: 422,
  message: (d: { name: string; cron: string; explanation: string }) =>
    `The schedule "${d.name}" (${d.cron}) is not valid: ${d.explanation}.`,
  hint: () => 'Write minute, hour, day, month, weekday, as in "30 2 * * *", and a time zone as in "Europe/Berlin".',
})

export interface Schedule {
  readonly name: string
  /** Five fields, or six with seconds first. */
  readonly cron: string
  /** IANA name, such as `Europe/Berlin`. Summer time is obeyed. */
  readonly timeZone: string
  readonly kind: string
  readonly input: unknown
}

export interface Scheduler {
  /** Adds a schedule, or changes the one with this name; one that is unchanged keeps its next time. */
  put(schedule: Schedule): Promise<void>
  /** Enqueues what is due; says how many jobs. Called by itself every second between `start` and `stop`. */
  fireDue(): Promise<number>
  start(): void
  stop(): Promise<void>
}

/** First time after `afterMs`, milliseconds since 1970. Throws ScheduleInvalid. */
export function nextTime({ name, cron, timeZone }: Pick<Schedule, 'name' | 'cron' | 'timeZone'>, afterMs: number): number {
  try {
    const next = new Cron(cron, { timezone: timeZone, paused: true }).nextRun(new Date(afterMs))
    if (next === null) throw new Error('it never comes')
    return next.getTime()
  } catch (cause) {
    const explanation = cause instanceof Error ? cause.message.replace(/^CronPattern: /, '') : String(cause)
    throw new ScheduleInvalid({ name, cron: `${cron}, ${timeZone}`, explanation }, { cause })
  }
}

export interface SchedulerOptions {
  readonly db: Database
  readonly queue: Pick<JobQueue, 'enqueue'>
  readonly clock: Clock
  readonly log: Log
  /** How often a job of this kind is tried. */
  attemptsMaxOf(kind: string): number
}

export function createScheduler({ db, queue, clock, log, attemptsMaxOf }: SchedulerOptions): Scheduler {
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<number> = Promise.resolve(0)

  const fireDue = async (): Promise<number> => {
    const now = clock.now()
    const due = await db.kysely.selectFrom('schedule').selectAll().where('enabled', '=', 1).where('next_at', '<=', now).execute()
    let fired = 0
    for (const row of due) {
      const next = nextTime({ name: row.name, cron: row.cron, timeZone: row.time_zone }, now)
      const moved = await db.kysely
        .updateTable('schedule')
        .set({ next_at: next, last_at: now })
        .where('name', '=', row.name)
        .where('next_at', '=', row.next_at)
        .executeTakeFirst()
      if (moved.numUpdatedRows === 0n) continue
      const how = { uniqueKey: `schedule/${row.name}`, attemptsMax: attemptsMaxOf(row.kind) }
      await queue.enqueue(row.kind, JSON.parse(row.input), how)
      fired += 1
    }
    return fired
  }
  const look = () => {
    looking = looking
      .then(fireDue)
      .catch((error: unknown) => (log.error('schedules cannot be read', { error: String(error) }), 0))
  }

  return Object.freeze<Scheduler>({
    fireDue,
    async put(schedule) {
      const next = nextTime(schedule, clock.now())
      const row = {
        cron: schedule.cron,
        time_zone: schedule.timeZone,
        kind: schedule.kind,
        input: JSON.stringify(schedule.input ?? null),
      }
      await db.transaction(async (tx) => {
        const old = await tx.selectFrom('schedule').selectAll().where('name', '=', schedule.name).executeTakeFirst()
        if (old === undefined) {
          const values = { name: schedule.name, ...row, enabled: 1, next_at: next, last_at: null }
          await tx
            .insertInto('schedule')
            .values(values)
            .onConflict((conflict) => conflict.doNothing())
            .execute()
          return
        }
        const moved = old.cron !== row.cron || old.time_zone !== row.time_zone ? { next_at: next } : {}
        await tx
          .updateTable('schedule')
          .set({ ...row, ...moved })
          .where('name', '=', schedule.name)
          .execute()
      })
    },
    start() {
      timer ??= setInterval(look, LOOK_MS)
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      await looking
    },
  })
}

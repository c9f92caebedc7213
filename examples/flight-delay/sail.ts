/**
 * Months of flights as live traffic. The clock follows the flights: each is sent at the moment at which it left, and what became
 * of it is told within a day, as arrivals are. Nothing waits for that time to pass.
 */
import type { Client } from '@seaworthy/api/client'
import { recordOutcomes } from '@seaworthy/api/operations'
import type { Logbook, Untold } from './logbook.ts'
import type { VoyageServer } from './server.ts'
import { createProgress, day, number } from './stage.ts'
import { type Answer, type LiveFlight, readFlights, sendFlights } from './traffic.ts'

export const DEPLOYMENT = 'flight-delay'
export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
export const WEEK_MS = 7 * DAY_MS
/** Outcomes are told each quarter of a day, those of flights that left three quarters of a day before or earlier. */
const WATCH_MS = 6 * HOUR_MS
const TOLD_AFTER_MS = 18 * HOUR_MS
const CLOCK_STEP_MS = 600_000
const CREWS = 32
const OUTCOMES_AT_ONCE = 10_000
/** Schedules are asked each minute, and a window is looked at a second after its end. */
export const LOOK_MS = 61_000
const KILOMETRES = 1.609344

export interface Ship {
  readonly server: VoyageServer
  readonly client: Client
  readonly liveFile: string
  readonly logbook: Logbook
  readonly signal: AbortSignal
}
export interface Course {
  /** Up to this moment, milliseconds since 1970; a whole number of quarters of a day after the last. */
  readonly to: number
  /** The server catches up with its clock this often. Default: a week. */
  readonly catchUpMs?: number
  /** The upstream fault: distances come in kilometres. */
  readonly isKilometres?: boolean
  /** Asked after each catching up; true ends it early. */
  isThere?(): Promise<boolean>
}
export interface Passage {
  readonly answers: readonly Answer[]
  readonly failed: number
  readonly seconds: number
}

/** Says one line of what was sent. */
export async function sail(ship: Ship, course: Course): Promise<Passage> {
  const { server, logbook, signal, client } = ship
  const { catchUpMs = WEEK_MS, isThere = async () => false } = course
  const from = logbook.page().sentUntil
  const flights = from >= course.to ? [] : await readFlights(ship.liveFile, { from, to: course.to })
  const progress = createProgress()
  const startedAt = performance.now()
  const answers: Answer[] = []
  let [failed, next, at] = [0, 0, from]
  let isOver = false
  while (at < course.to && !isOver) {
    const until = at + WATCH_MS
    const end = flights.findIndex((flight, i) => i >= next && flight.at >= until)
    const watch = flights.slice(next, end < 0 ? undefined : end)
    next += watch.length
    const report = await sendFlights(
      `${server.url}/v1/deployments/${DEPLOYMENT}/predict`,
      watch.map(course.isKilometres === true ? inKilometres : same),
      {
        crews: CREWS,
        signal,
        onFlight: createPilot(server),
      },
    )
    signal.throwIfAborted()
    answers.push(...report.answers)
    failed += report.failed
    at = until
    server.moveTo(at)
    const untold = [...logbook.page().untold, ...report.answers.map(untoldOf)]
    logbook.keep({ sentUntil: at, untold: await tell(client, untold, at - TOLD_AFTER_MS) })
    if ((at - from) % catchUpMs !== 0 && at < course.to) continue
    await server.catchUp(at + LOOK_MS)
    progress.show(`${day(at)}: ${number(answers.length)} flights`)
    isOver = await isThere()
    signal.throwIfAborted()
  }
  const seconds = (performance.now() - startedAt) / 1_000
  if (answers.length > 0) progress.done(lineOf(from, at, answers, failed, seconds))
  return { answers, failed, seconds }
}

function lineOf(from: number, to: number, answers: readonly Answer[], failed: number, seconds: number): string {
  const late = answers.filter((answer) => answer.late).length / answers.length
  return `${day(from)} to ${day(to)}: ${number(answers.length)} flights, ${number(100 * late, 1)} % late; ${failed} requests failed, ${number(seconds, 1)} s`
}

/** Keeps the clock with the flights, in steps. */
function createPilot(server: VoyageServer): (flight: LiveFlight) => void {
  let movedTo = 0
  return ({ at }) => {
    if (at < movedTo + CLOCK_STEP_MS) return
    movedTo = at
    server.moveTo(at)
  }
}

async function tell(client: Client, untold: readonly Untold[], before: number): Promise<readonly Untold[]> {
  const due = untold.filter(({ at }) => at <= before)
  for (let from = 0; from < due.length; from += OUTCOMES_AT_ONCE) {
    const outcomes = due.slice(from, from + OUTCOMES_AT_ONCE).map(({ id, late }) => ({ id, outcome: late }))
    await client.call(recordOutcomes, { params: { deployment: DEPLOYMENT }, body: { outcomes } })
  }
  return due.length === 0 ? untold : untold.filter(({ at }) => at > before)
}

const untoldOf = ({ predictionId: id, late, at }: Answer): Untold => ({ id, late, at })
const same = (flight: LiveFlight) => flight
const inKilometres = (live: LiveFlight): LiveFlight => ({
  ...live,
  flight: { ...live.flight, distance: Math.round(live.flight.distance * KILOMETRES) },
})

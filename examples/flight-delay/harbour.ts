/**
 * `seaworthy start` with another clock: one that the voyage moves ahead, so that months pass in minutes. It is the program as it
 * is, composed here with a clock of our own; what is installed has no such switch. The clock runs as any does, jumps when the
 * parent process says so over its channel, and never goes back. Its time is kept beside the state, for the next start.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { loadConfig } from '../../server/src/config/load-config.ts'
import { startServer } from '../../server/src/main/start.ts'
import { createLog } from '../../server/src/platform/telemetry/create-log.ts'
import { DEPARTURE_MS, type Done, type Order } from './orders.ts'

const config = loadConfig(process.env)
const home = path.resolve(config.SEAWORTHY_HOME)
const timeFile = path.join(home, 'clock.json')
const clock = createFastClock(Math.max(DEPARTURE_MS, readTime()))
const stop = new AbortController()
for (const event of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.on(event, () => stop.abort())

await startServer({
  version: readVersion(),
  config,
  home,
  clock,
  log: createLog(config.SEAWORTHY_LOG_LEVEL),
  environment: process.env,
  signal: stop.signal,
  onReady(_, { catchUp }) {
    process.on('message', ({ id, moveTo, isCatchUp }: Order) => {
      const move = () => clock.moveTo(moveTo)
      if (!isCatchUp) move()
      else
        catchUp(move).then(
          () => tell({ id, now: clock.now() }),
          (error: unknown) => tell({ id, now: clock.now(), error: String(error) }),
        )
    })
  },
})
if (process.connected) process.disconnect!()

function tell(done: Done): void {
  writeFileSync(timeFile, JSON.stringify({ now: done.now }))
  if (process.connected) process.send!(done)
}

function createFastClock(startMs: number) {
  let [atMs, since] = [startMs, performance.now()]
  const now = () => Math.floor(atMs + performance.now() - since)
  const moveTo = (ms: number) => void ([atMs, since] = [Math.max(ms, now()), performance.now()])
  return Object.freeze({ now, moveTo })
}

/** 0 before the first voyage. */
function readTime(): number {
  try {
    return (JSON.parse(readFileSync(timeFile, 'utf8')) as { now: number }).now
  } catch {
    return 0
  }
}

function readVersion(): string {
  const file = new URL('../../server/package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

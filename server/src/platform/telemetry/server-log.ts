/** Where the log of a server goes when standard error is read by a person: whole into a file, warnings to the person too. */
import { appendFileSync, renameSync, statSync } from 'node:fs'
import type { Log } from '../../kernel/log.ts'
import { createLog, type LogLevel } from './create-log.ts'

/** A log larger than this, in bytes, is set aside when a server starts, and the one set aside before it goes. */
const LOG_BYTES_MAX = 16 * 1_024 * 1_024

/** A file that cannot be written to is told once; a server does not stop for its log. */
export function createServerLog(file: string, level: LogLevel, person: Log): Log {
  setLongLogAside(file)
  let failed = false
  const write = (line: string) => {
    if (failed) return
    try {
      appendFileSync(file, line)
    } catch (error) {
      failed = true
      person.warn('the log cannot be written', { file, error: String(error) })
    }
  }
  const written = createLog(level, { write })
  const both = (severity: keyof Log) => (event: string, facts?: Readonly<Record<string, unknown>>) => {
    written[severity](event, facts)
    person[severity](event, facts)
  }
  return Object.freeze<Log>({ debug: both('debug'), info: both('info'), warn: both('warn'), error: both('error') })
}

/** Keeps a log from growing for ever: `server.log` becomes `server.log.1`. */
export function setLongLogAside(file: string): void {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (bytes <= LOG_BYTES_MAX) return
  try {
    renameSync(file, `${file}.1`)
  } catch {
    // Somebody else sets it aside, or may; a long log harms nobody today.
  }
}

import { pino, stdTimeFunctions } from 'pino'
import type { Log } from '../../kernel/log.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Names under which secrets travel. They are hidden at any depth that a log line of ours has. */
const SECRETS = ['password', 'token', 'secret', 'authorization', 'cookie', 'apiKey', 'privateKey']
/** Up to the last @ of the address, because a password may hold one. */
const PASSWORD_IN_URL = /\/\/([^\s/:@"]*):[^\s/"]+@/g

/** JSON lines on standard error: an event in plain words, then its facts. Secrets are hidden, by name and in addresses. */
export function createLog(level: LogLevel, to: { write(line: string): unknown } = process.stderr): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'event',
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[hidden]' },
    },
    { write: (line: string) => void to.write(line.replace(PASSWORD_IN_URL, '//$1:[hidden]@')) },
  )
  return Object.freeze<Log>({
    debug: (event, facts) => logger.debug(facts ?? {}, event),
    info: (event, facts) => logger.info(facts ?? {}, event),
    warn: (event, facts) => logger.warn(facts ?? {}, event),
    error: (event, facts) => logger.error(facts ?? {}, event),
  })
}

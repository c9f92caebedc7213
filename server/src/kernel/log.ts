/** Structured log: an event in plain words and the facts that belong to it. Never log inputs, secrets or whole bodies. */
export interface Log {
  debug(event: string, facts?: Readonly<Record<string, unknown>>): void
  info(event: string, facts?: Readonly<Record<string, unknown>>): void
  warn(event: string, facts?: Readonly<Record<string, unknown>>): void
  error(event: string, facts?: Readonly<Record<string, unknown>>): void
}

export const silentLog: Log = Object.freeze({ debug() {}, info() {}, warn() {}, error() {} })

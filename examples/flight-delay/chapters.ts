/** What every chapter of the voyage has at hand, and how one that is over is kept and not told twice. */
import type { Ship } from './sail.ts'
import { chapter, say } from './stage.ts'

export interface Voyage {
  readonly ship: Ship
  /** Folder of the project. */
  readonly folder: string
  /** Folder of the state. */
  readonly home: string
  /** Absolute path of a prepared table. */
  tableFile(name: string): string
  /** A command of the program, as a user types it, with the first lines of what it says. */
  run(args: readonly string[], options?: { readonly actor?: string; readonly lines?: number }): Promise<void>
  /** The same of one that has to be refused; says why it was. */
  refused(args: readonly string[]): Promise<void>
  /** The moment until which flights were sent, milliseconds since 1970. */
  now(): number
}
export interface Told {
  /** For the table at the end. */
  readonly what: string
  /** To see it again, without `npx seaworthy`. */
  readonly command: string
}

export async function once(voyage: Voyage, place: number, title: string, step: string, work: () => Promise<Told>): Promise<void> {
  const { logbook } = voyage.ship
  chapter(place, title)
  const known = logbook.page().entries[step]
  if (known !== undefined) return void say(`  ✓ ${known.what}, already`)
  const startedAt = performance.now()
  const told = await work()
  const entry = { step, ...told, at: voyage.now(), seconds: (performance.now() - startedAt) / 1_000 }
  logbook.keep({ entries: { ...logbook.page().entries, [step]: entry } })
}

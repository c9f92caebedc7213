/** How far the voyage has come, in a file beside the state, so that it can be stopped at any moment and goes on from there. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** A chapter that is over, as the table at the end tells it. */
export interface Entry {
  readonly step: string
  readonly what: string
  /** Milliseconds since 1970, by the clock of the voyage. */
  readonly at: number
  readonly seconds: number
  readonly command: string
}
/** What happened to a flight that was predicted, not told yet. */
export interface Untold {
  readonly id: string
  readonly late: boolean
  readonly at: number
}
interface Page {
  /** Flights that left before this moment have been sent. */
  readonly sentUntil: number
  readonly untold: readonly Untold[]
  readonly entries: Readonly<Record<string, Entry>>
}

export interface Logbook {
  page(): Page
  keep(change: Partial<Page>): void
}

export function openLogbook(file: string, sentUntil: number): Logbook {
  let page: Page = read(file) ?? { sentUntil, untold: [], entries: {} }
  return Object.freeze<Logbook>({
    page: () => page,
    keep(change) {
      page = { ...page, ...change }
      writeFileSync(`${file}.tmp`, JSON.stringify(page))
      renameSync(`${file}.tmp`, file)
    },
  })
}

function read(file: string): Page | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Page
  } catch {
    return undefined
  }
}

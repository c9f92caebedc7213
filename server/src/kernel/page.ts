/** A part of a list. `next` is the cursor of the part after it, absent on the last. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
}

export interface PageRequest {
  /** Most items, 1 to 1000. */
  readonly limit: number
  /** `next` of the page before. */
  readonly cursor?: string | undefined
}

/** Who changes something, and why: what every audit entry needs of a caller. */
export interface Authorship {
  /** The person or the process that asked. */
  readonly actor: string
  readonly reason?: string | undefined
}

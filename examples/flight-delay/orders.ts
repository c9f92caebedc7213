/** What the voyage says to the process that has the server and its clock (harbour.ts), and what that answers. */

/** Be at this moment, milliseconds since 1970; `isCatchUp`: do all that the clock has come to, and say when that is done. */
export interface Order {
  readonly id: number
  readonly moveTo: number
  readonly isCatchUp: boolean
}
export interface Done {
  readonly id: number
  readonly now: number
  readonly error?: string
}

/** 15 February 2001, 00:00 UTC: the model has learned from January, and is checked on the fortnight after. */
export const DEPARTURE_MS = Date.UTC(2001, 1, 15)

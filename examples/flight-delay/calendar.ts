/** The dates of the voyage, milliseconds since 1970. Windows are weeks from Thursday to Thursday, as weeks since 1970 are. */
export const MARCH_MS = Date.UTC(2001, 2, 1)
/** Four weeks of live traffic, and the week in which the outcomes of the last day come. */
export const FOUR_WEEKS_MS = Date.UTC(2001, 2, 22)
/** The fewest flights of the year are late in the last week of April and the first two of May. */
export const MAY_MS = Date.UTC(2001, 4, 31)
/** From here on the distance comes in kilometres. */
export const FAULT_MS = Date.UTC(2001, 5, 7)
export const FAULT_SEEN_MS = Date.UTC(2001, 5, 21)
export const END_MS = Date.UTC(2001, 6, 1)

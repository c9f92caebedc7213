const MONTH_MS = 30 * 86_400_000
/** Beyond this a monitor would cry more often than not over a few windows. */
const RATE_MAX = 0.2

/**
 * The false-alarm rate of one window that a user gets who asks for so many false alarms a month. An incident that takes
 * `sustained` breaches in a row is raised by chance only when all of them are, so each may be more sensitive.
 *
 * @param perMonth Above 0; 1 is one false alarm in 30 days.  @param windowMs Length of a window, in milliseconds.
 */
export function falseAlarmRateOf(perMonth: number, windowMs: number, sustained = 1): number {
  return Math.min(RATE_MAX, ((perMonth * windowMs) / MONTH_MS) ** (1 / sustained))
}

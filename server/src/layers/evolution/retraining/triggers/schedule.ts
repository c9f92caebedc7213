import { durationMs } from '../../../../contract/duration.ts'
import { defineTrigger, moment } from './contract.ts'

/** Time alone: what the version knows grows old, whether anybody has noticed or not. */
export const scheduleTrigger = defineTrigger({
  id: 'schedule',
  title: 'Time since the last one (maintenance.retrain.every)',
  applies: ({ maintenance }) => maintenance.retrain?.every !== undefined,
  due({ contract, now, since }) {
    const every = contract.maintenance.retrain!.every!
    const next = since + durationMs(every)
    const numbers = { every, since, next }
    return now >= next
      ? { due: true, reason: `${every} have passed since ${moment(since)}`, numbers }
      : { due: false, reason: `every ${every}; next at ${moment(next)}`, numbers }
  },
})

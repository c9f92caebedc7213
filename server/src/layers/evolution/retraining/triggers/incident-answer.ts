import type { OpenIncident } from '../../../operations/index.ts'
import type { TriggerAnswer, TriggerContext } from './contract.ts'

/** Due for an incident of one of these kinds that no retraining has answered yet. */
export async function answerIncidents(context: TriggerContext, kinds: readonly string[], noun: string): Promise<TriggerAnswer> {
  const open = await context.openIncidents()
  const ofKind = open.filter((incident) => incident.kinds.some((kind) => kinds.includes(kind)))
  const [first] = ofKind.filter(({ openedAt }) => openedAt > context.answeredUntil).toSorted((a, b) => a.id - b.id)
  if (first !== undefined)
    return { due: true, reason: reasonOf(first), numbers: { incident: first.id, openedAt: first.openedAt } }
  const answered = ofKind[0]
  if (answered === undefined) return { due: false, reason: `no open incident about ${noun}`, numbers: { incidents: 0 } }
  return {
    due: false,
    reason: `a retraining has answered incident ${answered.id} already: ${answered.title}`,
    numbers: { incident: answered.id, answeredUntil: context.answeredUntil },
  }
}

const reasonOf = ({ id, title }: OpenIncident): string => `incident ${id}: ${title}`

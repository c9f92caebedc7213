import { defineTrigger, isNamed } from './contract.ts'
import { answerIncidents } from './incident-answer.ts'

/** Outcomes, or an estimate of them, say that answers are worse than agreed. */
export const qualityTrigger = defineTrigger({
  id: 'quality',
  title: 'An open incident about quality',
  applies: (contract) => isNamed(contract, 'quality'),
  due: (context) => answerIncidents(context, ['quality'], 'quality'),
})

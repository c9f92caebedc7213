import { defineTrigger, isNamed } from './contract.ts'
import { answerIncidents } from './incident-answer.ts'

/** What is asked, or what is answered, is no longer like the training data. */
export const driftTrigger = defineTrigger({
  id: 'drift',
  title: 'An open incident about drift',
  applies: (contract) => isNamed(contract, 'drift'),
  due: (context) => answerIncidents(context, ['drift', 'prediction-drift'], 'drift'),
})

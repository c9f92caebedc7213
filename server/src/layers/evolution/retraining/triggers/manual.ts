import { defineTrigger } from './contract.ts'

/** A person asks. */
export const manualTrigger = defineTrigger({
  id: 'manual',
  title: 'Somebody asks for it (seaworthy retrain)',
  applies: () => true,
  due: ({ request }) =>
    request?.via === 'manual'
      ? { due: true, reason: request.reason ?? `${request.actor} asked for it`, numbers: {} }
      : { due: false, reason: 'nobody asks now', numbers: {} },
})

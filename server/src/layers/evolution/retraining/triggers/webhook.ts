import { defineTrigger, isNamed } from './contract.ts'

/** Another system asks: a pipeline that has finished, a catalogue that has changed. */
export const webhookTrigger = defineTrigger({
  id: 'webhook',
  title: 'Another system calls the retrain hook',
  applies: (contract) => isNamed(contract, 'webhook'),
  due: ({ request }) =>
    request?.via === 'webhook'
      ? { due: true, reason: request.reason ?? `${request.actor} called the retrain hook`, numbers: {} }
      : { due: false, reason: 'no call now', numbers: {} },
})

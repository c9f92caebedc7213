import { z } from 'zod'
import { headlineOf } from '../alert-text.ts'
import { defineChannel } from './contract.ts'

export const consoleChannel = defineChannel({
  id: 'console',
  title: 'The log of this server, and the terminal it was started in',
  settings: z.strictObject({}),
  async send(message, _, { log }) {
    const { incident, event } = message
    const facts =
      event === 'test'
        ? {}
        : { look: `seaworthy incidents show ${incident.id}`, deployment: incident.deployment, uid: incident.uid }
    if (event === 'resolve' || event === 'acknowledge') log.info(headlineOf(message), facts)
    else log.warn(headlineOf(message), facts)
  },
})

/** The typed client of these pages. Each change says who asks for it. */
import { createClient } from '@seaworthy/api/client'
import { hearServerTime } from '../format/now.ts'
import { currentActor } from './actor.ts'

const withActor = (init: RequestInit | undefined): RequestInit => {
  const actor = currentActor()
  return actor === undefined ? { ...init } : { ...init, headers: { ...init?.headers, 'x-actor': encodeURIComponent(actor) } }
}

export const client = createClient({
  baseUrl: globalThis.location.origin,
  async fetch(input, init) {
    const response = await fetch(input, withActor(init))
    hearServerTime(response.headers.get('date'))
    return response
  },
})

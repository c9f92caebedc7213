/**
 * Who may ask at all. A server that listens to its own machine only is reached by every page that the user's browser opens: by
 * its address, and by names that an attacker points at it (DNS rebinding). What such a page would send is refused here.
 */
import type { IncomingMessage } from 'node:http'
import type { AppError } from '../../kernel/errors.ts'
import { HostMissing, HostRefused, OriginRefused } from './errors.ts'

const HOSTS_OF_THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]', '::1'])

export const isThisMachine = (host: string) => HOSTS_OF_THIS_MACHINE.has(host)

/** Why the request is refused before anything else of it is looked at; undefined when it is not. */
export function refusalOf({ headers, method }: IncomingMessage, onlyThisMachine: boolean): AppError | undefined {
  const { host, origin } = headers
  if (host === undefined || host === '') return new HostMissing({})
  if (onlyThisMachine && !isThisMachine(nameOf(host))) return new HostRefused({ host: host.slice(0, 200) })
  if (origin !== undefined && method !== 'GET' && method !== 'HEAD' && !isSameOrigin(origin, host))
    return new OriginRefused({ origin: origin.slice(0, 200) })
  return undefined
}

/** Whether a prediction may pass to the data plane: as above, but open to pages of others once it is open to the network. */
export const mayPredict = (request: IncomingMessage, onlyThisMachine: boolean) =>
  !onlyThisMachine || refusalOf(request, true) === undefined

const nameOf = (host: string) => host.replace(/:\d+$/, '').toLowerCase()

/** Browsers send `Origin` with every change that a page asks for; programs send none. */
const isSameOrigin = (origin: string, host: string) => URL.canParse(origin) && new URL(origin).host === host

/** The version under check behind HTTP, as `seaworthy serve` would have it, in a process of its own on a free port of this machine. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { silentLog } from '../../../../kernel/log.ts'
import { createDataPlane } from '../../../serving/data-plane.ts'
import type { ServeOrder, ServeReply } from './load-message.ts'

const tell = (reply: ServeReply) => process.send?.(reply)

async function serve({ version, rules, serving }: ServeOrder): Promise<void> {
  const plane = createDataPlane({ ...serving, log: silentLog })
  await plane.setDeployment(version.model, [{ name: 'champion', share: 1, version, rules }])
  const server = createServer((request, response) => {
    if (!plane.handle(request, response)) response.writeHead(404).end()
  })
  // A connection that the server closes while it is being used again would count as an unanswered request.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  tell({ kind: 'listening', port: (server.address() as AddressInfo).port })
}

// Nobody is there to ask any more: the run is over, or the check died.
process.once('disconnect', () => process.exit(0))
process.once('message', (order: ServeOrder) => {
  serve(order).catch((cause: unknown) => tell({ kind: 'failed', reason: cause instanceof Error ? cause.message : String(cause) }))
})

/** A load generator on raw sockets: as many requests as `connections` keep-alive connections take, one in flight on each. */
import { connect, type Socket } from 'node:net'

export interface Load {
  readonly requests: number
  readonly requestsPerSecond: number
  readonly latencyMsP50: number
  readonly latencyMsP99: number
  readonly failures: number
}

export interface LoadOptions {
  readonly port: number
  readonly path: string
  readonly bodies: readonly string[]
  readonly connections: number
  readonly seconds: number
}

export async function runLoad({ port, path, bodies, connections, seconds }: LoadOptions): Promise<Load> {
  const requests = bodies.map((body) =>
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  )
  const latencies: number[] = []
  let failures = 0
  const start = performance.now()
  const endMs = start + seconds * 1_000
  await Promise.all(Array.from({ length: connections }, (_, i) => drive(i)))
  const elapsedS = (performance.now() - start) / 1_000
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN
  return {
    requests: latencies.length,
    requestsPerSecond: latencies.length / elapsedS,
    latencyMsP50: at(0.5),
    latencyMsP99: at(0.99),
    failures,
  }

  function drive(first: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
      let next = first
      let sentMs = 0
      let pending = ''
      const send = () => {
        sentMs = performance.now()
        socket.write(requests[next++ % requests.length]!)
      }
      socket.on('connect', send)
      socket.on('error', reject)
      socket.on('close', () => resolve())
      socket.on('data', (chunk: Buffer) => {
        pending += chunk.toString('latin1')
        if (!isWhole(pending)) return
        const now = performance.now()
        latencies.push(now - sentMs)
        if (!pending.startsWith('HTTP/1.1 200')) failures += 1
        pending = ''
        if (now < endMs) send()
        else socket.end()
      })
    })
  }
}

/** Whether the text holds a response to its last byte, by its Content-Length. */
function isWhole(text: string): boolean {
  const bodyAt = text.indexOf('\r\n\r\n')
  if (bodyAt < 0) return false
  const length = /content-length: *(\d+)/i.exec(text.slice(0, bodyAt))
  return length !== null && text.length >= bodyAt + 4 + Number(length[1])
}

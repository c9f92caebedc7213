/** Real flights as live traffic: one flight a request, many crews at once, in the order in which they left. */
import http from 'node:http'
import { DuckDBInstance } from '@duckdb/node-api'

export interface Flight {
  readonly hour: number
  readonly weekday: number
  readonly distance: number
  readonly origin: string
  readonly destination: string
}
export interface LiveFlight {
  /** When it left, milliseconds since 1970. */
  readonly at: number
  readonly flight: Flight
  readonly late: boolean
}
export interface Answer extends LiveFlight {
  readonly predictionId: string
  readonly version: number
  readonly probability: number
  readonly latencyMs: number
}
export interface TrafficReport {
  readonly answers: readonly Answer[]
  /** Requests that got no answer, or another one than 200. */
  readonly failed: number
}
export interface SendOptions {
  readonly crews: number
  readonly signal: AbortSignal
  /** Called before each flight is sent. */
  onFlight?(flight: LiveFlight): void
}

/** Flights that left in a span, in order. */
export async function readFlights(file: string, span: { readonly from: number; readonly to: number }): Promise<LiveFlight[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const rows = await connection.runAndReadAll(
      `select * from '${file}' where left_at >= ${span.from} and left_at < ${span.to} order by left_at`,
    )
    return rows.getRowObjectsJS().map(({ left_at: at, late, ...flight }) => {
      return { at: Number(at), flight: flight as unknown as Flight, late: late === true }
    })
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

export async function sendFlights(url: string, flights: readonly LiveFlight[], options: SendOptions): Promise<TrafficReport> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: options.crews })
  const answers: Answer[] = []
  let [next, failed] = [0, 0]
  const crew = async () => {
    while (next < flights.length && !options.signal.aborted) {
      const live = flights[next++]!
      options.onFlight?.(live)
      const sentAt = performance.now()
      const { status, body } = await post(agent, url, JSON.stringify({ instances: [live.flight] }))
      const latencyMs = performance.now() - sentAt
      if (status === 200) answers.push({ ...live, ...parseAnswer(body), latencyMs })
      else failed += 1
    }
  }
  try {
    await Promise.all(Array.from({ length: options.crews }, crew))
  } finally {
    agent.destroy()
  }
  return { answers, failed }
}

function parseAnswer(body: string): Pick<Answer, 'predictionId' | 'version' | 'probability'> {
  const reply = JSON.parse(body) as { version: number; predictions: [{ id: string; output: { late: number } }] }
  const [{ id, output }] = reply.predictions
  return { predictionId: id, version: reply.version, probability: output.late }
}

const NO_ANSWER = { status: 0, body: '' }

const post = (agent: http.Agent, url: string, body: string) =>
  new Promise<{ status: number; body: string }>((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'x-caller': 'gate-crew' }
    const request = http.request(url, { method: 'POST', agent, headers }, (reply) => {
      const chunks: Buffer[] = []
      reply.on('data', (chunk: Buffer) => chunks.push(chunk))
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
      reply.on('error', () => resolve(NO_ANSWER))
    })
    request.on('error', () => resolve(NO_ANSWER))
    request.end(body)
  })

export const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN

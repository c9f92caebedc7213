/** Sends real flights to a deployment as gate crews would: one flight a request, many crews at once. */
import http from 'node:http'
import { DuckDBInstance } from '@duckdb/node-api'

export interface Flight {
  readonly hour: number
  readonly weekday: number
  readonly distance: number
  readonly origin: string
  readonly destination: string
}
export interface Answer {
  readonly flight: Flight
  readonly late: boolean
  readonly predictionId: string
  readonly probability: number
  readonly latencyMs: number
}
export interface TrafficReport {
  readonly answers: readonly Answer[]
  readonly refused: number
  readonly seconds: number
}

/** Evenly spread rows of a table, in the order of time, with what really happened to each flight. */
export async function readFlights(file: string, count: number): Promise<{ flight: Flight; late: boolean }[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const rows = await connection.runAndReadAll(
      `select hour, weekday, distance, origin, destination, late from
         (select *, row_number() over () as n, count(*) over () as total from '${file}')
        where n % greatest(1, total // ${count}) = 0 order by n limit ${count}`,
    )
    return rows.getRowObjectsJS().map(({ late, ...flight }) => ({ flight: flight as unknown as Flight, late: late === true }))
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

export async function sendFlights(
  url: string,
  flights: readonly { flight: Flight; late: boolean }[],
  options: { readonly crews: number; readonly signal: AbortSignal; readonly onProgress: (done: number) => void },
): Promise<TrafficReport> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: options.crews })
  const answers: Answer[] = []
  let [next, refused] = [0, 0]
  const startedAt = performance.now()
  const crew = async () => {
    while (next < flights.length && !options.signal.aborted) {
      const { flight, late } = flights[next++]!
      const sentAt = performance.now()
      const { status, body } = await post(agent, url, JSON.stringify({ instances: [flight] }))
      const latencyMs = performance.now() - sentAt
      if (status !== 200) refused += 1
      else {
        const [prediction] = (JSON.parse(body) as { predictions: [{ id: string; output: { late: number } }] }).predictions
        answers.push({ flight, late, predictionId: prediction.id, probability: prediction.output.late, latencyMs })
      }
      if (next % 500 === 0) options.onProgress(next)
    }
  }
  try {
    await Promise.all(Array.from({ length: options.crews }, crew))
  } finally {
    agent.destroy()
  }
  return { answers, refused, seconds: (performance.now() - startedAt) / 1_000 }
}

const post = (agent: http.Agent, url: string, body: string) =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'x-caller': 'gate-crew' }
    const request = http.request(url, { method: 'POST', agent, headers }, (reply) => {
      const chunks: Buffer[] = []
      reply.on('data', (chunk: Buffer) => chunks.push(chunk))
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
    })
    request.on('error', reject)
    request.end(body)
  })

export const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN

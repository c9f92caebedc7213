/** The typed client: every declared endpoint is one call; a refused call throws the server's problem. */
import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { ApiProblem, Problem } from './problem.ts'

export interface ClientOptions {
  /** `http://127.0.0.1:8080`, without a path. */
  readonly baseUrl: string
  /** Who is recorded as the author of changes. */
  readonly actor?: string
  readonly fetch?: typeof fetch
}

interface CallInput<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly params?: z.input<P>
  readonly query?: Partial<z.input<Q>>
  readonly body?: z.input<B>
  readonly signal?: AbortSignal
}

export interface Client {
  readonly baseUrl: string
  call<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    endpoint: Endpoint<P, Q, B, R>,
    input?: CallInput<P, Q, B>,
  ): Promise<z.output<R>>
  /** Sends a stream of bytes to an endpoint whose body is `bytes`. */
  send<P extends z.ZodType, Q extends z.ZodType, R extends z.ZodType>(
    endpoint: Endpoint<P, Q, z.ZodType, R>,
    bytes: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>,
    input?: CallInput<P, Q, z.ZodNever>,
  ): Promise<z.output<R>>
  /** Opens an endpoint whose reply is `bytes` or `events`. */
  open<P extends z.ZodType, Q extends z.ZodType>(
    endpoint: Endpoint<P, Q>,
    input?: CallInput<P, Q, z.ZodNever>,
  ): Promise<ReadableStream<Uint8Array>>
}

export function createClient({ baseUrl, actor, fetch: request = fetch }: ClientOptions): Client {
  const origin = baseUrl.replace(/\/+$/, '')
  const ask = async (endpoint: Endpoint, input: CallInput<z.ZodType, z.ZodType, z.ZodType>, body?: RequestInit) => {
    const response = await request(origin + addressOf(endpoint, input), {
      method: endpoint.method,
      ...body,
      headers: { ...(actor === undefined ? {} : { 'x-actor': encodeURIComponent(actor) }), ...body?.headers },
      ...(input.signal === undefined ? {} : { signal: input.signal }),
    })
    if (!response.ok) throw new ApiProblem(await problemOf(response))
    return response
  }
  return Object.freeze<Client>({
    baseUrl: origin,
    async call(endpoint, input = {}) {
      const body = endpoint.body === undefined ? undefined : jsonBody(input.body)
      return answerOf(endpoint, await ask(endpoint, input, body))
    },
    async send(endpoint, bytes, input = {}) {
      const headers = { 'content-type': 'application/octet-stream' }
      return answerOf(endpoint, await ask(endpoint, input, { body: bytes, headers, duplex: 'half' } as RequestInit))
    },
    async open(endpoint, input = {}) {
      const response = await ask(endpoint, input)
      return response.body ?? new ReadableStream<Uint8Array>({ start: (controller) => controller.close() })
    },
  })
}

const jsonBody = (body: unknown): RequestInit => ({
  body: JSON.stringify(body ?? {}),
  headers: { 'content-type': 'application/json' },
})

function addressOf(endpoint: Endpoint, { params = {}, query = {} }: CallInput<z.ZodType, z.ZodType, z.ZodType>): string {
  const values = params as Readonly<Record<string, unknown>>
  const path = endpoint.path.replace(/:([a-zA-Z]+)/g, (_, name: string) => encodeURIComponent(String(values[name])))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query as object)) if (value !== undefined) search.set(name, String(value))
  return search.size === 0 ? path : `${path}?${search}`
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text()
  try {
    return Problem.parse(JSON.parse(text))
  } catch {
    return foreignAnswer(response.status)
  }
}

/** The answer by its schema. What does not fit it came from somebody else, or from another version. */
async function answerOf(endpoint: Endpoint, response: Response): Promise<never> {
  const text = await response.text()
  try {
    return (endpoint.reply as z.ZodType).parse(JSON.parse(text)) as never
  } catch (cause) {
    throw Object.assign(new ApiProblem(foreignAnswer(response.status)), { cause })
  }
}

const foreignAnswer = (status: number): Problem => ({
  type: 'about:blank',
  title: 'foreign answer',
  status,
  code: 'FOREIGN_ANSWER',
  detail: `The server answered with status ${status} and something that this program does not understand.`,
  hint: 'Is SEAWORTHY_SERVER the address of a Seaworthy server of the same version, with no proxy in between that answers itself?',
})

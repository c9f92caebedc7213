/**
 * `seaworthy serve PACKAGE`: the data plane alone. It holds no database and starts in under half a second, so everything
 * that a request does not need is loaded late or not at all; bench/startup.ts checks what is imported.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Config } from '../config/config.ts'
import { connectionOptions, refuseConnection } from '../entry/http/connection.ts'
import { isThisMachine, refusalOf } from '../entry/http/door.ts'
import { AddressUnknown, PortInUse } from '../entry/http/errors.ts'
import type { AppError } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import type { ServableVersion } from '../layers/model/data-plane.ts'
import { createDataPlane, type DataPlane, parseInputRules } from '../layers/serving/data-plane.ts'

/** `serve` has two kinds of addresses, and no list of calls. */
const HINT_OF_ADDRESSES = 'Predictions: POST /v1/deployments/NAME/predict; their documentation: GET /v1/deployments/NAME/docs.'

/** A package that has been opened and verified, as far as serving looks at it. */
export interface OpenedPackage extends Omit<ServableVersion, 'model' | 'version'> {
  readonly manifest: { readonly model: string; readonly version: number }
  readonly contractText?: string | undefined
}

export type ServeConfig = Pick<
  Config,
  | 'SEAWORTHY_HTTP_HOST'
  | 'SEAWORTHY_HTTP_PORT'
  | 'SEAWORTHY_HTTP_BODY_BYTES_MAX'
  | 'SEAWORTHY_HTTP_NESTING_MAX'
  | 'SEAWORTHY_HTTP_TIMEOUT_MS_MAX'
  | 'SEAWORTHY_INSTANCES_MAX'
  | 'SEAWORTHY_QUEUE_ROWS_MAX'
  | 'SEAWORTHY_BATCH_ROWS_MAX'
  | 'SEAWORTHY_WORKER_RUN_MS_MIN'
  | 'SEAWORTHY_MODEL_THREADS'
  | 'SEAWORTHY_SHUTDOWN_MS_MAX'
  | 'SEAWORTHY_JOURNAL_SYNC'
  | 'SEAWORTHY_JOURNAL_SYNC_MS'
  | 'SEAWORTHY_JOURNAL_BUFFER_BYTES_MAX'
  | 'SEAWORTHY_JOURNAL_SEGMENT_BYTES_MAX'
  | 'SEAWORTHY_JOURNAL_SEGMENT_MS_MAX'
>

export interface ServeOptions {
  /** Opens the package; given as a function, so that listening and opening overlap. */
  readonly open: () => Promise<OpenedPackage>
  /** Default: the model's name. */
  readonly deploymentName?: string | undefined
  /** Where predictions are kept; without it they are not. */
  readonly journalFolder?: string | undefined
  readonly config: ServeConfig
  readonly log: Log
  /** Aborting it drains and stops. */
  readonly signal?: AbortSignal | undefined
}

export interface Serving {
  readonly url: string
  readonly port: number
  readonly deployment: string
  /** Answers what is in flight, then stops. Safe to call twice. */
  close(): Promise<void>
  /** Resolves when it has stopped. */
  readonly closed: Promise<void>
}

/** How requests are served, by the settings: the same for `serve`, for `start` and for the latency that a check measures. */
export function servingSettingsOf(config: ServeConfig) {
  return {
    session: {
      threads: config.SEAWORTHY_MODEL_THREADS,
      memoryArena: true,
      workerRunMsMin: config.SEAWORTHY_WORKER_RUN_MS_MIN,
      batchRowsMax: config.SEAWORTHY_BATCH_ROWS_MAX,
    },
    bodyBytesMax: config.SEAWORTHY_HTTP_BODY_BYTES_MAX,
    nestingMax: config.SEAWORTHY_HTTP_NESTING_MAX,
    instancesMax: config.SEAWORTHY_INSTANCES_MAX,
    rowsWaitingMax: config.SEAWORTHY_QUEUE_ROWS_MAX,
    timeoutMsMax: config.SEAWORTHY_HTTP_TIMEOUT_MS_MAX,
  }
}

/** Resolves when the version is loaded, warm and answering. Throws PortInUse, ModelUnreadable, and what opening throws. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { config, log, signal } = options
  signal?.throwIfAborted()
  const journal =
    options.journalFolder === undefined
      ? undefined
      : (await import('./open-journal.ts')).openJournal(options.journalFolder, config, log)
  const plane = createDataPlane({ ...servingSettingsOf(config), sink: journal, log })
  const onlyThisMachine = isThisMachine(config.SEAWORTHY_HTTP_HOST)
  const server = createServer(connectionOptions(config.SEAWORTHY_HTTP_TIMEOUT_MS_MAX), (request, response) => {
    const refusal = onlyThisMachine ? refusalOf(request, true) : undefined
    if (refusal !== undefined) refuse(response, refusal)
    else if (!plane.handle(request, response)) refuse(response, unknownOf(request))
  }).on('clientError', refuseConnection)
  let closing: Promise<void> | undefined
  const stopped = Promise.withResolvers<void>()
  const close = () => {
    closing ??= stop(server, plane, config.SEAWORTHY_SHUTDOWN_MS_MAX)
      .then(() => journal?.close())
      .then(stopped.resolve, stopped.reject)
    return stopped.promise
  }
  stopped.promise.catch(() => {})
  try {
    const [deployment] = await Promise.all([launch(plane, options), listen(server, config)])
    signal?.throwIfAborted()
    signal?.addEventListener('abort', () => void close(), { once: true })
    const { port } = server.address() as AddressInfo
    const host = config.SEAWORTHY_HTTP_HOST
    const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host
    return Object.freeze({ url: `http://${shown}:${port}`, port, deployment, close, closed: stopped.promise })
  } catch (cause) {
    await close()
    throw cause
  }
}

async function launch(plane: DataPlane, { open, deploymentName }: ServeOptions): Promise<string> {
  const { manifest, digest, signature, modelFile, sample, contractText } = await open()
  const { model, version } = manifest
  const rules = contractText === undefined ? {} : await parseInputRules(contractText)
  const name = deploymentName ?? model
  await plane.setDeployment(name, [
    { name: 'champion', share: 1, rules, version: { model, version, digest, signature, modelFile, sample } },
  ])
  return name
}

function listen(server: Server, { SEAWORTHY_HTTP_HOST: host, SEAWORTHY_HTTP_PORT: port }: ServeConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(cause.code === 'EADDRINUSE' ? new PortInUse({ host, port }) : cause),
    )
    server.listen(port, host, resolve)
  })
}

async function stop(server: Server, plane: DataPlane, msMax: number): Promise<void> {
  server.close()
  server.closeIdleConnections()
  await plane.drain(msMax)
  server.closeAllConnections()
}

const unknownOf = ({ method = 'GET', url = '' }: IncomingMessage) =>
  new AddressUnknown({ method, path: url.split('?')[0]!.slice(0, 200) })

function refuse(response: ServerResponse, { code, status, message, hint }: AppError): void {
  const problem = {
    type: `https://seaworthy.dev/errors/${code}`,
    title: code.toLowerCase().replaceAll('_', ' '),
    status,
    code,
    detail: message,
    hint: status === 404 ? HINT_OF_ADDRESSES : hint,
  }
  const text = JSON.stringify(problem)
  response.writeHead(status, {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  })
  response.end(text)
}

/**
 * The data plane as one request handler, mounted on the port of the control plane or alone under `seaworthy serve`.
 *
 *     POST /v1/deployments/:name/predict         GET /health/live     the process answers
 *     GET  /v1/deployments/:name                 GET /health/ready    every deployment is loaded and warm
 *     GET  /v1/deployments/:name/openapi.json    GET /metrics
 *     GET  /v1/deployments/:name/docs
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Clock, systemClock } from '../../../kernel/clock.ts'
import { createIds } from '../../../kernel/ids.ts'
import type { Log } from '../../../kernel/log.ts'
import type { SessionOptions } from '../../model/data-plane.ts'
import { createDeploymentPages } from './deployment-pages.ts'
import { DeploymentNotServed } from './errors.ts'
import {
  createLiveDeployments,
  type LiveDeployment,
  type LiveDeployments,
  type LiveVariant,
  type SetOutcome,
  type VariantSpec,
  type VariantTraffic,
} from './live-deployments.ts'
import { createExchanges } from './prediction-exchange.ts'
import { sendProblem } from './problem-reply.ts'
import type { PredictionSink } from './served-request.ts'
import { createServingMetrics, type ServingMetrics, variantsText } from './serving-metrics.ts'

export interface DataPlaneOptions {
  readonly session: SessionOptions
  readonly bodyBytesMax: number
  readonly nestingMax: number
  readonly instancesMax: number
  readonly rowsWaitingMax: number
  readonly timeoutMsMax: number
  /** Where answered requests go; without it they are not kept. */
  readonly sink?: PredictionSink | undefined
  readonly log: Log
  readonly clock?: Clock
  /** Metrics of others that /metrics shows too, in the Prometheus text format. */
  readonly moreMetrics?: () => Promise<string>
}

export interface DataPlane {
  /** Takes the request and answers true, or leaves it alone and answers false. */
  handle(request: IncomingMessage, response: ServerResponse): boolean
  /** Loads and warms the versions beside those that serve, then swaps at once. A failure leaves the old ones serving. */
  setDeployment(name: string, variants: readonly VariantSpec[]): Promise<SetOutcome>
  /** Gives all requests to a version that is loaded here, at once; false when it is not. */
  switchTo(name: string, version: number): boolean
  /** What the loaded versions of a deployment did since this process began. */
  traffic(name: string): readonly VariantTraffic[]
  removeDeployment(name: string): Promise<void>
  findDeployment(name: string): LiveDeployment | undefined
  names(): readonly string[]
  isReady(): boolean
  /** Not ready any more; answers what is in flight within the time, closing connections; then closes the models. */
  drain(msMax: number): Promise<void>
}

const PREFIX = '/v1/deployments/'
const PREDICT = '/predict'

export function createDataPlane(options: DataPlaneOptions): DataPlane {
  const { log } = options
  const clock = options.clock ?? systemClock
  const ids = createIds(clock)
  const deployments = createLiveDeployments({ ...options, sink: options.sink, ids, clock })
  const metrics = createServingMetrics()
  let isDraining = false
  const exchanges = createExchanges({ ...options, ids, find: deployments.find, isDraining: () => isDraining })
  const pages = createDeploymentPages(options)

  const isReady = () =>
    !isDraining &&
    deployments.loadingCount === 0 &&
    deployments.list().every(({ variants }) => variants.every((variant) => !answers(variant) || isAlive(variant)))

  function predict(request: IncomingMessage, response: ServerResponse, name: string): void {
    if (deployments.find(name) !== undefined) return exchanges.start(request, response, name, metrics.of(name))
    const known = deployments.list().map((deployment) => deployment.name)
    sendProblem(response, new DeploymentNotServed({ deployment: name.slice(0, 100), known }), ids(), log, true)
  }
  function get(response: ServerResponse, path: string): boolean {
    if (path === '/health/live') return send(response, 200, 'application/json', '{"status":"live"}')
    if (path === '/health/ready')
      return isReady()
        ? send(response, 200, 'application/json', '{"status":"ready"}')
        : send(response, 503, 'application/json', '{"status":"not ready"}')
    if (path === '/metrics') return sendMetrics(response)
    if (!path.startsWith(PREFIX)) return false
    const [name = '', ...rest] = path.slice(PREFIX.length).split('/')
    const deployment = deployments.find(name)
    if (deployment === undefined) return false
    return pages.send(response, deployment, rest.join('/'))
  }
  function sendMetrics(response: ServerResponse): boolean {
    Promise.resolve(options.moreMetrics?.() ?? '')
      .then((more) => send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', metricsText(metrics, deployments) + more))
      .catch((cause: unknown) => sendProblem(response, cause, ids(), log))
    return true
  }

  return Object.freeze({
    handle(request: IncomingMessage, response: ServerResponse) {
      const url = request.url ?? '/'
      const query = url.indexOf('?')
      const path = query < 0 ? url : url.slice(0, query)
      if (request.method === 'POST') {
        if (!path.startsWith(PREFIX) || !path.endsWith(PREDICT)) return false
        predict(request, response, path.slice(PREFIX.length, -PREDICT.length))
        return true
      }
      return request.method === 'GET' && get(response, path)
    },
    setDeployment: deployments.set,
    switchTo: deployments.switchTo,
    traffic: deployments.traffic,
    removeDeployment: deployments.remove,
    findDeployment: deployments.find,
    names: () => deployments.list().map(({ name }) => name),
    isReady,
    async drain(msMax: number) {
      isDraining = true
      await exchanges.drained(msMax)
      exchanges.close()
      await deployments.close()
    },
  })
}

function metricsText(metrics: ServingMetrics, { list }: LiveDeployments): string {
  const waiting = list().map(({ name, variants }): [string, number] => [
    name,
    variants.reduce((sum, { predictor }) => sum + predictor.batcher.rowsWaiting, 0),
  ])
  return metrics.text(new Map(waiting)) + variantsText(list())
}

const answers = ({ role, share }: LiveVariant): boolean => role === 'answer' && share > 0
const isAlive = ({ predictor }: LiveVariant): boolean => predictor.session.model.isAlive

function send(response: ServerResponse, status: number, type: string, text: string): true {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) })
  response.end(text)
  return true
}

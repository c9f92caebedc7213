/** What a deployment tells about itself: its signature and versions, its OpenAPI document, its documentation page. */
import type { ServerResponse } from 'node:http'
import type { Log } from '../../../kernel/log.ts'
import { DOCS_POLICY, docsPage, loadDocsScript } from './docs-page.ts'
import { createInputPolicies } from './input-policy.ts'
import type { LiveDeployment } from './live-deployments.ts'
import { createOpenApi } from './openapi.ts'
import { sendProblem } from './problem-reply.ts'

export interface DeploymentPages {
  /** Answers the page under a deployment's address; false when there is no such page. */
  send(response: ServerResponse, deployment: LiveDeployment, page: string): boolean
}

export function createDeploymentPages({
  instancesMax,
  log,
}: {
  readonly instancesMax: number
  readonly log: Log
}): DeploymentPages {
  let script: Promise<string> | undefined
  function sendScript(response: ServerResponse): void {
    script ??= loadDocsScript()
    script.then(
      (text) => send(response, 'text/javascript; charset=utf-8', text, { 'cache-control': 'public, max-age=3600' }),
      (cause: unknown) => {
        script = undefined
        sendProblem(response, cause, '', log)
      },
    )
  }
  return Object.freeze({
    send(response: ServerResponse, deployment: LiveDeployment, page: string) {
      if (page === '') send(response, 'application/json', JSON.stringify(describe(deployment)))
      else if (page === 'openapi.json') send(response, 'application/json', JSON.stringify(openApiOf(deployment, instancesMax)))
      else if (page === 'docs')
        send(response, 'text/html; charset=utf-8', docsPage(deployment.name), { 'content-security-policy': DOCS_POLICY })
      else if (page === 'docs/scalar.js') sendScript(response)
      else return false
      return true
    },
  })
}

function describe({ name, variants }: LiveDeployment) {
  return {
    name,
    variants: variants.map(({ name: variant, role, share, predictor: { version, session } }) => ({
      name: variant,
      role,
      share,
      model: version.model,
      version: version.version,
      digest: version.digest,
      signature: session.signature,
      batchRowsBest: session.batchRowsBest,
      inWorker: session.inWorker,
      memoryBytes: session.memoryBytes,
    })),
  }
}

function openApiOf({ name, variants }: LiveDeployment, instancesMax: number) {
  const { version, rules } = variants[0]!.predictor
  const { model, version: number, signature, sample } = version
  return createOpenApi({
    deployment: name,
    model,
    version: number,
    signature,
    sample,
    policyOf: createInputPolicies(rules),
    instancesMax,
  })
}

function send(response: ServerResponse, type: string, text: string, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...headers })
  response.end(text)
}

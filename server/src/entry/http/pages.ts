/** What people open in a browser: the web interface, the description of every call, and a page that tries them. */
import type { FastifyInstance } from 'fastify'
import { DOCS_POLICY, docsPage, loadDocsScript } from '../../layers/serving/index.ts'
import { openApiOf } from './openapi.ts'
import { routes } from './routes.ts'
import { addWebPages, type WebPagesOptions } from './web-pages.ts'

export const addPages = (version: string, web: WebPagesOptions) => (app: FastifyInstance) => {
  const document = openApiOf(
    routes.map(({ endpoint }) => endpoint),
    version,
  )
  let script: Promise<string> | undefined
  addWebPages(web)(app)
  app.get('/openapi.json', (_, reply) => reply.send(document))
  app.get('/docs', (_, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', DOCS_POLICY).send(docsPage('Control plane')),
  )
  app.get('/docs/scalar.js', async (_, reply) => {
    script ??= loadDocsScript()
    script.catch(() => (script = undefined))
    return reply
      .type('text/javascript; charset=utf-8')
      .header('cache-control', 'public, max-age=3600')
      .send(await script)
  })
}

/**
 * The interactive page of a deployment: Scalar, served whole from this machine. Its script (3 MB) comes out of the npm
 * package the first time that someone opens a page; a server whose pages nobody opens never loads it.
 */

/** Script of the page, as the package's own plugin serves it. */
export async function loadDocsScript(): Promise<string> {
  const [{ default: fastify }, { default: reference }] = await Promise.all([
    import('fastify'),
    import('@scalar/fastify-api-reference'),
  ])
  const app = fastify()
  await app.register(reference, { routePrefix: '/docs', configuration: { content: { openapi: '3.1.0' } } })
  const reply = await app.inject('/docs/js/scalar.js')
  await app.close()
  return reply.body
}

/** HTML that shows `openapi.json` beside it with `docs/scalar.js`, and asks no other host for anything. */
export function docsPage(deployment: string): string {
  const configuration = {
    url: 'openapi.json',
    withDefaultFonts: false,
    telemetry: false,
    showDeveloperTools: 'never',
    hideModels: true,
    hideClientButton: true,
    agent: { disabled: true },
    mcp: { disabled: true },
  }
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${deployment} · Seaworthy</title>
  </head>
  <body>
    <div id="app"></div>
    <script src="docs/scalar.js"></script>
    <script>Scalar.createApiReference('#app', ${JSON.stringify(configuration)})</script>
  </body>
</html>
`
}

/** Nothing may be fetched from or sent to another host, whatever the page's script would like. */
export const DOCS_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:"

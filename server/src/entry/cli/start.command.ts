import { createClient } from '@seaworthy/api/client'
import { listModels } from '@seaworthy/api/model'
import { listDeployments } from '@seaworthy/api/serving'
import path from 'node:path'
import { z } from 'zod'
import { type CommandContext, defineCommand } from './define-command.ts'
import { PortOption } from './port-option.ts'

const Input = z.object({ host: z.string().min(1).optional(), port: PortOption.optional() })

export default defineCommand({
  usage: '',
  options: [
    {
      flags: '--host <address>',
      about: 'address to listen on (default: SEAWORTHY_HTTP_HOST, 127.0.0.1); 0.0.0.0 opens it to the network',
    },
    { flags: '--port <port>', about: 'port to listen on (default: SEAWORTHY_HTTP_PORT, 8080); 0 picks a free one' },
  ],
  examples: ['seaworthy start', 'seaworthy start --port 9000'],
  input: Input,
  async run({ host, port }, context) {
    const onReady = async (url: string, logFile: string | undefined) => {
      const state = { ...(await stateOf(url)), logFile }
      await context.result(state, () => tell(state, context))
    }
    await context.program.start({ host, port, onReady })
    context.terminal.line('Stopped. Nothing is lost.')
  },
})

type State = Awaited<ReturnType<typeof stateOf>> & { readonly logFile: string | undefined }

async function stateOf(url: string) {
  const client = createClient({ baseUrl: url })
  const deployments = await client.call(listDeployments, { query: { limit: 1_000 } })
  const models = await client.call(listModels, { query: { limit: 1 } })
  return {
    url,
    live: deployments.items.filter(({ state }) => state === 'live').map(({ name, variants }) => ({ name, variants })),
    hasModels: models.items.length > 0,
  }
}

function tell({ url, live, hasModels, logFile }: State, context: CommandContext): void {
  const { terminal, config, cwd } = context
  terminal.done(`Seaworthy is up at ${terminal.bold(url)}`)
  terminal.pairs([
    ...live.map(({ name, variants }): [string, string] => [
      `live: ${name}`,
      `version ${variants
        .filter(({ share }) => share > 0)
        .map(({ version }) => version)
        .join(', ')}   ${url}/v1/deployments/${name}/docs`,
    ]),
    ['pages', url],
    ['control plane', `${url}/docs`],
    ['state', path.resolve(cwd, config.SEAWORTHY_HOME)],
    ...(logFile === undefined ? [] : ([['log', logFile]] as const)),
  ])
  if (live.length > 0) terminal.next(`seaworthy journal ${live[0]!.name}`, 'seaworthy deployments')
  else if (hasModels) terminal.next('seaworthy models', 'seaworthy check NAME@VERSION', 'seaworthy launch NAME@VERSION')
  else terminal.next('seaworthy init', 'seaworthy push model.onnx --data train.parquet')
  terminal.line(terminal.dim('\nCtrl-C stops it.'))
}

import { getVersion } from '@seaworthy/api/model'
import { launchDeployment } from '@seaworthy/api/serving'
import { z } from 'zod'
import { type CommandContext, defineCommand, type ServerFound } from './define-command.ts'
import { findContractFor } from './local-contract.ts'
import { PortOption } from './port-option.ts'
import { readableShare } from './readable.ts'
import { resolveVersion } from './reference.ts'
import { stateText } from './release-text.ts'

type Launched = z.output<Exclude<typeof launchDeployment.reply, 'bytes' | 'events'>>

const Input = z.object({
  version: z.string(),
  name: z.string().optional(),
  override: z.string().min(1).optional(),
  now: z.string().min(1).optional(),
  contract: z.string().optional(),
  start: z.boolean().default(true),
  host: z.string().optional(),
  port: PortOption.optional(),
})

export default defineCommand({
  usage: '<version>',
  options: [
    { flags: '--name <deployment>', about: 'name of the deployment (default: the name of the model)' },
    { flags: '--override <reason>', about: 'launch without a passing check, and why; recorded' },
    { flags: '--now <reason>', about: "skip the contract's steps and approvals, and why; recorded" },
    {
      flags: '--contract <file>',
      about: 'the contract (default: seaworthy.yaml of this folder when it is for this model, else the one in the package)',
    },
    { flags: '--no-start', about: 'only record the launch when no server runs; do not start one in the background' },
    { flags: '--host <address>', about: 'address of a server that is started (default: SEAWORTHY_HTTP_HOST)' },
    { flags: '--port <port>', about: 'port of a server that is started (default: SEAWORTHY_HTTP_PORT)' },
  ],
  examples: [
    'seaworthy launch flight-delay@3',
    'seaworthy launch flight-delay@3 --no-start',
    'seaworthy launch flight-delay@3 --override "the old version fails on new airports"',
    'seaworthy launch flight-delay@3 --now "the champion fails"',
  ],
  input: Input,
  async run({ version: reference, name, override, now, contract: named, start, host, port }, context) {
    const { program, config, signal } = context
    const client = await program.openClient()
    const of = await resolveVersion(client, reference)
    const contract = await findContractFor(of.model, context.cwd, named)
    const deployment = await client.call(launchDeployment, {
      params: { deployment: name ?? of.model },
      body: {
        ...of,
        ...(contract === undefined ? {} : { contract: contract.text }),
        ...(override === undefined ? {} : { override }),
        ...(now === undefined ? {} : { now }),
      },
      signal,
    })
    const [example] = (await client.call(getVersion, { params: of })).sample
    const running = config.SEAWORTHY_SERVER === undefined ? await program.findServer() : { url: config.SEAWORTHY_SERVER }
    let started: (ServerFound & { readonly logFile: string }) | undefined
    if (running === undefined && start) {
      await program.close()
      started = await program.startInBackground({ host, port })
    }
    const server = running ?? started
    await context.result({ deployment, ...(server === undefined ? {} : { server }) }, () => {
      for (const warning of deployment.warnings) context.terminal.warn(warning)
      tell(deployment, server?.url, example, context)
      if (started !== undefined) tellStarted(started, context)
    })
  },
})

function tell(
  { name, variants, release }: Launched,
  url: string | undefined,
  example: Readonly<Record<string, unknown>> | undefined,
  { terminal }: CommandContext,
): void {
  if (release !== undefined) {
    terminal.done(`The release of version ${release.version} to ${terminal.bold(name)} has begun: ${stateText(release)}`)
    terminal.line(terminal.dim(`  Version ${release.champion} goes on answering; steps: ${release.steps.join(', ')}.`))
    if (url === undefined) terminal.warn('No server runs on this folder, so nothing moves yet.')
    const approve = release.state === 'waiting-for-approval' ? [`seaworthy approve ${name}`] : []
    return terminal.next(...(url === undefined ? ['seaworthy start'] : []), ...approve, `seaworthy release show ${name}`)
  }
  const shares = variants.flatMap(({ version, share }) =>
    share === 0 ? [] : [`version ${version}${share === 1 ? '' : ` with ${readableShare(share)}`}`],
  )
  terminal.done(`${terminal.bold(name)} is live: ${shares.join(', ')}`)
  for (const { share, overrideReason } of variants)
    if (share > 0 && overrideReason !== undefined) terminal.warn(`launched without a passing check, because: ${overrideReason}`)
  if (url === undefined) {
    terminal.warn('No server runs on this folder, so nothing answers yet.')
    return terminal.next('seaworthy start')
  }
  const address = `${url}/v1/deployments/${name}`
  const body = JSON.stringify({ instances: [example ?? {}] }).replaceAll("'", String.raw`'\''`)
  terminal.next(`curl ${address}/predict -d '${body}'`, `${address}/docs`, `seaworthy predictions ${name}`)
}

const tellStarted = ({ url, pid, logFile }: ServerFound & { logFile: string }, { terminal }: CommandContext) =>
  terminal.line(
    terminal.dim(`\nA server was started in the background: ${url}, pid ${pid}, log ${logFile}. \`seaworthy stop\` ends it.`),
  )

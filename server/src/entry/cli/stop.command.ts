import { stopDeployment } from '@seaworthy/api/serving'
import { z } from 'zod'
import { defineCommand, UsageError } from './define-command.ts'
import { parseName } from './reference.ts'

const Input = z.object({ deployment: z.string().optional(), reason: z.string().min(1).optional() })

export default defineCommand({
  usage: '[deployment]',
  options: [{ flags: '--reason <text>', about: 'why a deployment is taken down; kept in the audit log' }],
  examples: ['seaworthy stop', 'seaworthy stop flight-delay --reason "the airport closed"'],
  input: Input,
  async run({ deployment, reason }, context) {
    const { program, terminal, config } = context
    if (deployment !== undefined) {
      const name = parseName(deployment)
      if (reason === undefined) throw new UsageError(`Say why: seaworthy stop ${name} --reason "..."`)
      const client = await program.openClient()
      const stopped = await client.call(stopDeployment, { params: { deployment: name }, body: { reason } })
      return context.result(stopped, () => terminal.done(`${terminal.bold(name)} is down. Its journal stays.`))
    }
    if (config.SEAWORTHY_SERVER !== undefined)
      throw new UsageError(`SEAWORTHY_SERVER names ${config.SEAWORTHY_SERVER}: stop that server on its own machine.`)
    const server = await program.stopServer()
    await context.result({ stopped: server !== undefined, ...server }, () =>
      server === undefined
        ? terminal.line('No server runs on this folder.')
        : terminal.done(`The server at ${server.url} (pid ${server.pid}) has stopped.`),
    )
  },
})

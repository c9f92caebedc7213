import path from 'node:path'
import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { PortOption } from './port-option.ts'

const Input = z.object({
  package: z.string(),
  name: z.string().optional(),
  host: z.string().min(1).optional(),
  port: PortOption.optional(),
  journal: z.string().min(1).optional(),
})

export default defineCommand({
  usage: '<package>',
  options: [
    { flags: '--name <deployment>', about: 'name under which it answers (default: the name of the model)' },
    { flags: '--host <address>', about: 'address to listen on (default: SEAWORTHY_HTTP_HOST)' },
    { flags: '--port <port>', about: 'port to listen on (default: SEAWORTHY_HTTP_PORT); 0 picks a free one' },
    { flags: '--journal <folder>', about: 'keep predictions in this folder (default: they are not kept)' },
  ],
  examples: [
    'seaworthy serve flight-delay-3.seaworthy',
    'seaworthy serve flight-delay-3.seaworthy --port 9000 --journal journal',
  ],
  input: Input,
  async run({ package: file, name, host, port, journal }, context) {
    const { program, terminal, cwd } = context
    await program.serve({
      packagePath: path.resolve(cwd, file),
      name,
      host,
      port,
      journalFolder: journal === undefined ? undefined : path.resolve(cwd, journal),
      onReady(url, deployment) {
        const address = `${url}/v1/deployments/${deployment}`
        void context.result({ url, deployment }, () => {
          terminal.done(`${terminal.bold(deployment)} answers at ${terminal.bold(`${address}/predict`)}`)
          if (journal === undefined) terminal.line(terminal.dim('  Predictions are not kept; --journal FOLDER keeps them.'))
          terminal.next(`${address}/docs`)
        })
      },
    })
  },
})

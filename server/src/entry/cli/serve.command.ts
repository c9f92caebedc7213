import path from 'node:path'
import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { PortOption } from './port-option.ts'
import { TrustedKeys } from '../../config/config.ts'

const Input = z.object({
  package: z.string(),
  name: z.string().optional(),
  host: z.string().min(1).optional(),
  port: PortOption.optional(),
  journal: z.string().min(1).optional(),
  trustKey: TrustedKeys.optional(),
})

export default defineCommand({
  usage: '<package>',
  options: [
    { flags: '--name <deployment>', about: 'name under which it answers (default: the name of the model)' },
    { flags: '--host <address>', about: 'address to listen on (default: SEAWORTHY_HTTP_HOST)' },
    { flags: '--port <port>', about: 'port to listen on (default: SEAWORTHY_HTTP_PORT); 0 picks a free one' },
    { flags: '--journal <folder>', about: 'keep predictions in this folder (default: they are not kept)' },
    {
      flags: '--trust-key <id>',
      about: 'refuse a package that another key signed; several with commas (default: SEAWORTHY_TRUSTED_KEYS, else any key)',
    },
  ],
  examples: [
    'seaworthy serve flight-delay-3.seaworthy',
    'seaworthy serve flight-delay-3.seaworthy --port 9000 --journal journal',
    'seaworthy serve flight-delay-3.seaworthy --trust-key 1f0c3a5e7b9d2468',
  ],
  input: Input,
  async run({ package: file, name, host, port, journal, trustKey }, context) {
    const { program, terminal, cwd, config } = context
    const trustedKeyIds = trustKey ?? config.SEAWORTHY_TRUSTED_KEYS
    await program.serve({
      packagePath: path.resolve(cwd, file),
      name,
      host,
      port,
      journalFolder: journal === undefined ? undefined : path.resolve(cwd, journal),
      trustedKeyIds,
      onReady({ url, deployment, version, keyId }) {
        const address = `${url}/v1/deployments/${deployment}`
        void context.result({ url, deployment, version, keyId }, () => {
          terminal.done(`${terminal.bold(deployment)} version ${version} answers at ${terminal.bold(`${address}/predict`)}`)
          if (trustedKeyIds === undefined)
            terminal.line(terminal.dim(`  Signed by key ${keyId}, which was not compared with any; --trust-key ${keyId} does.`))
          else terminal.line(terminal.dim(`  Signed by key ${keyId}, which is trusted here.`))
          if (journal === undefined) terminal.line(terminal.dim('  Predictions are not kept; --journal FOLDER keeps them.'))
          terminal.next(`${address}/docs`)
        })
      },
    })
  },
})

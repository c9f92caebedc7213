import { setAlias } from '@seaworthy/api/model'
import { z } from 'zod'
import { defineCommand } from './define-command.ts'
import { resolveVersion } from './reference.ts'

const Input = z.object({ version: z.string(), alias: z.string(), reason: z.string().min(1).optional() })

export default defineCommand({
  usage: '<version> <alias>',
  options: [{ flags: '--reason <text>', about: 'why; kept in the audit log' }],
  examples: ['seaworthy alias flight-delay@3 champion', 'seaworthy alias flight-delay@2 champion --reason "3 is slower"'],
  input: Input,
  async run({ version: reference, alias, reason }, context) {
    const client = await context.program.openClient()
    const { model, version } = await resolveVersion(client, reference)
    const body = { version, ...(reason === undefined ? {} : { reason }) }
    const changed = await client.call(setAlias, { params: { model, alias }, body })
    await context.result(changed, () => context.terminal.done(`${model}@${alias} is version ${version}`))
  },
})

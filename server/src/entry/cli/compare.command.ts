import { compareVersions, ComparisonResult } from '@seaworthy/api/retraining'
import { z } from 'zod'
import { defineCommand, UsageError } from './define-command.ts'
import { followJob } from './follow-job.ts'
import { findContractFor } from './local-contract.ts'
import { resolveVersion } from './reference.ts'
import { EXIT } from './report-error.ts'
import { singleLine } from './terminal.ts'

const Input = z.object({
  champion: z.string(),
  challengers: z.array(z.string()).min(1, 'name at least one version to compare it with').max(4, 'at most 4'),
  on: z
    .string()
    .regex(/^(evaluation|last [1-9]\d{0,5}[smhdw])$/, 'write evaluation, or a span of the journal such as "last 14d"')
    .default('evaluation'),
  deployment: z.string().optional(),
  contract: z.string().optional(),
})

export default defineCommand({
  usage: '<champion> <challengers...>',
  options: [
    { flags: '--on <rows>', about: 'evaluation, or a span of the journal such as "last 14d" (default: evaluation)' },
    { flags: '--deployment <name>', about: 'whose journal (default: the name in the contract)' },
    {
      flags: '--contract <file>',
      about: 'the contract (default: seaworthy.yaml of this folder when it is for this model, else that of the champion)',
    },
  ],
  examples: [
    'seaworthy compare flight-delay@3 flight-delay@4',
    'seaworthy compare flight-delay@champion flight-delay@4 --on "last 14d"',
  ],
  input: Input,
  async run({ champion: reference, challengers, on, deployment, contract: named }, context) {
    const client = await context.program.openClient()
    const { model, version } = await resolveVersion(client, reference)
    const others = await Promise.all(challengers.map((challenger) => resolveVersion(client, challenger)))
    if (others.some((other) => other.model !== model)) throw new UsageError('Versions of one model are compared with each other.')
    const contract = await findContractFor(model, context.cwd, named)
    const { job } = await client.call(compareVersions, {
      params: { model },
      body: {
        champion: version,
        challengers: others.map((other) => other.version),
        on,
        ...(deployment === undefined ? {} : { deployment }),
        ...(contract === undefined ? {} : { contract: contract.text }),
      },
      signal: context.signal,
    })
    const result = ComparisonResult.parse(await followJob(client, job, 'comparing', context))
    await context.result(result.report, () => {
      for (const line of result.text) context.terminal.line(singleLine(line))
    })
    return result.report.decision.verdict === 'promote' ? EXIT.done : EXIT.refused
  },
})

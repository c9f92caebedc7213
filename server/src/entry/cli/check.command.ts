import { Check, type CheckDetail, getCheck, runCheck } from '@seaworthy/api/evolution'
import { z } from 'zod'
import { bringFile } from './bring-file.ts'
import { type CommandContext, defineCommand } from './define-command.ts'
import { followJob } from './follow-job.ts'
import { findContractFor } from './local-contract.ts'
import { resolveVersion } from './reference.ts'
import { EXIT } from './report-error.ts'

const Input = z.object({ version: z.string(), evaluation: z.string().optional(), contract: z.string().optional() })

export default defineCommand({
  usage: '<version>',
  options: [
    {
      flags: '--evaluation <file>',
      about: 'data with outcomes to judge it on; pinned for this model (default: what was pinned last)',
    },
    {
      flags: '--contract <file>',
      about: 'the contract (default: seaworthy.yaml of this folder when it is for this model, else the one in the package)',
    },
  ],
  examples: ['seaworthy check flight-delay@3', 'seaworthy check flight-delay --evaluation february.parquet'],
  input: Input,
  async run({ version: reference, evaluation, contract: named }, context) {
    const client = await context.program.openClient()
    const of = await resolveVersion(client, reference)
    const contract = await findContractFor(of.model, context.cwd, named)
    const { job } = await client.call(runCheck, {
      params: of,
      body: {
        ...(contract === undefined ? {} : { contract: contract.text }),
        ...(evaluation === undefined ? {} : { evaluation: await bringFile(client, evaluation, context) }),
      },
      signal: context.signal,
    })
    const { id } = Check.parse(await followJob(client, job, 'checking', context))
    const detail = await client.call(getCheck, { params: { check: id } })
    await context.result(detail, () => tell(detail, context))
    return detail.verdict === 'pass' ? EXIT.done : EXIT.refused
  },
})

function tell({ text, verdict, model, version, genuine, report }: CheckDetail, { terminal }: CommandContext): void {
  for (const line of text) terminal.line(line)
  if (!genuine) terminal.warn('The signature of this report does not belong to it.')
  const reference = `${model}@${version}`
  if (verdict === 'pass') terminal.next(`seaworthy launch ${reference}`)
  else if (verdict === 'not-enough-data')
    // More rows do not make a machine quieter.
    terminal.next(`seaworthy check ${reference}${isUndecidedByLoadAlone(report) ? '' : ' --evaluation MORE-DATA.parquet'}`)
  else terminal.next('train a better version, or change the contract with those who agreed to it', `seaworthy check ${reference}`)
}

const Undecided = z.object({ gates: z.array(z.object({ gate: z.string(), verdict: z.string() })) })

function isUndecidedByLoadAlone(report: unknown): boolean {
  const { success, data } = Undecided.safeParse(report)
  return success && data.gates.every(({ gate, verdict }) => verdict !== 'not-enough-data' || gate === 'latency')
}

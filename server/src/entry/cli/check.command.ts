import { Check, type CheckDetail, getCheck, runCheck } from '@seaworthy/api/evolution'
import { z } from 'zod'
import { bringFile } from './bring-file.ts'
import { type CommandContext, defineCommand } from './define-command.ts'
import { followJob } from './follow-job.ts'
import { findContractFor } from './local-contract.ts'
import { resolveVersion } from './reference.ts'
import { EXIT } from './report-error.ts'
import { singleLine } from './terminal.ts'

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
  for (const line of text) terminal.line(singleLine(line))
  if (!genuine) terminal.warn('The signature of this report does not belong to it.')
  const reference = `${model}@${version}`
  if (verdict === 'pass') terminal.next(`seaworthy launch ${reference}`)
  else if (verdict === 'not-enough-data') terminal.next(...moreFor(report, reference))
  else terminal.next('train a better version, or change the contract with those who agreed to it', `seaworthy check ${reference}`)
}

const Undecided = z.object({ gates: z.array(z.object({ gate: z.string(), verdict: z.string() })) })

/** What lets gates decide that could not: knowing how it was trained, a machine that is less busy, or else more data. */
function moreFor(report: unknown, reference: string): string[] {
  const gates = Undecided.safeParse(report).data?.gates ?? []
  const open = new Set(gates.filter(({ verdict }) => verdict === 'not-enough-data').map(({ gate }) => gate))
  const push = open.delete('environment') ? ['seaworthy push MODEL.onnx --environment requirements.txt'] : []
  if (open.size === 0 && push.length > 0) return push
  // More rows do not make a machine quieter.
  const isLoadAlone = open.size === 1 && open.has('latency')
  return [...push, `seaworthy check ${reference}${isLoadAlone ? '' : ' --evaluation MORE-DATA.parquet'}`]
}

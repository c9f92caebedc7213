import { existsSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { draftContract } from '../../contract/draft.ts'
import { parseContract } from '../../contract/parse-contract.ts'
import { CLOUDS, DATA_MAY_GO, NEEDED, type Plan, planFor, type PlanAnswers } from '../../contract/plan.ts'
import { defineError } from '../../kernel/errors.ts'
import { writeFileAtomic } from '../../platform/files/atomic-file.ts'
import { type CommandContext, defineCommand } from './define-command.ts'

/** A contract that is there already. HTTP 409. */
export const ContractExists = defineError({
  code: 'CONTRACT_EXISTS',
  status: 409,
  message: (d: { file: string }) => `There is a contract already: ${d.file}.`,
  hint: () => 'Edit it, or replace it with --force.',
})

const Input = z.object({
  name: z.string().optional(),
  purpose: z.string().optional(),
  needed: z.enum(NEEDED).optional(),
  perDay: z.coerce.number().min(0).optional(),
  latencyMs: z.coerce.number().positive().optional(),
  dataMayGo: z.enum(DATA_MAY_GO).optional(),
  cloud: z.enum(CLOUDS).optional(),
  yes: z.boolean().default(false),
  force: z.boolean().default(false),
})
type Input = z.output<typeof Input>

/** What most first models are: asked one at a time, by a person who waits, on this machine. */
const USUAL = { needed: 'on-request', perDay: 10_000, latencyMs: 50, dataMayGo: 'this-machine', cloud: 'none' } as const

export default defineCommand({
  usage: '',
  options: [
    { flags: '--name <name>', about: 'name of model and deployment (default: the name of the folder)' },
    { flags: '--purpose <text>', about: 'who decides what with it' },
    { flags: '--needed <when>', about: `when a prediction is needed: ${NEEDED.join(', ')}` },
    { flags: '--per-day <count>', about: 'how many predictions a day' },
    { flags: '--latency-ms <ms>', about: 'how fast the answer has to come, in milliseconds' },
    { flags: '--data-may-go <where>', about: `how far the inputs may travel: ${DATA_MAY_GO.join(', ')}` },
    { flags: '--cloud <cloud>', about: `the cloud in use already: ${CLOUDS.join(', ')}` },
    { flags: '-y, --yes', about: 'ask nothing; take the usual answer where none is given' },
    { flags: '-f, --force', about: 'replace a contract that is there' },
  ],
  examples: [
    'seaworthy init',
    'seaworthy init --name churn --needed on-a-schedule --per-day 50000 --data-may-go own-network --yes',
  ],
  input: Input,
  async run(input, context) {
    const file = path.join(context.cwd, 'seaworthy.yaml')
    if (existsSync(file) && !input.force) throw new ContractExists({ file })
    const usualName =
      path
        .basename(context.cwd)
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-+|-+$/g, '')
        .slice(0, 63) || 'my-model'
    const usual = { ...USUAL, name: usualName }
    const ask = context.interactive && !input.yes
    const answers = ask ? await (await import('./init-questions.ts')).askDecisions(input, usual) : answersOf(input, usual)
    context.signal.throwIfAborted()
    const plan = planFor(answers)
    const text = draftContract({ name: answers.name, purpose: answers.purpose, answers, plan })
    const contract = parseContract(text, file)
    await writeFileAtomic(file, text)
    await context.result({ file, contract, plan }, () => tell(context, plan, answers, file))
  },
})

type Answers = PlanAnswers & { readonly name: string; readonly purpose?: string | undefined }

const answersOf = (input: Input, usual: typeof USUAL & { readonly name: string }): Answers => ({
  name: input.name ?? usual.name,
  purpose: input.purpose,
  needed: input.needed ?? usual.needed,
  perDay: input.perDay ?? usual.perDay,
  latencyMs: input.latencyMs ?? usual.latencyMs,
  dataMayGo: input.dataMayGo ?? usual.dataMayGo,
  cloud: input.cloud ?? usual.cloud,
})

function tell({ terminal }: CommandContext, plan: Plan, answers: PlanAnswers, file: string): void {
  const { needed, perDay, latencyMs, dataMayGo } = answers
  terminal.line()
  terminal.line(`${terminal.bold(plan.mode)} ${terminal.dim('because')}`)
  for (const reason of plan.modeReasons) terminal.line(`  ${reason}`)
  terminal.line(`${terminal.bold(plan.target)} ${terminal.dim('because')}`)
  for (const reason of plan.targetReasons) terminal.line(`  ${reason}`)
  for (const warning of plan.warnings) terminal.warn(warning)
  terminal.line()
  terminal.line(
    terminal.dim(
      `Decided from: needed ${needed}, ${perDay.toLocaleString('en-US')} a day, ${latencyMs} ms, data may go to ${dataMayGo}.`,
    ),
  )
  terminal.done(`wrote ${file}`)
  terminal.next(
    'seaworthy push model.onnx --data train.parquet',
    'or: seaworthy train --data train.parquet, with maintenance.train.command in the contract',
  )
}

import type { Client } from '@seaworthy/api/client'
import { getRun, PushResult, trainModel } from '@seaworthy/api/model'
import { ApiProblem } from '@seaworthy/api/problem'
import { z } from 'zod'
import { bringFile } from './bring-file.ts'
import { defineCommand, UsageError } from './define-command.ts'
import { followJob } from './follow-job.ts'
import { CONTRACT_FILE, findLocalContract } from './local-contract.ts'
import { describePush } from './push-result.ts'

const Input = z.object({
  data: z.string({ error: 'say what to train on, such as --data train.parquet' }),
  evaluation: z.string().optional(),
  name: z.string().optional(),
  contract: z.string().optional(),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
  warm: z.boolean().default(false),
})

export default defineCommand({
  usage: '',
  options: [
    { flags: '--data <file>', about: 'training data: Parquet, CSV or JSON lines' },
    { flags: '--evaluation <file>', about: 'data kept back, with outcomes; pinned for the checks' },
    { flags: '--name <model>', about: `name of the model (default: the name in ${CONTRACT_FILE})` },
    { flags: '--contract <file>', about: `the contract, whose maintenance.train.command is run (default: ${CONTRACT_FILE})` },
    { flags: '--seed <number>', about: 'seed of everything random (default: 1)' },
    { flags: '--warm', about: 'start from the newest version, where the training command can' },
  ],
  examples: [
    'seaworthy train --data train.parquet --evaluation holdout.parquet',
    'seaworthy train --data train.csv --seed 7 --warm',
  ],
  input: Input,
  async run({ data, evaluation, name, contract: named, seed, warm }, context) {
    const contract = await findLocalContract(context.cwd, named)
    if (contract?.contract.maintenance.train === undefined)
      throw new UsageError(
        contract === undefined
          ? 'Training needs a contract: write one with `seaworthy init`, and set maintenance.train.command in it.'
          : `${contract.file} does not say how to train: add maintenance.train.command, such as "node train.ts".`,
      )
    const client = await context.program.openClient()
    const { job } = await client.call(trainModel, {
      params: { model: name ?? contract.contract.name },
      body: {
        data: await bringFile(client, data, context),
        ...(evaluation === undefined ? {} : { evaluation: await bringFile(client, evaluation, context) }),
        contract: contract.text,
        folder: context.cwd,
        seed,
        warm,
      },
      signal: context.signal,
    })
    const trained = await followJob(client, job, 'training', context).catch((error: unknown) => tellLog(error, client, job))
    const pushed = PushResult.parse(trained)
    await context.result(trained, () => describePush(pushed, context))
  },
})

/** A run has the id of its job. A failure whose run kept a log says how to read it. */
async function tellLog(error: unknown, client: Client, job: string): Promise<never> {
  if (!(error instanceof ApiProblem)) throw error
  const run = await client.call(getRun, { params: { run: job } }).catch(() => undefined)
  if (run?.hasLog !== true) throw error
  const { hint, ...problem } = error.problem
  const where = `The whole log: seaworthy runs ${run.model} --log ${run.id}`
  throw new ApiProblem({ ...problem, hint: hint === undefined ? where : `${hint}\n${where}`, run: run.id })
}

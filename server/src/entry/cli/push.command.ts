import { PushResult, pushVersion } from '@seaworthy/api/model'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { bringFile, statFile } from './bring-file.ts'
import { type CommandContext, defineCommand, UsageError } from './define-command.ts'
import { followJob } from './follow-job.ts'
import { CONTRACT_FILE, findLocalContract } from './local-contract.ts'
import { describePush } from './push-result.ts'

const Input = z.object({
  file: z.string(),
  name: z.string().optional(),
  data: z.string().optional(),
  evaluation: z.string().optional(),
  outcome: z.string().optional(),
  contract: z.string().optional(),
  environment: z.string().optional(),
  commit: z.string().optional(),
  reason: z.string().optional(),
})

export default defineCommand({
  usage: '<file>',
  options: [
    { flags: '--name <model>', about: `name of the model (default: the name in ${CONTRACT_FILE})` },
    { flags: '--data <file>', about: 'the data it was trained on: Parquet, CSV or JSON lines' },
    { flags: '--evaluation <file>', about: 'data it has not seen, with outcomes; pinned for its checks' },
    { flags: '--outcome <column>', about: 'column of the data that holds the outcome (default: outcome.name of the contract)' },
    { flags: '--contract <file>', about: `the contract (default: ${CONTRACT_FILE} in this folder, if there)` },
    { flags: '--environment <file>', about: 'lock file or JSON document of the environment that trained it' },
    { flags: '--commit <id>', about: 'commit of the code that trained it (default: HEAD of this folder)' },
    { flags: '--reason <text>', about: 'why; kept in the audit log' },
  ],
  examples: [
    'seaworthy push model.onnx --data train.parquet',
    'seaworthy push model.onnx --name churn --data train.csv --evaluation holdout.csv --outcome churned',
  ],
  input: Input,
  async run({ file, name, data, evaluation, ...given }, context) {
    const { program, cwd } = context
    await statFile(path.resolve(cwd, file), file)
    const contract = await findLocalContract(cwd, given.contract)
    const model = name ?? contract?.contract.name
    if (model === undefined)
      throw new UsageError('Say which model this is: add --name NAME, or write a contract with `seaworthy init`.')
    const environment = given.environment === undefined ? undefined : await readEnvironment(given.environment, context)
    const commit = given.commit ?? (await findCommit(cwd))
    const client = await program.openClient()
    const { job } = await client.call(pushVersion, {
      params: { model },
      body: {
        model: await bringFile(client, file, context),
        ...(data === undefined ? {} : { data: await bringFile(client, data, context) }),
        ...(evaluation === undefined ? {} : { evaluation: await bringFile(client, evaluation, context) }),
        ...(given.outcome === undefined ? {} : { outcome: given.outcome }),
        ...(contract === undefined ? {} : { contract: contract.text }),
        ...(environment === undefined ? {} : { environment }),
        ...(commit === undefined ? {} : { commit }),
        ...(given.reason === undefined ? {} : { reason: given.reason }),
      },
      signal: context.signal,
    })
    const pushed = PushResult.parse(await followJob(client, job, 'packaging', context))
    await context.result(pushed, () => describePush(pushed, context))
  },
})

/** A JSON document as it is; any other lock file as its name and text. */
async function readEnvironment(file: string, { cwd }: CommandContext): Promise<unknown> {
  await statFile(path.resolve(cwd, file), file)
  const text = await readFile(path.resolve(cwd, file), 'utf8')
  try {
    return JSON.parse(text)
  } catch {
    return { lock: { name: path.basename(file), text } }
  }
}

/** Commit of the folder, when it is in a repository and git is there to ask. */
async function findCommit(cwd: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', 'HEAD'], { cwd, timeout: 2_000 })
    return /^[0-9a-f]{40,64}$/.exec(stdout.trim())?.[0]
  } catch {
    return undefined
  }
}

import type { Client } from '@seaworthy/api/client'
import { PushResult, pushVersion } from '@seaworthy/api/model'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { describeModelFile, type ExternalFile, findCommit, readLockFile, readLockFiles } from '../../layers/model/push-plane.ts'
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
    {
      flags: '--environment <file>',
      about:
        'lock file or JSON document of what it was trained with (default: the lock files beside the model or in this folder)',
    },
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
    const { externalFiles } = await describeModelFile(path.resolve(cwd, file), { bytesMax: bytesMaxOf(context) })
    const environment =
      given.environment === undefined ? await findEnvironment(file, context) : await readEnvironment(given.environment, context)
    const commit = given.commit ?? (await findCommit(cwd))
    const client = await program.openClient()
    const { job } = await client.call(pushVersion, {
      params: { model },
      body: {
        model: await bringFile(client, file, context),
        ...(externalFiles.length === 0 ? {} : { weights: await bringWeights(client, file, externalFiles, context) }),
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

/** A server elsewhere has its own limit, and tells it. */
const bytesMaxOf = ({ config }: CommandContext) =>
  config.SEAWORTHY_SERVER === undefined ? config.SEAWORTHY_MODEL_BYTES_MAX : Number.MAX_SAFE_INTEGER

/** The files in which the model keeps weights, by the paths it looks for them. */
async function bringWeights(client: Client, file: string, files: readonly ExternalFile[], context: CommandContext) {
  const weights = []
  for (const { location } of files)
    weights.push({ path: location, ...(await bringFile(client, path.join(path.dirname(file), location), context)) })
  return weights
}

/** Lock files beside the model, else those of this folder; told, because nobody asked for them. */
async function findEnvironment(file: string, { cwd, terminal }: CommandContext): Promise<unknown> {
  for (const folder of new Set([path.dirname(path.resolve(cwd, file)), path.resolve(cwd)])) {
    const { files, libraries } = await readLockFiles(folder)
    if (files.length === 0) continue
    const named = files.map(({ name }) => path.relative(cwd, path.join(folder, name))).join(', ')
    const found = Object.keys(libraries).length
    const count = found === 0 ? '' : ` (${found === 1 ? '1 library' : `${found} libraries`})`
    terminal.line(terminal.dim(`  Training environment: ${named}${count}. Was it another? Give --environment.`))
    return { libraries, lock: files }
  }
  return undefined
}

/** A lock file that is known by its name as its libraries; a JSON document as it is; any other file as its name and text. */
async function readEnvironment(file: string, { cwd }: CommandContext): Promise<unknown> {
  await statFile(path.resolve(cwd, file), file)
  const known = await readLockFile(path.resolve(cwd, file))
  if (known !== undefined) return { libraries: known.libraries, lock: [known.file] }
  const text = await readFile(path.resolve(cwd, file), 'utf8')
  try {
    return JSON.parse(text)
  } catch {
    return { lock: { name: path.basename(file), text } }
  }
}

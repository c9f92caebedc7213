/**
 * What a training script in TypeScript uses, as `seaworthy/training`. The script is a program of its own: data comes by
 * environment variables, results go as files, progress as lines (docs/guides/training-protocol.md). The kit speaks that
 * protocol, so that a script is about its model:
 *
 *     const training = await openTraining()
 *     const table = await training.readTable()
 *     const model = await trainBoostedTrees(table, { outcome: 'late', seed: training.seed })
 *     await training.finish({ model: model.toOnnx(), metrics: model.metrics, parameters: model.parameters })
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type Contract, ContractSchema } from '../../../contract/contract.ts'
import type { Table } from '../../../kernel/table.ts'
import { createSqlEngine } from '../../../platform/sql/sql-engine.ts'
import { readTable } from '../../../platform/tables/read-table.ts'
import { SealedManifest } from '../package/package.ts'
import { TrainingMetricInvalid, TrainingNotStarted } from './errors.ts'

export { sliceRows, type Table } from '../../../kernel/table.ts'
export { calibrationError } from '../../../stats/calibration-error.ts'
export { logLoss } from '../../../stats/probability-loss.ts'
export { createRandom } from '../../../stats/random.ts'
export { rocAuc } from '../../../stats/roc-auc.ts'
export type { TrainedModel } from './trainers/contract.ts'
export { trainBoostedTrees } from './trainers/boosted-trees/boosted-trees.ts'

/** Share of the machine's memory that reading the data may take before it goes to disk. */
const READ_MEMORY_SHARE = 0.25

export interface Training {
  /** Everything random starts from it. */
  readonly seed: number
  readonly contract: Contract
  /** Absolute path of the snapshot to train on; its ending tells the format. */
  readonly dataFile: string
  /** `model.onnx` of the version to go on from, when the training is warm. */
  readonly previous: Uint8Array | undefined
  /**
   * The snapshot in memory, in the order of its rows. Default columns: the inputs and the outcome of the contract; all,
   * where it names no inputs. Throws DataColumnMissing, DataTooLarge, DataUnreadable.
   */
  readTable(options?: { readonly columns?: readonly string[] }): Promise<Table>
  /** How far it is, for whoever waits. Cheap enough to call for each step. */
  progress(done: number, total: number, note?: string): void
  /** Hands over the model. Metrics are what the training says of itself. Throws TrainingMetricInvalid. */
  finish(result: TrainingResult): Promise<void>
}

export interface TrainingResult {
  /** An ONNX file. */
  readonly model: Uint8Array
  readonly metrics: Readonly<Record<string, number>>
  readonly parameters?: Readonly<Record<string, unknown>>
}

/** Reads what `seaworthy train` hands over. Throws TrainingNotStarted when it was not that which ran the script. */
export async function openTraining(environment: Readonly<Record<string, string | undefined>> = process.env): Promise<Training> {
  const get = (name: string): string => {
    const value = environment[`SEAWORTHY_TRAIN_${name}`]
    if (value === undefined || value === '')
      throw new TrainingNotStarted({ variable: `SEAWORTHY_TRAIN_${name}`, reason: 'is not set' })
    return value
  }
  const [dataFile, output, seedText] = [get('DATA'), get('OUTPUT'), get('SEED')]
  const seed = Number(seedText)
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new TrainingNotStarted({ variable: 'SEAWORTHY_TRAIN_SEED', reason: `is "${seedText}", not a whole number` })
  const contract = ContractSchema.parse(JSON.parse(await readFile(get('CONTRACT'), 'utf8')))
  const folder = environment['SEAWORTHY_TRAIN_PREVIOUS']
  const previous = folder === undefined || folder === '' ? undefined : await readPrevious(folder)
  return Object.freeze<Training>({
    seed,
    contract,
    dataFile,
    previous,
    readTable: (options) => readSnapshot(dataFile, options?.columns ?? columnsOf(contract)),
    progress: (done, total, note) => void process.stdout.write(`::progress ${JSON.stringify({ done, total, note })}\n`),
    finish: (result) => writeResult(output, result),
  })
}

function columnsOf({ inputs, outcome }: Contract): readonly string[] | undefined {
  const names = Object.keys(inputs)
  return names.length === 0 ? undefined : [...new Set([...names, ...(outcome === undefined ? [] : [outcome.name])])]
}

/** The model file of a package, which its manifest names. */
async function readPrevious(folder: string): Promise<Uint8Array> {
  const { manifest } = SealedManifest.parse(JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8')))
  return readFile(path.join(folder, manifest.modelFile))
}

async function readSnapshot(file: string, columns: readonly string[] | undefined): Promise<Table> {
  const tempFolder = await mkdtemp(path.join(os.tmpdir(), 'seaworthy-train-'))
  const engine = createSqlEngine({ memoryBytesMax: Math.floor(os.totalmem() * READ_MEMORY_SHARE), tempFolder })
  try {
    return await readTable(engine, { path: file, name: path.basename(file) }, { columns })
  } finally {
    engine.close()
    await rm(tempFolder, { recursive: true, force: true })
  }
}

async function writeResult(folder: string, { model, metrics, parameters = {} }: TrainingResult): Promise<void> {
  for (const [metric, value] of Object.entries(metrics))
    if (!Number.isFinite(value)) throw new TrainingMetricInvalid({ metric, value })
  const write = (file: string, value: unknown) => writeFile(path.join(folder, file), JSON.stringify(value, undefined, 2))
  await writeFile(path.join(folder, 'model.onnx'), model)
  await write('metrics.json', metrics)
  await write('parameters.json', parameters)
}

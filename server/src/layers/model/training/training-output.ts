/**
 * What a training wrote, read as what it is: files of a program that anyone may have written. Nothing but plain files and
 * folders is accepted, every size and count is bounded, and a number that is none is refused, because it would be shown as
 * quality later.
 *
 *     model.onnx         and the files beside it that hold its weights
 *     metrics.json       {"roc-auc": 0.71}         what it says of itself; no gate believes it
 *     parameters.json    {"depth": 6}              optional
 *     environment.json   {"libraries": {...}}      optional; wins over what was found out from outside
 */
import { constants } from 'node:fs'
import { lstat, open, opendir } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { Environment } from '../package/package.ts'
import { TrainingOutputInvalid } from './errors.ts'

export const MODEL_FILE = 'model.onnx'
const JSON_BYTES_MAX = 1_024 * 1_024
const METRICS_MAX = 1_000
const NESTING_MAX = 32
const FILES_MAX = 10_000

const Metrics = z
  .record(z.string().min(1).max(200), z.number())
  .refine((metrics) => Object.keys(metrics).length <= METRICS_MAX, `more than ${METRICS_MAX} metrics`)
const Parameters = z.record(z.string().max(200), z.unknown())

export interface TrainingOutput {
  /** Absolute path. */
  readonly modelFile: string
  readonly metrics: Readonly<Record<string, number>>
  readonly parameters: Readonly<Record<string, unknown>>
  readonly environment: Readonly<z.infer<typeof Environment>>
}

/** `bytesMax` bounds all files together. Throws TrainingOutputInvalid with the file and the place in it. */
export async function readTrainingOutput(folder: string, bytesMax: number): Promise<TrainingOutput> {
  const root = await lstat(folder).catch(() => undefined)
  if (root?.isDirectory() !== true)
    throw new TrainingOutputInvalid({ file: 'SEAWORTHY_TRAIN_OUTPUT', reason: 'it is no longer a folder' })
  await refuseOddFiles(folder, bytesMax)
  const model = await lstat(path.join(folder, MODEL_FILE)).catch(() => undefined)
  if (model === undefined) throw new TrainingOutputInvalid({ file: MODEL_FILE })
  if (!model.isFile() || model.size === 0)
    throw new TrainingOutputInvalid({ file: MODEL_FILE, reason: model.isFile() ? 'it is empty' : 'it is no file' })
  const metrics = await readDocument(folder, 'metrics.json', Metrics)
  if (metrics === undefined) throw new TrainingOutputInvalid({ file: 'metrics.json' })
  return {
    modelFile: path.join(folder, MODEL_FILE),
    metrics,
    parameters: (await readDocument(folder, 'parameters.json', Parameters)) ?? {},
    environment: (await readDocument(folder, 'environment.json', Environment)) ?? {},
  }
}

async function refuseOddFiles(folder: string, bytesMax: number): Promise<void> {
  let files = 0
  let bytes = 0
  for await (const entry of await opendir(folder, { recursive: true })) {
    const full = path.join(entry.parentPath, entry.name)
    const file = path.relative(folder, full).slice(0, 200)
    const found = await lstat(full)
    if (found.isSymbolicLink() || (found.isFile() && found.nlink > 1))
      throw new TrainingOutputInvalid({ file, reason: 'it is a link; write the file itself' })
    if (!found.isFile() && !found.isDirectory())
      throw new TrainingOutputInvalid({ file, reason: 'it is neither a file nor a folder' })
    files += 1
    bytes += found.isFile() ? found.size : 0
    if (files > FILES_MAX) throw new TrainingOutputInvalid({ file, reason: `there are more than ${FILES_MAX} files` })
    if (bytes > bytesMax) throw new TrainingOutputInvalid({ file, reason: `all files are larger than ${bytesMax} bytes` })
  }
}

async function readDocument<T>(folder: string, file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const refuse = (reason: string, where?: string) =>
    new TrainingOutputInvalid({ file, reason, ...(where === undefined ? {} : { path: where }) })
  const text = await readText(path.join(folder, file), refuse)
  if (text === undefined) return undefined
  const value = parseJson(text, refuse)
  if (isDeeper(value, NESTING_MAX)) throw refuse(`it is nested deeper than ${NESTING_MAX}`)
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw refuse(issue?.message.replace(/^Invalid input: /, '') ?? 'it is not as expected', issue?.path.join('.').slice(0, 200))
}

async function readText(file: string, refuse: (reason: string) => Error): Promise<string | undefined> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw refuse(`it cannot be read (${error.code})`)
  })
  if (handle === undefined) return undefined
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw refuse('it is no file')
    if (found.size > JSON_BYTES_MAX) throw refuse(`it is larger than ${JSON_BYTES_MAX} bytes`)
    return new TextDecoder('utf-8', { fatal: true }).decode(await handle.readFile())
  } catch (error) {
    throw error instanceof TypeError ? refuse('it is not UTF-8') : error
  } finally {
    await handle.close()
  }
}

/** Python writes NaN and Infinity into JSON unless it is told not to; that deserves its name. */
function parseJson(text: string, refuse: (reason: string, where?: string) => Error): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const number = /"((?:[^"\\]|\\.)*)"\s*:\s*(-?(?:NaN|Infinity))\b/.exec(text)
    if (number !== null) throw refuse(`${number[2]} is no number; leave it out`, number[1]!.slice(0, 200))
    throw refuse(`it is no JSON: ${error instanceof Error ? error.message.slice(0, 200) : ''}`)
  }
}

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1)))

/** The model file of a push, and the files beside it, read without trust and laid out as a package has them. */
import { copyFile, mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { formats } from '../formats/catalog.gen.ts'
import type { GraphDescription } from '../formats/contract.ts'
import { MODEL_FOLDER } from '../package/package-format.ts'
import type { PushRequest, PushServices } from './push-request.ts'

const MODEL_FILE = 'model.onnx'
/** A name that is only shown; anything odd becomes a plain one. */
const PLAIN_NAME = /^[\w][\w.-]{0,99}$/

export interface ModelFiles {
  readonly graph: GraphDescription
  /** Inside the draft. */
  readonly modelFile: string
}

/** Lays the model out in `draft`. Throws BlobMissing and what the format throws. */
export async function bringModel(
  { modelFile: given }: PushRequest,
  { blobs, modelBytesMax: bytesMax }: PushServices,
  work: string,
  draft: string,
): Promise<ModelFiles> {
  const uploaded = typeof given !== 'string'
  const source = uploaded ? path.join(work, 'incoming', PLAIN_NAME.test(given.name) ? given.name : MODEL_FILE) : given
  if (uploaded) await blobs.materialise(given.digest, source)
  const format = formats.get('onnx')
  const found = await format.describe(source, { bytesMax })
  const beside = found.externalFiles.map(({ location }) => location)
  const modelFile = path.posix.join(MODEL_FOLDER, freeName(beside))
  const target = path.join(draft, modelFile)
  await mkdir(path.dirname(target), { recursive: true })
  for (const location of beside) {
    const copy = path.join(draft, MODEL_FOLDER, location)
    await mkdir(path.dirname(copy), { recursive: true })
    await copyFile(path.join(path.dirname(source), location), copy)
  }
  await (uploaded ? rename(source, target) : copyFile(source, target))
  // A file of somebody else may have changed between the look and the copy; what is kept is what is described.
  return { graph: uploaded ? found : await format.describe(target, { bytesMax }), modelFile }
}

/** The usual name, unless a file of weights has it. */
function freeName(taken: readonly string[]): string {
  let name = MODEL_FILE
  for (let i = 1; taken.includes(name); i++) name = `model-${i}.onnx`
  return name
}

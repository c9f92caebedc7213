/** The model file of a push, and the files beside it, read without trust and laid out as a package has them. */
import { copyFile, mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { BlobMissing } from '../../../platform/blobs/errors.ts'
import { formats } from '../formats/catalog.gen.ts'
import type { GraphDescription } from '../formats/contract.ts'
import { ModelFileTooLarge } from '../formats/errors.ts'
import { MODEL_FOLDER } from '../package/package-format.ts'
import { faultOfPaths } from '../package/package-path.ts'
import { WeightsRefused } from './errors.ts'
import type { PushRequest, PushServices, UploadedFile, WeightsFile } from './push-request.ts'

const MODEL_FILE = 'model.onnx'
/** A name that is only shown; anything odd becomes a plain one. */
const PLAIN_NAME = /^[\w][\w.-]{0,99}$/

export interface ModelFiles {
  readonly graph: GraphDescription
  /** Inside the draft. */
  readonly modelFile: string
  /** Weights that were uploaded and that the model does not refer to: left out, in sentences. */
  readonly warnings: readonly string[]
}

/** Lays the model out in `draft`. Throws BlobMissing, WeightsRefused and what the format throws. */
export async function bringModel(
  { modelFile: given, weights = [] }: PushRequest,
  services: PushServices,
  work: string,
  draft: string,
): Promise<ModelFiles> {
  const bytesMax = services.modelBytesMax
  const uploaded = typeof given !== 'string'
  const source = uploaded ? await layOutUploads(given, weights, services, path.join(work, 'incoming')) : given
  const format = formats.get('onnx')
  const found = await format.describe(source, { bytesMax })
  const beside = found.externalFiles.map(({ location }) => location)
  const modelFile = path.posix.join(MODEL_FOLDER, freeName(beside))
  const target = path.join(draft, modelFile)
  const bring = uploaded ? rename : copyFile
  await mkdir(path.dirname(target), { recursive: true })
  for (const location of beside) {
    const copy = path.join(draft, MODEL_FOLDER, location)
    await mkdir(path.dirname(copy), { recursive: true })
    await bring(path.join(path.dirname(source), location), copy)
  }
  await bring(source, target)
  const unused = weights.filter((file) => !beside.includes(file.path)).map((file) => file.path)
  const warnings =
    unused.length === 0 ? [] : [`The model does not refer to ${unused.slice(0, 10).join(', ')}; the version does without.`]
  // A file of somebody else may have changed between the look and the copy; what is kept is what is described.
  return { graph: uploaded ? found : await format.describe(target, { bytesMax }), modelFile, warnings }
}

/** Puts what was uploaded where it lay on the machine it came from; gives the path of the model. */
async function layOutUploads(
  model: UploadedFile,
  weights: readonly WeightsFile[],
  { blobs, modelBytesMax: bytesMax }: PushServices,
  folder: string,
): Promise<string> {
  const fault = faultOfPaths(weights.map((file) => file.path))
  if (fault !== undefined) throw new WeightsRefused({ path: fault.path.slice(0, 200), reason: fault.reason })
  const name = nameOf(
    model,
    weights.map((file) => file.path),
  )
  const places = [{ path: name, digest: model.digest }, ...weights]
  let bytes = 0
  for (const { digest } of places) {
    const blob = await blobs.find(digest)
    if (blob === undefined) throw new BlobMissing({ digest: digest.slice(0, 80) })
    bytes += blob.bytes
  }
  if (bytes > bytesMax) throw new ModelFileTooLarge({ file: name, bytes, bytesMax })
  for (const place of places) await blobs.materialise(place.digest, path.join(folder, place.path))
  return path.join(folder, name)
}

/** Its own name, which messages show, unless that is odd or one that weights need. */
const nameOf = ({ name }: UploadedFile, taken: readonly string[]): string => {
  const roots = new Set(taken.map((file) => file.split('/')[0]!.toLowerCase()))
  return PLAIN_NAME.test(name) && !roots.has(name.toLowerCase()) ? name : freeName([...roots])
}

/** The usual name, unless a file of weights has it. */
function freeName(taken: readonly string[]): string {
  let name = MODEL_FILE
  for (let i = 1; taken.includes(name); i++) name = `model-${i}.onnx`
  return name
}

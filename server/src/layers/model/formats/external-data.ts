/**
 * Weights that lie in files beside the model. A location is a path that somebody else wrote, so it must be relative, stay
 * in the folder of the model, lead through no link, and hold the bytes that are asked of it.
 */
import { lstat } from 'node:fs/promises'
import path from 'node:path'
import type { ExternalFile } from './contract.ts'
import { ExternalDataRefused } from './errors.ts'
import type { ExternalTensor } from './onnx-graph.ts'

/** The files that the tensors refer to, each once. Throws ExternalDataRefused. */
export async function verifyExternalData(file: string, tensors: readonly ExternalTensor[]): Promise<readonly ExternalFile[]> {
  const files = new Map<string, ExternalFile>()
  for (const { tensor, location, offset, length, bytesNeeded } of tensors) {
    const refuse = (reason: string) =>
      new ExternalDataRefused({ file: path.basename(file), tensor, location: location.slice(0, 200), reason })
    // Its parts are looked at before it is made shorter: where `a` is a link, `a/../w` is not `w`.
    const parts = partsOf(location, refuse)
    const name = path.posix.normalize(location)
    const known = files.get(name) ?? { location: name, bytes: await sizeOf(path.dirname(file), parts, refuse) }
    const end = offset + Math.max(length ?? 0, bytesNeeded)
    if (end > known.bytes) throw refuse(`that file has ${known.bytes} bytes, and the tensor needs those up to ${end}`)
    if (length !== undefined && length < bytesNeeded)
      throw refuse(`it is given ${length} bytes there, and its shape needs ${bytesNeeded}`)
    if (path.resolve(path.dirname(file), name) === path.resolve(file)) throw refuse('that is the model file itself')
    files.set(name, known)
  }
  return [...files.values()]
}

function partsOf(location: string, refuse: (reason: string) => Error): readonly string[] {
  if (location === '') throw refuse('that is no name')
  if (/[\0\\]/.test(location) || path.isAbsolute(location) || path.win32.isAbsolute(location) || /^[a-z]+:/i.test(location))
    throw refuse('that is not a relative path')
  const parts = location.split('/')
  if (parts.includes('..')) throw refuse('that leads out of the folder of the model')
  return parts
}

async function sizeOf(folder: string, parts: readonly string[], refuse: (reason: string) => Error): Promise<number> {
  let at = folder
  for (const [i, part] of parts.entries()) {
    at = path.join(at, part)
    const found = await lstat(at).catch(() => undefined)
    if (found === undefined) throw refuse('there is no such file beside the model')
    if (found.isSymbolicLink()) throw refuse('that is a link, which may lead anywhere')
    if (i === parts.length - 1 && found.isFile()) return found.size
  }
  throw refuse('that is not a file')
}

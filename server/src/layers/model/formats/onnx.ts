/**
 * ONNX, the format every version is kept in. Read here without a library and without loading weights, because what comes
 * is not trusted: ModelProto of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), field by field.
 */
import { type FileHandle, open, stat } from 'node:fs/promises'
import path from 'node:path'
import { classNamesByOutput } from './class-names.ts'
import { defineFormat, type FormatLimits, type GraphDescription, type OperatorUse } from './contract.ts'
import {
  CustomOperators,
  ModelFileExcessive,
  ModelFileMalformed,
  ModelFileMissing,
  ModelFileTooLarge,
  ModelFileTruncated,
  ModelFormatForeign,
} from './errors.ts'
import { verifyExternalData } from './external-data.ts'
import { createFileCursor, type FileCursor } from './file-cursor.ts'
import { recogniseForeign } from './foreign-format.ts'
import { type FunctionBodies, joinUses, readFunction, refuseExpansion } from './onnx-functions.ts'
import { createContents, type GraphContents, readGraph } from './onnx-graph.ts'
import { readEntry } from './onnx-tensor.ts'
import { NAME_BYTES_MAX } from './onnx-value.ts'

/** Messages inside each other; an honest loop in a loop in a branch takes about twenty. */
const NESTING_MAX = 96
const METADATA_BYTES_MAX = 16 * 1_024 * 1_024
const HEAD_BYTES = 4_096
const UNKNOWN_ADVICE =
  'Push a file exported as ONNX: skl2onnx for scikit-learn, torch.onnx.export for PyTorch, tf2onnx for TensorFlow and SavedModel, onnxmltools for LightGBM and XGBoost.'
/** What comes of reading noise as if it were a model. */
const CONFUSIONS = [ModelFileMalformed, ModelFileTruncated, ModelFileExcessive]
/** Domains whose operators ONNX Runtime brings along. */
const DOMAINS: ReadonlySet<string> = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft'])

interface Header {
  irVersion: number
  producer: { name: string; version: string }
  readonly opsets: { domain: string; version: number }[]
  readonly metadata: Map<string, string>
  /** Operators that the file defines itself. */
  readonly functions: FunctionBodies
  hasGraph: boolean
}

export const onnx = defineFormat({
  id: 'onnx',
  extensions: ['.onnx'],
  async describe(file, limits) {
    const bytes = await sizeOf(file, limits)
    const handle = await open(file, 'r')
    try {
      return await describeHandle(handle, file, bytes, limits)
    } finally {
      await handle.close()
    }
  },
})

async function sizeOf(file: string, { bytesMax }: FormatLimits): Promise<number> {
  const found = await stat(file).catch(() => undefined)
  if (found === undefined) throw new ModelFileMissing({ file })
  if (!found.isFile()) throw new ModelFileMissing({ file, found: found.isDirectory() ? 'a folder' : 'something special' })
  if (found.size > bytesMax) throw new ModelFileTooLarge({ file: path.basename(file), bytes: found.size, bytesMax })
  return found.size
}

async function describeHandle(handle: FileHandle, file: string, bytes: number, limits: FormatLimits): Promise<GraphDescription> {
  const name = path.basename(file)
  const { buffer, bytesRead } = await handle.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0)
  const foreign = recogniseForeign(buffer.subarray(0, bytesRead))
  if (foreign !== undefined) throw new ModelFormatForeign({ file: name, ...foreign })
  const contents = createContents()
  const header = readModel(createFileCursor(handle.fd, bytes, name, NESTING_MAX), name, contents, buffer[0])
  const operators = [...joinUses([contents.operators, ...header.functions.values()]).values()]
  refuseCustomOperators(name, operators, header.functions)
  refuseExpansion(name, contents.operators, header.functions)
  const externalFiles = await verifyExternalData(file, contents.externals)
  const total = externalFiles.reduce((sum, external) => sum + external.bytes, bytes)
  if (total > limits.bytesMax) throw new ModelFileTooLarge({ file: name, bytes: total, bytesMax: limits.bytesMax })
  return Object.freeze<GraphDescription>({
    format: 'onnx',
    bytes,
    irVersion: header.irVersion,
    producer: header.producer,
    opsets: header.opsets,
    // Until IR 4 weights were listed among the inputs too.
    inputs: contents.inputs.filter((input) => !contents.initializers.has(input.name)),
    outputs: contents.outputs,
    operators: operators.toSorted((a, b) => `${a.domain}.${a.type}`.localeCompare(`${b.domain}.${b.type}`)),
    metadata: header.metadata,
    weights: contents.weights,
    externalFiles,
    classesByOutput: classNamesByOutput(contents),
  })
}

function readModel(cursor: FileCursor, file: string, contents: GraphContents, first: number | undefined): Header {
  const header: Header = {
    irVersion: 0,
    producer: { name: '', version: '' },
    opsets: [],
    metadata: new Map(),
    functions: new Map(),
    hasGraph: false,
  }
  const unknown = () => new ModelFormatForeign({ file, kind: 'a file of an unknown kind', advice: UNKNOWN_ADVICE })
  try {
    cursor.root((field, wire) => readModelField(cursor, file, contents, header, field, wire))
  } catch (error) {
    // Noise rarely begins with the tag of ir_version; what does, and goes wrong later, is a damaged model.
    if (CONFUSIONS.some((kind) => error instanceof kind) && !header.hasGraph && first !== 8) throw unknown()
    throw error
  }
  if (!header.hasGraph) throw unknown()
  if (contents.outputs.length === 0) throw cursor.malformed('its graph gives no output')
  return header
}

function readModelField(
  cursor: FileCursor,
  file: string,
  contents: GraphContents,
  header: Header,
  field: number,
  wire: number,
): boolean {
  if (field === 1 && wire === 0) header.irVersion = cursor.varint()
  else if (wire !== 2) return false
  else if (field === 2) header.producer = { ...header.producer, name: cursor.text('a name', NAME_BYTES_MAX) }
  else if (field === 3) header.producer = { ...header.producer, version: cursor.text('a name', NAME_BYTES_MAX) }
  else if (field === 7) {
    header.hasGraph = true
    readGraph(cursor, file, contents, true)
  } else if (field === 8) header.opsets.push(readOpset(cursor))
  else if (field === 14) readEntry(cursor, header.metadata, METADATA_BYTES_MAX)
  else if (field === 25) readFunction(cursor, file, contents, header.functions)
  else return false
  return true
}

function readOpset(cursor: FileCursor): { domain: string; version: number } {
  let domain = ''
  let version = 0
  cursor.message((field, wire) => {
    if (field === 1 && wire === 2) domain = cursor.text('a name', NAME_BYTES_MAX)
    else if (field === 2 && wire === 0) version = Number(cursor.int64())
    else return false
    return true
  })
  cursor.keep(0)
  return { domain, version }
}

function refuseCustomOperators(file: string, operators: readonly OperatorUse[], functions: FunctionBodies): void {
  const custom = operators.filter(({ domain, type }) => !DOMAINS.has(domain) && !functions.has(`${domain}\0${type}`))
  if (custom.length > 0)
    throw new CustomOperators({ file, operators: custom.map(({ domain, type }) => `${domain}.${type}`).toSorted() })
}

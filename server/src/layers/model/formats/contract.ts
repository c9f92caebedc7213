/**
 * What push asks of a model's file format: to say what the file takes and gives, without running it and without loading
 * its weights. Everything in such a file is somebody else's; a format refuses what would hurt later.
 */

/** A dimension of a shape: a size, the name of a free axis, or undefined when the file says nothing of it. */
export type Dimension = number | string | undefined

/** One input or output of a graph. `element` is a numpy-like name (`float32`, `int64`, `string`) of a tensor's elements. */
export interface GraphValue {
  readonly name: string
  readonly kind: 'tensor' | 'sequence' | 'map' | 'optional' | 'sparse' | 'untyped'
  readonly element: string | undefined
  /** Undefined when the file declares no shape at all. */
  readonly dims: readonly Dimension[] | undefined
  /** The type in words, for messages: `float32 [rows, 3]`, `sequence(map(int64, float32))`. */
  readonly text: string
}

export interface OperatorUse {
  /** The empty name is the standard domain `ai.onnx`. */
  readonly domain: string
  readonly type: string
  readonly count: number
}

/** A file beside the model that holds weights. Paths are relative to the folder of the model, verified to stay inside it. */
export interface ExternalFile {
  readonly location: string
  readonly bytes: number
}

export interface GraphDescription {
  readonly format: string
  /** Size of the model file itself, in bytes. */
  readonly bytes: number
  readonly irVersion: number
  readonly producer: { readonly name: string; readonly version: string }
  readonly opsets: readonly { readonly domain: string; readonly version: number }[]
  readonly inputs: readonly GraphValue[]
  readonly outputs: readonly GraphValue[]
  readonly operators: readonly OperatorUse[]
  /** Key-value pairs that the exporter wrote into the file. */
  readonly metadata: ReadonlyMap<string, string>
  readonly weights: { readonly tensors: number; readonly values: number; readonly bytes: number }
  readonly externalFiles: readonly ExternalFile[]
  /** Names of the classes that an output speaks of, in the order of its columns, where the graph tells. */
  readonly classesByOutput: ReadonlyMap<string, readonly string[]>
}

export interface FormatLimits {
  /** Largest model, external files included, in bytes. */
  readonly bytesMax: number
}

export interface ModelFormat {
  readonly id: string
  /** With the dot: `.onnx`. */
  readonly extensions: readonly string[]
  /** Reads the file's structure. Throws the errors of `errors.ts`. */
  describe(file: string, limits: FormatLimits): Promise<GraphDescription>
}

export function defineFormat(format: ModelFormat): ModelFormat {
  return Object.freeze(format)
}

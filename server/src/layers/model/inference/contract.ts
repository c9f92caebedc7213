/**
 * What serving asks of a library that runs models. A runtime turns a file into a loaded model; everything above it sees
 * typed arrays in the order of the signature, never the types of a library.
 */
import type { ElementType } from '../signature/signature.ts'

/** The values of one tensor, flat, row after row. `bool` is a byte of 0 or 1; a `string` tensor is a plain array. */
export type TensorData = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array | string[]

export interface TensorSpec {
  readonly name: string
  readonly element: ElementType
}

/** A tensor with its shape; the first axis is the row, and `data` holds at least the product of `dims`. */
export interface Tensor extends TensorSpec {
  readonly dims: readonly number[]
  readonly data: TensorData
}

export interface RuntimeOptions {
  /** Threads of one run. */
  readonly threads: number
  /** Keep memory between runs: faster, and the most that a run ever needed stays taken. */
  readonly memoryArena: boolean
}

export interface LoadedModel {
  /** The graph's inputs and outputs as the file declares them. */
  readonly inputs: readonly TensorSpec[]
  readonly outputs: readonly TensorSpec[]
  /** Memory the model takes, in bytes: what loading added to the process, at least the size of its file. */
  readonly memoryBytes: number
  /** False once it cannot run any more: closed, or its thread died too often. */
  readonly isAlive: boolean
  /**
   * Runs one batch. The arrays of `inputs` must not change until the promise settles; those of the answer belong to the
   * caller. Rejects with ModelRunFailed, and with ModelUnavailable when the thread that runs it is gone.
   */
  run(inputs: readonly Tensor[]): Promise<ReadonlyMap<string, Tensor>>
  /** Frees the memory. Runs in flight end first. Safe to call twice. */
  close(): Promise<void>
}

export interface ModelRuntime {
  readonly id: string
  /** Loads a file. Throws ModelUnreadable. */
  load(file: string, options: RuntimeOptions): Promise<LoadedModel>
}

export function defineRuntime(runtime: ModelRuntime): ModelRuntime {
  return Object.freeze(runtime)
}

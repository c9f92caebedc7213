/**
 * A way to train a model here, without another language. A trainer takes a table and gives a model that predicts, explains
 * which columns it uses, and leaves as an ONNX file that serving runs like any other.
 */
import type { Table } from '../../../../kernel/table.ts'

export interface TrainingProgress {
  readonly done: number
  readonly total: number
  /** One line for people: `log loss 0.4312 on held-back rows`. */
  readonly note: string
}

/** What goes into a training beside its table and options. */
export interface TrainingContext {
  /** Rows to judge by while training, instead of a share of the table: later ones, where rows have a time. */
  readonly validation?: Table | undefined
  /** `model.onnx` of an earlier version from the same trainer; training goes on from it. */
  readonly previous?: Uint8Array | undefined
  /** Aborting rejects the training with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined
}

export interface TrainedModel {
  /** Columns that it reads, in the order of the graph's input. */
  readonly columns: readonly string[]
  readonly output: { readonly name: string; readonly type: 'probability' | 'number' }
  /** Every option with the value that was used, defaults included. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** What the training says of itself; no gate believes it. */
  readonly metrics: Readonly<Record<string, number>>
  /** Share of the whole reduction of the loss that each column brought; sums to 1. */
  readonly importances: ReadonlyMap<string, number>
  /** One number a row. Columns that the model does not read are ignored. Throws TrainingDataUnfit when one is absent. */
  predict(table: Table): Float64Array
  toOnnx(): Uint8Array
}

export interface Trainer {
  readonly id: string
  readonly title: string
  /** Throws OptionsInvalid, TrainingDataUnfit, PreviousModelUnfit. The same arguments give the same bytes. */
  train(table: Table, options: unknown, context?: TrainingContext): Promise<TrainedModel>
}

export function defineTrainer(trainer: Trainer): Trainer {
  return Object.freeze(trainer)
}

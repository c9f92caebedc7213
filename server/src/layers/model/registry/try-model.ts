/** A version runs before it is one: loaded as serving will load it, and asked about rows it was trained on. */
import path from 'node:path'
import type { Tensor, TensorData } from '../inference/contract.ts'
import { writeInstance } from '../inference/instance-writer.ts'
import { outputTensor } from '../inference/output-columns.ts'
import { loadModel, type ServableVersion, type SessionOptions } from '../inference/session.ts'
import type { OutputField } from '../signature/signature.ts'
import { ModelGivesNothing } from './errors.ts'

/** Beyond 0..1 by this much is more than rounding of float32. */
const ROUNDING = 1e-5

/**
 * Gives what is odd about the answers, in sentences. Throws ModelUnreadable, ModelRunFailed, and ModelGivesNothing when an
 * output is NaN for the whole sample. Without a sample it only runs on missing values, and says nothing of what comes out.
 */
export async function tryModel(version: ServableVersion, options: SessionOptions): Promise<readonly string[]> {
  const { signature, sample } = version
  const session = await loadModel(version, options)
  try {
    if (sample.length === 0) return []
    const tensors = session.createTensors(sample.length)
    sample.forEach((instance, row) => writeInstance(signature, session.layout, tensors, row, instance))
    const outputs = await session.model.run(tensors.tensors(sample.length))
    return signature.outputs.flatMap((field) => judge(field, outputs, version))
  } finally {
    await session.close()
  }
}

function judge(field: OutputField, outputs: ReadonlyMap<string, Tensor>, { sample, modelFile }: ServableVersion): string[] {
  const rows = sample.length
  const { data } = outputTensor(outputs, field, rows)
  const values = valuesOf(field, data, rows)
  if (values.length > 0 && values.every(Number.isNaN))
    throw new ModelGivesNothing({ file: path.basename(modelFile), output: field.name, rows })
  const isProbability = field.type === 'probability' || field.type === 'probabilities'
  const outside = isProbability ? values.find((value) => value < -ROUNDING || value > 1 + ROUNDING) : undefined
  if (outside === undefined) return []
  return [
    `The output "${field.name}" is taken for a probability and gave ${outside}, which is none: quality and drift of it mean nothing.`,
  ]
}

/** The numbers an output is read from; none for text. */
function valuesOf(field: OutputField, data: TensorData, rows: number): readonly number[] {
  if (Array.isArray(data)) return []
  const width = data.length / rows
  const single = field.type !== 'probabilities' && field.type !== 'tensor'
  const numbers = Array.from(data as ArrayLike<number | bigint>, Number)
  return single ? numbers.filter((_, i) => i % width === (field.column ?? 0)) : numbers
}

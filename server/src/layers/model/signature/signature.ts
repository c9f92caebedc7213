/**
 * What a model takes and gives, in the words of its user: named, typed columns in, named values out, and how the
 * columns become the tensors of the graph. Serving validates against it, monitoring profiles by it, and two versions
 * with one signature can replace each other.
 */
import { z } from 'zod'

/** Element types of graph tensors that can be fed and read. Others are refused at push. */
export const ElementType = z.enum(['float32', 'float64', 'int64', 'int32', 'bool', 'string'])
export type ElementType = z.infer<typeof ElementType>

/** `category` is text from a known list; `tensor` is a nested array of numbers with a fixed shape, as images are. */
export const InputField = z.strictObject({
  name: z.string().min(1),
  type: z.enum(['number', 'integer', 'boolean', 'category', 'text', 'tensor']),
  /** May be missing: absent or null in an instance. */
  nullable: z.boolean(),
  /** Smallest and largest value seen in the training data: evidence for monitoring, not a limit. The contract sets limits. */
  min: z.number().optional(),
  max: z.number().optional(),
  /** Categories in the order of their codes, when the type is `category`. */
  categories: z.array(z.string()).readonly().optional(),
  /** Shape of one instance, without the batch axis, when the type is `tensor`. */
  shape: z.array(z.int().min(1)).readonly().optional(),
})
export type InputField = Readonly<z.infer<typeof InputField>>

/**
 * One tensor of the graph and the columns that fill it, in order. One column per tensor is how scikit-learn pipelines
 * export; one tensor of N columns is how most trainers do. A category in a numeric tensor is its code, the index in
 * `categories`; missing or unknown is NaN. Missing text in a string tensor is the empty string.
 */
export const GraphInput = z.strictObject({
  name: z.string().min(1),
  element: ElementType,
  columns: z.array(z.string()).min(1).readonly(),
  /** 1: shape [rows]; 2: shape [rows, columns]; more: [rows, ...shape of the one tensor column]. */
  rank: z.int().min(1).max(8),
})
export type GraphInput = Readonly<z.infer<typeof GraphInput>>

/** `probability` is one number in 0..1; `probabilities` one per class; `score` any real number. */
export const OutputField = z.strictObject({
  name: z.string().min(1),
  type: z.enum(['probability', 'probabilities', 'number', 'integer', 'boolean', 'category', 'tensor']),
  /** The graph's output it is read from, and which column of it when that is a matrix and one number is meant. */
  graphOutput: z.string().min(1),
  element: ElementType,
  column: z.int().min(0).optional(),
  classes: z.array(z.string()).readonly().optional(),
  shape: z.array(z.int().min(1)).readonly().optional(),
})
export type OutputField = Readonly<z.infer<typeof OutputField>>

export const Signature = z.strictObject({
  inputs: z.array(InputField).min(1).readonly(),
  outputs: z.array(OutputField).min(1).readonly(),
  graph: z.strictObject({ inputs: z.array(GraphInput).min(1).readonly() }),
})
export type Signature = Readonly<z.infer<typeof Signature>>

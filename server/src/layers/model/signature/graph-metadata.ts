/**
 * What an exporter wrote into the file for us, as key-value pairs of ONNX. Names are what a tensor of many columns loses.
 *
 *     seaworthy.columns      ["hour", "origin"]                   columns in the order of the graph's inputs
 *     seaworthy.categories   {"origin": ["ATL", "JFK"]}           texts in the order of their codes
 *     seaworthy.output       {"name": "late", "type": "probability"}
 *
 * Names alone are also taken from the keys that others use; what is no list of texts there is passed over.
 */
import { z } from 'zod'
import type { GraphDescription } from '../formats/contract.ts'
import { GraphUnusable } from './errors.ts'
import { OutputField } from './signature.ts'

const Columns = z.array(z.string().min(1).max(200)).min(1).max(20_000)
const Categories = z.record(z.string(), z.array(z.string()).min(1).max(100_000))
const Output = z.strictObject({ name: z.string().min(1).max(200).optional(), type: OutputField.shape.type.optional() })
const FOREIGN_KEYS = ['feature_names', 'feature_names_in_', 'feature_names_in', 'columns', 'input_columns'] as const

export interface GraphMetadata {
  readonly columns: readonly string[] | undefined
  readonly categories: ReadonlyMap<string, readonly string[]>
  readonly output: Readonly<z.infer<typeof Output>>
}

/** Throws GraphUnusable when a key of ours holds something else than it should. */
export function readGraphMetadata({ metadata }: GraphDescription): GraphMetadata {
  const ours = <T>(key: string, schema: z.ZodType<T>, example: string): T | undefined => {
    const text = metadata.get(key)
    if (text === undefined) return undefined
    const parsed = schema.safeParse(jsonOf(text))
    if (parsed.success) return parsed.data
    const advice = `Write it as JSON, such as ${example}.`
    throw new GraphUnusable({
      part: 'metadata',
      name: key,
      text: text.slice(0, 80),
      reason: 'it is not what this key is for',
      advice,
    })
  }
  const foreign = FOREIGN_KEYS.flatMap((key) => Columns.safeParse(jsonOf(metadata.get(key) ?? '')).data ?? [])
  const columns = ours('seaworthy.columns', Columns, '["hour", "origin"]')
  return {
    columns: columns ?? (foreign.length > 0 ? foreign : undefined),
    categories: new Map(Object.entries(ours('seaworthy.categories', Categories, '{"origin": ["ATL", "JFK"]}') ?? {})),
    output: ours('seaworthy.output', Output, '{"name": "late", "type": "probability"}') ?? {},
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

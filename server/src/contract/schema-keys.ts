import { z } from 'zod'
import { ContractSchema } from './contract.ts'

type JsonSchema = {
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema
  anyOf?: JsonSchema[]
}
let known: JsonSchema | undefined

/** The keys that the contract knows at a path, for suggestions. Empty where names are free. */
export function keysAt(path: readonly (string | number)[]): string[] {
  known ??= z.toJSONSchema(ContractSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  let at: JsonSchema | undefined = known
  for (const part of path) {
    const next: JsonSchema | boolean | undefined =
      typeof part === 'number' ? at?.items : (at?.properties?.[part] ?? at?.additionalProperties)
    at = typeof next === 'object' ? next : undefined
  }
  return Object.keys(at?.properties ?? {})
}

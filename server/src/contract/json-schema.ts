import { z } from 'zod'
import { ContractSchema } from './contract.ts'

/** Where editors find it, once published; the copy of the repository is docs/reference/seaworthy.schema.json. */
export const CONTRACT_SCHEMA_URL = 'https://seaworthy.dev/seaworthy.schema.json'

/** JSON Schema (2020-12) of `seaworthy.yaml`: completion, explanation and errors while one types. */
export function contractJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(ContractSchema, { io: 'input', unrepresentable: 'any' }) as Record<
    string,
    unknown
  >
  return { $schema, $id: CONTRACT_SCHEMA_URL, title: 'Seaworthy contract', ...schema }
}

/** What the contract says about one input beyond its type, in the form the validator is compiled from. */

export interface InputPolicy {
  readonly min?: number
  readonly max?: number
  readonly nullable?: boolean
  /** What happens to a value out of range, to an unknown category and to a missing value. Wrong types are always refused. */
  readonly onInvalid: 'reject' | 'impute' | 'flag'
  /** The value that stands in under `impute`; without one, missing. */
  readonly impute?: number | string | boolean
}

/** The parts of a contract that decide about inputs, as seaworthy.yaml has them. */
export interface InputRules {
  readonly inputs?: Readonly<Record<string, InputRule>> | undefined
  readonly serving?:
    | { readonly 'on-invalid'?: InputPolicy['onInvalid'] | undefined; readonly 'routing-key'?: string | undefined }
    | undefined
}
interface InputRule {
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly nullable?: boolean | undefined
  readonly 'on-invalid'?: InputPolicy['onInvalid'] | undefined
  readonly impute?: number | string | boolean | undefined
}

const STRICT: InputPolicy = Object.freeze({ onInvalid: 'reject' })

/** The policy of each input of a contract; inputs that it does not name reject. */
export function createInputPolicies(rules: InputRules = {}): (field: string) => InputPolicy {
  const fallback = rules.serving?.['on-invalid'] ?? 'reject'
  const policies = new Map<string, InputPolicy>()
  for (const [name, rule] of Object.entries(rules.inputs ?? {}))
    policies.set(name, {
      onInvalid: rule['on-invalid'] ?? fallback,
      ...(rule.min === undefined ? {} : { min: rule.min }),
      ...(rule.max === undefined ? {} : { max: rule.max }),
      ...(rule.nullable === undefined ? {} : { nullable: rule.nullable }),
      ...(rule.impute === undefined ? {} : { impute: rule.impute }),
    })
  return (field) => policies.get(field) ?? (fallback === 'reject' ? STRICT : { onInvalid: fallback })
}

/**
 * Reads the rules out of the text of a packaged seaworthy.yaml. The contract was checked whole when it was pushed; here
 * only its inputs are needed, and a server that has to stand in half a second does not load the whole schema for them.
 */
export async function parseInputRules(text: string): Promise<InputRules> {
  const { parse } = await import('yaml')
  const contract: unknown = parse(text, { maxAliasCount: 0 })
  return typeof contract === 'object' && contract !== null ? (contract as InputRules) : {}
}

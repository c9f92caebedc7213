import { canonicalJson } from '../kernel/canonical-json.ts'
import type { Contract } from './contract.ts'

export interface ContractDifference {
  /** `sufficient.quality.roc-auc.min`, as in the file. */
  readonly path: string
  /** Absent where the side does not have it. */
  readonly before?: unknown
  readonly after?: unknown
}

/** What two contracts say differently, key by key; lists are compared as a whole. In the order of the schema. */
export function contractDifferences(before: Contract, after: Contract): readonly ContractDifference[] {
  const differences: ContractDifference[] = []
  compare('', before, after, differences)
  return differences
}

function compare(path: string, before: unknown, after: unknown, differences: ContractDifference[]): void {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return
  if (!isObject(before) || !isObject(after)) {
    differences.push({ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) })
    return
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
    compare(path === '' ? key : `${path}.${key}`, before[key], after[key], differences)
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

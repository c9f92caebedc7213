import { defineError } from '../kernel/errors.ts'

export interface ContractProblem {
  /** 1-based. */
  readonly line: number
  readonly column: number
  /** `sufficient.quality.roc-auc.min`, as in the file; empty for the whole. */
  readonly path: string
  readonly message: string
}

/** A contract with problems: all of them, each with its place. HTTP 422, exit code 2. */
export const ContractInvalid = defineError({
  code: 'CONTRACT_INVALID',
  status: 422,
  message: (d: { file: string; problems: readonly ContractProblem[]; excerpt: string }) =>
    `The contract has ${d.problems.length === 1 ? 'a problem' : `${d.problems.length} problems`}:\n${d.excerpt}`,
  hint: () => 'docs/reference/seaworthy.schema.json describes every key; `seaworthy init` writes a valid contract.',
})

/** A folder without a contract, where one is needed. HTTP 404. */
export const ContractMissing = defineError({
  code: 'CONTRACT_MISSING',
  status: 404,
  message: (d: { place: string }) => `There is no contract in ${d.place}.`,
  hint: () => 'Write one with `seaworthy init`.',
})

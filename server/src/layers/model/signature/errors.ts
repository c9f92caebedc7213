import { defineError } from '../../../kernel/errors.ts'

const SHOWN_MAX = 20
const listed = (items: readonly string[]) =>
  items.length === 0
    ? 'nothing'
    : `${items.slice(0, SHOWN_MAX).join(', ')}${items.length > SHOWN_MAX ? `, and ${items.length - SHOWN_MAX} more` : ''}`

/** A model and the data it is said to be trained on, which do not fit. HTTP 422. */
export const SignatureMismatch = defineError({
  code: 'SIGNATURE_MISMATCH',
  status: 422,
  message: (d: { reason: string; takes: readonly string[]; has: readonly string[]; missing: readonly string[] }) =>
    `The model and its data do not fit: ${d.reason}. The graph takes ${listed(d.takes)}; the data has ${listed(d.has)}.`,
  hint: () =>
    'Bring the data that the model was trained on, with its columns in their order and the outcome named by --outcome, or write their names into the model: metadata key "seaworthy.columns", a JSON list in the order of the inputs.',
})

/** Text where the model takes numbers, and nothing that says which number stands for which text. HTTP 422. */
export const EncodingUnknown = defineError({
  code: 'ENCODING_UNKNOWN',
  status: 422,
  message: (d: { columns: readonly string[]; input: string }) =>
    `The model takes numbers in "${d.input}", and ${listed(d.columns.map((column) => `"${column}"`))} of the data ${d.columns.length === 1 ? 'is' : 'are'} text: which number stands for which text is written nowhere.`,
  hint: () =>
    'Export the whole pipeline with its encoder, so that the model takes the text itself, or write the encoding into the model: metadata key "seaworthy.categories", a JSON object such as {"origin": ["ATL", "JFK"]} with the texts in the order of their numbers from 0.',
})

/** An input or output of the graph that cannot be fed or read. HTTP 422. */
export const GraphUnusable = defineError({
  code: 'GRAPH_UNUSABLE',
  status: 422,
  message: (d: { part: 'input' | 'output' | 'metadata'; name: string; text: string; reason: string; advice: string }) =>
    `The ${d.part} "${d.name}" of the model (${d.text}) cannot be used: ${d.reason}.`,
  hint: (d) => d.advice,
})

/** An outcome column that the data does not have, or that the model itself takes. HTTP 422. */
export const OutcomeUnfit = defineError({
  code: 'OUTCOME_UNFIT',
  status: 422,
  message: (d: { outcome: string; reason: string; columns: readonly string[] }) =>
    `The outcome "${d.outcome}" cannot be right: ${d.reason}${d.reason.endsWith('?') ? '' : '.'}`,
  hint: (d) => `Name the column that holds what really happened; the data has ${listed(d.columns)}.`,
})

export interface UnfitProblem {
  /** In the contract: `inputs.hour.type`. */
  readonly path: string
  readonly message: string
}

/** A contract that speaks of another model: all contradictions, each with its path. HTTP 422. */
export const ContractUnfit = defineError({
  code: 'CONTRACT_UNFIT',
  status: 422,
  message: (d: { contract: string; problems: readonly UnfitProblem[] }) =>
    `The contract "${d.contract}" does not fit the model:\n${d.problems.map(({ path, message }) => `${path}: ${message}`).join('\n')}`,
  hint: () => 'Change these lines of seaworthy.yaml, or push the model that they were written for.',
})

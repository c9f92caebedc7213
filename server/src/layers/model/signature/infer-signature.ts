/**
 * The signature of a model that somebody brought: shapes and elements come from its graph, names, types and categories from
 * the data it was trained on, and where both leave a choice, the contract makes it. What contradicts is refused with both
 * sides, before the model can answer anything.
 */
import type { Contract } from '../../../contract/contract.ts'
import { nearest } from '../../../kernel/nearest.ts'
import type { Baseline } from '../baseline/baseline.ts'
import type { GraphDescription } from '../formats/contract.ts'
import { ContractUnfit, GraphUnusable, OutcomeUnfit } from './errors.ts'
import { readGraphMetadata } from './graph-metadata.ts'
import { inputTensors } from './graph-tensors.ts'
import { inferInputs } from './infer-inputs.ts'
import { inferOutputs } from './infer-outputs.ts'
import { matchColumns } from './match-columns.ts'
import type { Signature } from './signature.ts'

export interface SignatureWishes {
  /** Column of the data that holds the outcome. Before what the contract says. */
  readonly outcome?: string | undefined
  readonly contract?: Contract | undefined
}
export interface InferredSignature {
  readonly signature: Signature
  /** Column of the data that holds what really happened; undefined when nobody says and the data does not tell. */
  readonly outcome: string | undefined
  /** Sentences for the one who pushes: what was assumed, and what is left out. */
  readonly warnings: readonly string[]
}

/** Throws SignatureMismatch, EncodingUnknown, GraphUnusable, OutcomeUnfit, and ContractUnfit with all contradictions. */
export function inferSignature(
  graph: GraphDescription,
  baseline: Baseline | undefined,
  { outcome: wished, contract }: SignatureWishes = {},
): InferredSignature {
  const tensors = inputTensors(graph)
  if (tensors.length === 0) throw noInputs()
  const metadata = readGraphMetadata(graph)
  const said = wished ?? contract?.outcome?.name
  if (said !== undefined && baseline !== undefined) checkOutcome(said, baseline)
  const request = { tensors, metadata, baseline, contract, outcome: said }
  const matched = matchColumns(request)
  const taken = new Set(matched.columns.flat())
  if (said !== undefined && taken.has(said)) throw outcomeTaken(said, baseline, taken)
  const { outcome, warnings } = leftOver(baseline, taken, said)
  const inputs = inferInputs(request, matched.columns)
  const outcomeColumn = baseline?.columns.find(({ name }) => name === outcome)
  const outputs = inferOutputs({ graph, metadata, contract, outcome, outcomeColumn })
  const problems = [...inputs.problems, ...outputs.problems]
  if (problems.length > 0) throw new ContractUnfit({ contract: contract?.name ?? '', problems })
  const signature: Signature = {
    inputs: inputs.inputs,
    outputs: outputs.outputs,
    graph: { inputs: tensors.map(({ name, element, rank }, i) => ({ name, element, rank, columns: matched.columns[i]! })) },
  }
  return Object.freeze({
    signature,
    outcome,
    warnings: [
      ...(baseline === undefined ? [NO_DATA] : []),
      ...matched.warnings,
      ...warnings,
      ...inputs.warnings,
      ...outputs.warnings,
    ],
  })
}

const NO_DATA =
  'The model came without the data it was trained on: names and types are those of the graph, categories are unknown, and drift has nothing to compare with.'

const noInputs = () =>
  new GraphUnusable({
    part: 'input',
    name: '',
    text: 'none',
    reason: 'the graph takes nothing, so it always gives the same',
    advice: 'Export the model with its features as inputs.',
  })

const namesOf = (baseline: Baseline | undefined) => baseline?.columns.map(({ name }) => name) ?? []

function checkOutcome(outcome: string, baseline: Baseline): void {
  const columns = namesOf(baseline)
  if (columns.includes(outcome)) return
  const meant = nearest(outcome, columns)
  throw new OutcomeUnfit({
    outcome,
    columns,
    reason: `the data has no such column${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
  })
}

const outcomeTaken = (outcome: string, baseline: Baseline | undefined, taken: ReadonlySet<string>) =>
  new OutcomeUnfit({
    outcome,
    columns: namesOf(baseline).filter((name) => !taken.has(name)),
    reason: 'the model takes it as an input, and would be told the answer',
  })

/** What the model does not take: the outcome, if it is one column, and what is ignored. */
function leftOver(baseline: Baseline | undefined, taken: ReadonlySet<string>, said: string | undefined) {
  const left = namesOf(baseline).filter((name) => !taken.has(name) && name !== said)
  if (left.length === 0) return { outcome: said, warnings: [] }
  if (said === undefined && left.length === 1) return { outcome: left[0], warnings: [] }
  const listed = `${left.slice(0, 10).join(', ')}${left.length > 10 ? `, and ${left.length - 10} more` : ''}`
  const unclear = said === undefined ? ' If one of them is the outcome, name it.' : ''
  return {
    outcome: said,
    warnings: [`The model does not take these columns of the data, which are ignored: ${listed}.${unclear}`],
  }
}

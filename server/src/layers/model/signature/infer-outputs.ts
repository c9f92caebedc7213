/**
 * What the outputs of a graph mean. A file says their names, shapes and elements and little more: that a matrix of two columns
 * is the probability of a class is read from the classifier behind it, from the outcome in the data, or from the contract.
 */
import type { Contract } from '../../../contract/contract.ts'
import { type BaselineColumn, categoriesOf, isNumeric } from '../baseline/baseline.ts'
import type { GraphDescription, GraphValue } from '../formats/contract.ts'
import { GraphUnusable, type UnfitProblem } from './errors.ts'
import type { GraphMetadata } from './graph-metadata.ts'
import { unusable } from './graph-tensors.ts'
import { type OutputReading, readOutput, type ReadOutput } from './read-output.ts'
import type { OutputField } from './signature.ts'

const ZIPMAP_ADVICE =
  "Export it again with plain tensors: to_onnx(model, X[:1], options={id(model): {'zipmap': False}}) in skl2onnx, zipmap=False in onnxmltools."

export interface OutputRequest {
  readonly graph: GraphDescription
  readonly metadata: GraphMetadata
  readonly contract: Contract | undefined
  /** Name of the outcome's column, and its profile. */
  readonly outcome: string | undefined
  readonly outcomeColumn: BaselineColumn | undefined
}
export interface InferredOutputs {
  readonly outputs: readonly OutputField[]
  readonly problems: readonly UnfitProblem[]
  readonly warnings: readonly string[]
}

/** The first output is the one that the contract, the gates and the outcome speak of. Throws GraphUnusable. */
export function inferOutputs(request: OutputRequest): InferredOutputs {
  const { graph, contract, metadata, outcome } = request
  const warnings: string[] = []
  const candidates = readCandidates(request, warnings)
  const wanted = contract?.output?.type ?? metadata.output.type
  refuseZipMap(graph, candidates, wanted)
  const primary = candidates.find(({ readings }) => wanted !== undefined && readings.includes(wanted)) ?? candidates[0]!
  const problems = contractProblems(request, primary)
  const type = wanted !== undefined && primary.readings.includes(wanted) ? wanted : primary.readings[0]!
  const name = contract?.output?.name ?? metadata.output.name ?? outcome ?? defaultName(primary, type)
  const outputs = [fieldOf(primary, type, name)]
  if (
    type === 'probability' &&
    primary.classes !== undefined &&
    !primary.classes.every((label) => /^(\d+|true|false)$/i.test(label))
  )
    warnings.push(`"${name}" is the probability of "${primary.classes[1]}", the second of ${primary.classes.join(' and ')}.`)
  const used = new Set([name])
  for (const other of candidates) {
    const isImplied = type === 'probability' && other.isLabel && primary.width === 2
    if (other === primary || isImplied) continue
    const otherName = uniqueName(other.value.name, used)
    used.add(otherName)
    outputs.push(fieldOf(other, other.readings[0]!, otherName))
  }
  if (type === 'number' && request.outcomeColumn !== undefined && isYesNo(request.outcomeColumn))
    warnings.push(
      `"${name}" is taken as a number, and the outcome is yes or no: if it is a probability, say so in the contract under output.type.`,
    )
  return { outputs, problems, warnings }
}

/** Numbers before labels, each in the order of the graph. What cannot be read is told and left out. */
function readCandidates({ graph, outcomeColumn }: OutputRequest, warnings: string[]): readonly ReadOutput[] {
  const hasLabel = graph.outputs.some(({ element }) => element === 'string' || element === 'int64')
  const refused: InstanceType<typeof GraphUnusable>[] = []
  const found = graph.outputs.flatMap((value) => {
    const classes = graph.classesByOutput.get(value.name)
    const why = unusable(value) ?? readOutput(value, { classes, hasLabel, outcomeClasses: classesOf(outcomeColumn), warnings })
    if ('readings' in why) return [why]
    refused.push(new GraphUnusable({ part: 'output', name: value.name, text: value.text, ...why }))
    return []
  })
  const zipMap = zipMapOf(graph)
  if (found.length === 0) throw zipMap === undefined ? refused[0]! : zipMapError(zipMap)
  for (const { message } of refused) warnings.push(message)
  return [...found.filter(({ isLabel }) => !isLabel), ...found.filter(({ isLabel }) => isLabel)]
}

const zipMapOf = (graph: GraphDescription): GraphValue | undefined =>
  graph.outputs.find(({ kind, text }) => kind === 'map' || (kind === 'sequence' && text.includes('map(')))
const zipMapError = ({ name, text }: GraphValue) =>
  new GraphUnusable({ part: 'output', name, text, reason: 'a dictionary for each row is no tensor', advice: ZIPMAP_ADVICE })

/** Probabilities in dictionaries are lost; a label without them is only taken when the contract asks for no more. */
function refuseZipMap(graph: GraphDescription, candidates: readonly ReadOutput[], wanted: OutputReading | undefined): void {
  const zipMap = zipMapOf(graph)
  if (zipMap === undefined || candidates.some(({ isLabel }) => !isLabel)) return
  if (wanted === undefined || wanted === 'probability' || wanted === 'probabilities') throw zipMapError(zipMap)
}

function contractProblems({ contract, metadata }: OutputRequest, { readings, value }: ReadOutput): UnfitProblem[] {
  const type = contract?.output?.type
  if (type === undefined) return []
  if (!readings.includes(type))
    return [
      {
        path: 'output.type',
        message: `${type} does not fit: the output "${value.name}" is ${value.text}, which can be ${readings.join(' or ')}`,
      },
    ]
  const said = metadata.output.type
  return said === undefined || said === type || !readings.includes(said)
    ? []
    : [{ path: 'output.type', message: `${type} does not fit: the model says that its output is ${said}` }]
}

function fieldOf({ value, element, classes, width, shape, isLabel }: ReadOutput, type: OutputReading, name: string): OutputField {
  const field = { name, type, graphOutput: value.name, element }
  switch (type) {
    case 'probability':
      return { ...field, column: width === 2 ? 1 : 0, ...(classes === undefined ? {} : { classes }) }
    case 'probabilities':
      return classes === undefined ? field : { ...field, classes }
    case 'category':
      // Whole numbers as classes are what the tensor holds itself; names are found by the number.
      return classes === undefined || (element !== 'string' && !isByPosition(classes)) ? field : { ...field, classes }
    case 'tensor':
      return { ...field, shape }
    default:
      return isLabel ? field : { ...field, column: 0 }
  }
}

const isByPosition = (classes: readonly string[]) => classes.every((label, i) => !/^-?\d+$/.test(label) || label === String(i))

function defaultName({ value }: ReadOutput, type: OutputReading): string {
  return type === 'probability' || type === 'probabilities' ? type : value.name
}

function uniqueName(name: string, used: ReadonlySet<string>): string {
  let candidate = name
  for (let i = 2; used.has(candidate); i++) candidate = `${name}-${i}`
  return candidate
}

const isYesNo = (column: BaselineColumn) =>
  column.type === 'boolean' || (isNumeric(column) && classesOf(column)?.length === 2 && column.min === 0)

/** What the outcome can be, in the order in which trainers number it; undefined for numbers without end. */
function classesOf(column: BaselineColumn | undefined): readonly string[] | undefined {
  if (column === undefined) return undefined
  if (column.type === 'boolean') return ['false', 'true']
  if (!isNumeric(column)) return categoriesOf(column)
  const { min, max, whole, distinct } = column
  if (!whole || min === null || max === null || max - min + 1 !== distinct || distinct > 1_000) return undefined
  return Array.from({ length: distinct }, (_, i) => String(min + i))
}

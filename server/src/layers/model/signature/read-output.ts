/** The ways in which one output of a graph can be read, the likeliest first. */
import type { GraphValue } from '../formats/contract.ts'
import { sizeOf } from './graph-tensors.ts'
import type { ElementType, OutputField } from './signature.ts'

export type OutputReading = OutputField['type']

export interface ReadOutput {
  readonly value: GraphValue
  readonly element: ElementType
  readonly readings: readonly OutputReading[]
  readonly classes: readonly string[] | undefined
  /** Values of one row, for outputs of one or two axes. */
  readonly width: number
  /** Shape of one row. */
  readonly shape: readonly number[]
  /** One whole number or text a row: the answer itself, not a measure of it. */
  readonly isLabel: boolean
}

export interface OutputEvidence {
  /** Names of the classes that the graph tells for this output. */
  readonly classes: readonly string[] | undefined
  /** The graph also gives a label, as classifiers do. */
  readonly hasLabel: boolean
  /** Values of the outcome in the data, where it has few. */
  readonly outcomeClasses: readonly string[] | undefined
  readonly warnings: string[]
}

interface Refusal {
  readonly reason: string
  readonly advice: string
}

/** Of a value that is a tensor of an element that can be read. */
export function readOutput(value: GraphValue, evidence: OutputEvidence): ReadOutput | Refusal {
  const element = value.element as ElementType
  const rest = value.dims?.slice(1) ?? []
  const isNumber = element === 'float32' || element === 'float64'
  if (rest.length > 1) {
    const shape = rest.map(sizeOf)
    if (element === 'string' || shape.includes(undefined))
      return {
        reason: 'one row of it has no fixed shape of numbers',
        advice: 'Export the model with a fixed size for each axis but the first.',
      }
    return { value, element, readings: ['tensor'], classes: undefined, width: 1, shape: shape as number[], isLabel: false }
  }
  const width = widthOf(value, evidence, isNumber)
  const part = { value, element, width, shape: [width], classes: evidence.classes, isLabel: !isNumber && width === 1 }
  if (isNumber) return width === 1 ? { ...part, readings: ['number', 'probability'] } : matrix(part, evidence)
  if (width === 1) return { ...part, readings: labelReadings(element, evidence.classes) }
  if (element === 'string')
    return { reason: 'a row of it has more than one text', advice: 'Export the model with one label for each row.' }
  return { ...part, readings: ['tensor'] }
}

/** Some converters leave the number of columns open; then the classes tell it. */
function widthOf({ name, dims, text }: GraphValue, { classes, warnings }: OutputEvidence, isNumber: boolean): number {
  const axis = dims?.[1]
  const size = sizeOf(axis)
  if (size !== undefined) return size
  if (dims !== undefined && dims.length < 2) return 1
  if (isNumber && classes !== undefined) return classes.length
  if (isNumber) warnings.push(`The output "${name}" is ${text}, which does not say how many numbers a row has: one is read.`)
  return 1
}

function labelReadings(element: ElementType, classes: readonly string[] | undefined): readonly OutputReading[] {
  if (element === 'string') return ['category']
  if (element === 'bool') return ['boolean']
  return classes === undefined ? ['integer', 'number', 'boolean', 'category'] : ['category', 'integer', 'boolean']
}

function matrix(part: Omit<ReadOutput, 'readings'>, { classes, hasLabel, outcomeClasses, warnings }: OutputEvidence): ReadOutput {
  const isKnown = classes?.length === part.width
  const isOutcome = outcomeClasses?.length === part.width
  const names = isKnown ? classes : isOutcome ? outcomeClasses : undefined
  if (!isKnown && isOutcome)
    warnings.push(
      `The columns of "${part.value.name}" are taken as the probabilities of ${names!.slice(0, 10).join(', ')}, in this order: the graph does not name them.`,
    )
  const probable: readonly OutputReading[] = part.width === 2 ? ['probability', 'probabilities'] : ['probabilities']
  const isClassifier = isKnown || isOutcome || hasLabel
  return { ...part, classes: names, readings: isClassifier ? [...probable, 'tensor'] : ['tensor', ...probable] }
}

/** `signature.json` and `sample.json` as the data plane reads them: shape first, then whether the parts fit together. */
import type { Instance } from '../../../kernel/table.ts'
import type { Signature } from '../signature/signature.ts'
import {
  fields,
  listOf,
  maybe,
  name,
  number,
  oneOf,
  parseDocument,
  record,
  type Shape,
  anyText,
  truth,
  whole,
} from './document-shape.ts'
import { ROW_VALUES_MAX, SAMPLE_INSTANCES_MAX } from './package-format.ts'

const element = oneOf('float32', 'float64', 'int64', 'int32', 'bool', 'string')
const shape = maybe(listOf(whole(1)))

export const signatureShape: Shape<Signature> = fields({
  inputs: listOf(
    fields({
      name,
      type: oneOf('number', 'integer', 'boolean', 'category', 'text', 'tensor'),
      nullable: truth,
      min: maybe(number),
      max: maybe(number),
      categories: maybe(listOf(anyText)),
      shape,
    }),
    1,
  ),
  outputs: listOf(
    fields({
      name,
      type: oneOf('probability', 'probabilities', 'number', 'integer', 'boolean', 'category', 'tensor'),
      graphOutput: name,
      element,
      column: maybe(whole(0)),
      classes: maybe(listOf(anyText)),
      shape,
    }),
    1,
  ),
  graph: fields({ inputs: listOf(fields({ name, element, columns: listOf(anyText, 1), rank: rank() }), 1) }),
})

function rank(): Shape<number> {
  const atLeastOne = whole(1)
  const small = oneOf('1', '2', '3', '4', '5', '6', '7', '8')
  return (value, at) => Number(small(String(atLeastOne(value, at)), at))
}

/** Throws what `refuse` makes of the first thing that is wrong. */
export function parseSignature(json: string, refuse: (reason: string) => Error): Signature {
  const signature = parseDocument(json, signatureShape, refuse)
  const { inputs, outputs, graph } = signature
  for (const [what, names] of [
    ['input', inputs.map((field) => field.name)],
    ['output', outputs.map((field) => field.name)],
    ['graph input', graph.inputs.map((field) => field.name)],
  ] as const)
    if (new Set(names).size < names.length) throw refuse(`an ${what} is there twice`.replace('an graph', 'a graph'))
  const sizes = new Map(inputs.map((field) => [field.name, sizeOf(field.shape)]))
  let values = 0
  for (const { columns } of graph.inputs)
    for (const column of columns) {
      if (!sizes.has(column)) throw refuse(`its graph takes a column ${JSON.stringify(column.slice(0, 80))} that is no input`)
      values += sizes.get(column)!
    }
  if (values > ROW_VALUES_MAX) throw refuse(`one row has ${values} values, and ${ROW_VALUES_MAX} are the most`)
  return signature
}

const sizeOf = (axes: readonly number[] | undefined) => (axes ?? []).reduce((product, axis) => product * axis, 1)

/** The instances with their values in the order of the signature, as people expect them. Throws like `parseSignature`. */
export function parseSample(json: string, { inputs }: Signature, refuse: (reason: string) => Error): readonly Instance[] {
  const sample = parseDocument(json, listOf(record), refuse)
  if (sample.length > SAMPLE_INSTANCES_MAX)
    throw refuse(`it has ${sample.length} instances, and ${SAMPLE_INSTANCES_MAX} are the most`)
  return sample.map((instance) =>
    Object.fromEntries(inputs.flatMap(({ name }) => (Object.hasOwn(instance, name) ? [[name, instance[name]]] : []))),
  )
}

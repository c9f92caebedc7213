import type { Terminal } from './terminal.ts'
import { readableNumber, readableValue } from './readable.ts'

interface Field {
  readonly name: string
  readonly type: string
  readonly nullable?: boolean
  readonly min?: number
  readonly max?: number
  readonly categories?: readonly string[]
  readonly classes?: readonly string[]
}

/** Inputs and outputs of a signature document, a row a field. */
export async function tableOfSignature(document: unknown, terminal: Terminal): Promise<void> {
  const { inputs = [], outputs = [] } = document as { readonly inputs?: readonly Field[]; readonly outputs?: readonly Field[] }
  const rows = [...inputs.map((field) => rowOf('in', field)), ...outputs.map((field) => rowOf('out', field))]
  await terminal.table(['', { title: 'name', widthMin: 12 }, 'type', { title: 'values', widthMin: 20 }], rows)
}

function rowOf(side: string, { name, type, nullable, min, max, categories, classes }: Field): string[] {
  const values = [
    ...(min === undefined || max === undefined ? [] : [`${readableNumber(min)} to ${readableNumber(max)}`]),
    ...(categories === undefined ? [] : [`${categories.length} categories: ${readableValue(categories.join(', '), 100)}`]),
    ...(classes === undefined ? [] : [readableValue(classes.join(', '), 100)]),
    ...(nullable === true ? ['may be missing'] : []),
  ]
  return [side, name, type, values.join('; ')]
}

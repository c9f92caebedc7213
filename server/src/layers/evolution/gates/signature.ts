/** Do the contract and the model speak of the same thing? What the contract says of an input that does not exist protects nothing. */
import { nearest } from '../../../kernel/nearest.ts'
import type { Contract } from '../../../contract/contract.ts'
import type { Signature } from '../../model/index.ts'
import { defineGate } from './contract.ts'

/** Types of the contract and the types of a signature that carry them. Exporters make numbers of whole numbers and truth values. */
const CARRIERS: Readonly<Record<string, readonly string[]>> = {
  integer: ['integer', 'number'],
  number: ['number', 'integer'],
  boolean: ['boolean', 'integer', 'number'],
  category: ['category', 'text'],
  text: ['text', 'category'],
  tensor: ['tensor'],
}
const PROBLEMS_SHOWN_MAX = 5

export const signatureGate = defineGate({
  id: 'signature',
  title: 'Inputs and output as the contract has them',
  needs: 'nothing',
  applies: ({ inputs, output }) => Object.keys(inputs).length > 0 || output !== undefined,
  async measure({ contract, opened }) {
    const problems = [...inputProblems(contract, opened.signature), ...outputProblems(contract, opened.signature)]
    const head = { gate: 'signature', path: 'inputs', measured: 'contract against signature' }
    const fits = 'Every input and output that the contract names is one of the model, of a fitting type.'
    if (problems.length === 0) return [{ ...head, verdict: 'pass', explanation: fits }]
    const more = problems.length - PROBLEMS_SHOWN_MAX
    const explanation = `${problems.slice(0, PROBLEMS_SHOWN_MAX).join('; ')}${more > 0 ? `; and ${more} more` : ''}.`
    return [{ ...head, verdict: 'fail', value: problems.length, bound: { max: 0 }, explanation }]
  },
})

function inputProblems({ inputs }: Contract, signature: Signature): string[] {
  const names = signature.inputs.map(({ name }) => name)
  return Object.entries(inputs).flatMap(([name, { type }]) => {
    const field = signature.inputs.find((input) => input.name === name)
    if (field === undefined) {
      const meant = nearest(name, names)
      return [`the model has no input "${name}"${meant === undefined ? '' : `, perhaps "${meant}" is meant`}`]
    }
    return CARRIERS[type]!.includes(field.type) ? [] : [`"${name}" is ${type} in the contract and ${field.type} in the model`]
  })
}

function outputProblems({ output }: Contract, signature: Signature): string[] {
  if (output === undefined) return []
  const names = signature.outputs.map(({ name }) => name)
  if (names.includes(output.name)) return []
  return [`the model has no output "${output.name}", it has ${names.map((name) => `"${name}"`).join(', ')}`]
}

import type { Contract } from '../../../contract/contract.ts'
import type { OutputField, Signature } from '../../model/index.ts'

/** The output by which a version is judged: the one that the contract names, else the first. */
export const judgedOutput = ({ outputs }: Pick<Signature, 'outputs'>, { output }: Pick<Contract, 'output'>): OutputField =>
  outputs.find(({ name }) => name === output?.name) ?? outputs[0]!

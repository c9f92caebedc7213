/** The contract that a command line means: the one it names, else the one of this folder. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Contract } from '../../contract/contract.ts'
import { ContractMissing } from '../../contract/errors.ts'
import { parseContract } from '../../contract/parse-contract.ts'

export const CONTRACT_FILE = 'seaworthy.yaml'

export interface LocalContract {
  readonly file: string
  readonly text: string
  readonly contract: Contract
}

/** Undefined when none is named and the folder has none. Throws ContractMissing, ContractInvalid. */
export async function findLocalContract(cwd: string, named?: string): Promise<LocalContract | undefined> {
  const file = named ?? CONTRACT_FILE
  const text = await readFile(path.resolve(cwd, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'EISDIR') throw error
    if (named !== undefined) throw new ContractMissing({ place: path.resolve(cwd, named) })
    return undefined
  })
  return text === undefined ? undefined : { file, text, contract: parseContract(text, file) }
}

/**
 * The contract to judge a version of `model` by: the named one, else that of this folder when it is the model's own, else
 * undefined, which is the one in the package.
 */
export async function findContractFor(model: string, cwd: string, named?: string): Promise<LocalContract | undefined> {
  const found = await findLocalContract(cwd, named)
  return named !== undefined || found?.contract.name === model ? found : undefined
}

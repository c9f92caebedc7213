/**
 * What a training inherits of our environment. It must find its programs, libraries, language and graphics card as the user's
 * own terminal does, so names pass unless they are refused; what is refused is what could leak into a log or a model:
 *
 * - everything of ours (`SEAWORTHY_*`), but for the protocol;
 * - names that speak of a secret: TOKEN, SECRET, PASS(WORD), KEY, CREDENTIAL, AUTH, COOKIE, DSN, anywhere in them;
 * - values that are an address with a password in it, whatever they are called;
 * - what ties a Node child to its parent's channel.
 *
 * This keeps secrets from slipping out, it is no sandbox: the command is the contract's and runs as the user that we run as.
 */
import path from 'node:path'

const SECRET_NAME = /TOKEN(?!IZER)|SECRET|PASS|KEY|CREDENTIAL|AUTH|COOKIE|DSN/i
const PASSWORD_IN_ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/[^\s/@]*:[^\s/@]+@/i
const OURS = /^(SEAWORTHY_|NODE_CHANNEL_|NODE_UNIQUE_ID$)/i

/** What the training protocol hands to the process, by environment variables. */
export interface TrainingInputs {
  /** Absolute path of the snapshot; its ending tells the format. */
  readonly data: string
  /** Empty folder for what it makes. */
  readonly output: string
  readonly seed: number
  /** Absolute path of the contract as JSON. */
  readonly contract: string
  /** Folder of the package to go on from, when it is warm. */
  readonly previous?: string | undefined
}
export type ChildEnvironment = Readonly<Record<string, string>>

/** Name of the variable whose value no other process has: by it a process of this training is known, wherever it went. */
export const OUTPUT_VARIABLE = 'SEAWORTHY_TRAIN_OUTPUT'

export function childEnvironment(
  ours: Readonly<Record<string, string | undefined>>,
  folder: string,
  { data, output, seed, contract, previous }: TrainingInputs,
): ChildEnvironment {
  const kept = Object.entries(ours).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !OURS.test(entry[0]) && !SECRET_NAME.test(entry[0]) && !PASSWORD_IN_ADDRESS.test(entry[1]),
  )
  const inherited = Object.fromEntries(kept)
  const pathName = Object.keys(inherited).find((name) => /^path$/i.test(name)) ?? 'PATH'
  const programs = [path.dirname(process.execPath), inherited[pathName] ?? ''].filter((part) => part !== '')
  return {
    // Progress of a Python script would else arrive when its buffer is full, and sets would be ordered anew by each run.
    PYTHONUNBUFFERED: '1',
    PYTHONHASHSEED: String(seed),
    ...inherited,
    [pathName]: programs.join(path.delimiter),
    PWD: folder,
    SEAWORTHY_TRAIN_DATA: data,
    [OUTPUT_VARIABLE]: output,
    SEAWORTHY_TRAIN_SEED: String(seed),
    SEAWORTHY_TRAIN_CONTRACT: contract,
    ...(previous === undefined ? {} : { SEAWORTHY_TRAIN_PREVIOUS: previous }),
  }
}

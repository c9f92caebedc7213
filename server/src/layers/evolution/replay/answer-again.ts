/**
 * Asks a version again by the very path that answered the first time: the same validation, the same batcher, the same writer of
 * replies. Only the sink is missing, so nothing is journaled.
 *
 * Bits of a floating-point answer may depend on how many rows share a call: ONNX Runtime adds up the trees of an ensemble in
 * another order in large calls when it has several threads: 64 rows and more of those measured (with one thread no dependence was found, for trees or for matrix
 * products, from 1 to 512 rows). The journal does not say which requests shared a call. So a prediction counts as reproduced when
 * some number of rows reproduces it: in company of its neighbours, alone, or in company of copies of itself.
 */
import { AppError } from '../../../kernel/errors.ts'
import { systemClock } from '../../../kernel/clock.ts'
import { silentLog } from '../../../kernel/log.ts'
import type { ModelSession, ServableVersion } from '../../model/index.ts'
import { createPredictor, type InputRules } from '../../serving/index.ts'

/** Rows of a call that are tried when neither company nor solitude gave the bits that were answered. */
const COMPANY_ROWS = [2, 3, 4, 8, 16, 32, 64, 128] as const

export interface Answer {
  /** JSON text of the output, as the reply has it after one parse: what the journal keeps. */
  readonly output: string
  readonly flags: string | undefined
  readonly refusal?: undefined
}
export type AnswerOrRefusal = Answer | { readonly output?: undefined; readonly refusal: string }

export interface Answerer {
  /** All in one turn of the event loop, so that they share calls. `inputs` are JSON texts of instances. */
  ask(inputs: readonly string[]): Promise<AnswerOrRefusal[]>
  /** The same instance in calls of several sizes; gives the answer that is wanted, as soon as one size does. */
  askInCompany(input: string, wanted: string): Promise<Answer | undefined>
}

interface AnswererOptions {
  readonly deployment: string
  readonly version: ServableVersion
  readonly session: ModelSession
  readonly rules: InputRules
  readonly nestingMax: number
}

export function createAnswerer({ deployment, version, session, rules, nestingMax }: AnswererOptions): Answerer {
  const limits = { nestingMax, instancesMax: COMPANY_ROWS.at(-1)!, rowsWaitingMax: Number.MAX_SAFE_INTEGER }
  const about = { deployment, variant: 'replay', version, session, rules, sink: undefined, clock: systemClock, log: silentLog }
  const predictor = createPredictor({ ...about, ...limits, ids: () => '' })
  const say = (body: string): Promise<readonly Answer[]> =>
    new Promise((resolve, reject) =>
      predictor.predict({
        requestId: '',
        caller: '',
        body: Buffer.from(body),
        startMs: 0,
        isGone: () => false,
        answer: (failure: unknown, reply: string) =>
          failure === undefined ? resolve(answersOf(reply)) : reject(failure as Error),
      }),
    )
  const askOne = async (input: string): Promise<AnswerOrRefusal> => {
    try {
      return (await say(`{"instances":[${input}]}`))[0]!
    } catch (failure) {
      return { refusal: refusalOf(failure) }
    }
  }
  return Object.freeze<Answerer>({
    ask: (inputs) => Promise.all(inputs.map(askOne)),
    async askInCompany(input, wanted) {
      for (const rows of COMPANY_ROWS) {
        const found = await say(`{"instances":[${Array<string>(rows).fill(input).join()}]}`)
        const same = found.find(({ output }) => output === wanted)
        if (same !== undefined) return same
      }
      return undefined
    },
  })
}

function answersOf(reply: string): Answer[] {
  const { predictions } = JSON.parse(reply) as { predictions: readonly { output: unknown; flags?: unknown }[] }
  return predictions.map(({ output, flags }) => ({
    output: JSON.stringify(output),
    flags: flags === undefined ? undefined : JSON.stringify(flags),
  }))
}

/** What the caller would be told. A model that is down says nothing about the inputs, so that is no refusal. */
function refusalOf(failure: unknown): string {
  if (!(failure instanceof AppError) || failure.status >= 500) throw failure
  const { problems } = failure.details as { problems?: readonly { message: string }[] }
  return problems?.[0]?.message ?? failure.message
}

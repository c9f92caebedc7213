/** Predictions asked again on another version. */
import type { InputField } from '../../model/index.ts'
import type { JournaledPrediction } from '../../operations/index.ts'
import type { AnswerOrRefusal } from './answer-again.ts'
import type { Answerers } from './answerers.ts'
import type { SpooledDifference } from './difference-spool.ts'
import type { PastContract, PastContracts } from './past-contracts.ts'
import { cut } from './replay-example.ts'

/** Longest value by which the traffic is cut, in characters. */
const PART_LENGTH_MAX = 60
/** Inputs with few values. */
const PART_TYPES: ReadonlySet<InputField['type']> = new Set(['category', 'text', 'boolean', 'integer'])

export interface AskedElsewhere {
  readonly answers: readonly AnswerOrRefusal[]
  readonly differences: readonly SpooledDifference[]
  readonly contractsAssumed: number
}

/** Asks under the contract that each was made under, so that only the version is another. */
export async function replayElsewhere(
  predictions: readonly JournaledPrediction[],
  on: { readonly model: string; readonly version: number },
  { answerers, contracts }: { readonly answerers: Answerers; readonly contracts: PastContracts },
): Promise<AskedElsewhere> {
  const inForce: PastContract[] = []
  for (const { time, version } of predictions) inForce.push((await contracts.at(time, version))[0]!)
  const texts = predictions.map(({ inputs }) => JSON.stringify(inputs))
  const answers: AnswerOrRefusal[] = []
  for (const [, places] of Map.groupBy(predictions.keys(), (place) => inForce[place]!.digest)) {
    const answerer = await answerers.get(on, inForce[places[0]!]!)
    const found = await answerer.ask(places.map((place) => texts[place]!))
    for (const [i, place] of places.entries()) {
      const answer = found[i]!
      // One row that the model cannot run takes its neighbours with it.
      answers[place] = answer.refusal === undefined ? answer : (await answerer.ask([texts[place]!]))[0]!
    }
  }
  const { inputs } = await answerers.signatureOf(on)
  const partNames = inputs.filter(({ type }) => PART_TYPES.has(type)).map(({ name }) => name)
  const differences = predictions.flatMap((prediction, i): SpooledDifference[] => {
    const { output } = answers[i]!
    if (output === undefined) return []
    const { id, time, version, output: before, outcome } = prediction
    const parts = Object.fromEntries(partNames.map((name) => [name, partOf(prediction.inputs[name])]))
    return [{ id, time, version, before, after: JSON.parse(output), outcome, parts, inputs: cut(texts[i]!) }]
  })
  return { answers, differences, contractsAssumed: inForce.filter(({ isAssumed }) => isAssumed).length }
}

const partOf = (value: unknown): unknown => (typeof value === 'string' ? cut(value, PART_LENGTH_MAX) : (value ?? null))

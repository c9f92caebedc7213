/** Predictions asked again on the version that made them: what comes out must be what was answered, to the bit. */
import type { JournaledPrediction } from '../../operations/index.ts'
import type { AnswerOrRefusal } from './answer-again.ts'
import type { Answerers } from './answerers.ts'
import { addOutcome, type ExactTally } from './exact-tally.ts'
import type { PastContract, PastContracts } from './past-contracts.ts'
import { exampleOf } from './replay-example.ts'

/** So many predictions that no size of a call reproduces show that sizes are not the reason; the rest are asked twice only. */
const IN_VAIN_MAX = 100

export interface AskedAgain {
  /** In the order of the predictions. */
  readonly answers: readonly AnswerOrRefusal[]
  readonly contractsAssumed: number
}
interface ExactServices {
  readonly answerers: Answerers
  readonly contracts: PastContracts
  readonly tally: ExactTally
}

/** Asks some predictions again and adds them to the tally. */
export async function replayExactly(predictions: readonly JournaledPrediction[], services: ExactServices): Promise<AskedAgain> {
  const asked: Asked[] = []
  for (const prediction of predictions) {
    const [inForce, ...others] = await services.contracts.at(prediction.time, prediction.version)
    const texts = { inputs: JSON.stringify(prediction.inputs), wanted: JSON.stringify(prediction.output) }
    asked.push({ prediction, ...texts, inForce: inForce!, others })
  }
  const answers = await askTogether(asked, services.answerers)
  for (const [i, one] of asked.entries()) {
    const first = answers[i]!
    const last = first.output === one.wanted ? { answer: first } : await insist(one, first, services)
    answers[i] = last.answer
    note(one, last, services.tally)
  }
  return { answers, contractsAssumed: asked.filter(({ inForce }) => inForce.isAssumed).length }
}

interface Asked {
  readonly prediction: JournaledPrediction
  readonly inputs: string
  readonly wanted: string
  readonly inForce: PastContract
  /** In force a moment before or after. */
  readonly others: readonly PastContract[]
}
interface Insisted {
  readonly answer: AnswerOrRefusal
  readonly dependsOnBatch?: boolean
}

/** Those of one version under one contract share calls of the model. */
async function askTogether(asked: readonly Asked[], answerers: Answerers): Promise<AnswerOrRefusal[]> {
  const answers: AnswerOrRefusal[] = []
  const keyOf = ({ prediction, inForce }: Asked) => `${prediction.model}@${prediction.version}/${inForce.digest}`
  for (const [, places] of Map.groupBy(asked.keys(), (place) => keyOf(asked[place]!))) {
    const { prediction, inForce } = asked[places[0]!]!
    const answerer = await answerers.get(prediction, inForce)
    const found = await answerer.ask(places.map((place) => asked[place]!.inputs))
    places.forEach((place, i) => (answers[place] = found[i]!))
  }
  return answers
}

/** Alone, under a contract of a moment before or after, in company of itself: the answer that was given, or else the one that came alone. */
async function insist(one: Asked, first: AnswerOrRefusal, { answerers, tally }: ExactServices): Promise<Insisted> {
  const { prediction, inForce, others, inputs, wanted } = one
  const isNumbers = first.output !== undefined
  const alone = (await (await answerers.get(prediction, inForce)).ask([inputs]))[0]!
  if (alone.output === wanted) return { answer: alone, dependsOnBatch: isNumbers }
  for (const contract of others) {
    const under = (await (await answerers.get(prediction, contract)).ask([inputs]))[0]!
    if (under.output === wanted) return { answer: under }
  }
  if (alone.output === undefined || tally.inVain >= IN_VAIN_MAX) return { answer: alone }
  const inCompany = await (await answerers.get(prediction, inForce)).askInCompany(inputs, wanted)
  if (inCompany === undefined) tally.inVain += 1
  return inCompany === undefined ? { answer: alone } : { answer: inCompany, dependsOnBatch: true }
}

function note({ prediction, wanted }: Asked, { answer, dependsOnBatch }: Insisted, tally: ExactTally): void {
  const { version } = prediction
  if (answer.output !== wanted) {
    const end = answer.output === undefined ? 'refused' : 'different'
    return addOutcome(tally, { version, end, example: exampleOf(prediction, answer) })
  }
  const flags = prediction.flags === undefined ? undefined : JSON.stringify(prediction.flags)
  addOutcome(tally, { version, end: 'identical', dependsOnBatch: dependsOnBatch ?? false, flagsDiffer: answer.flags !== flags })
}

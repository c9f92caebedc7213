/** A prediction shown in a report: texts of callers and models, which may be as long as they like, cut to what is read. */
import { z } from 'zod'
import type { JournaledPrediction } from '../../operations/index.ts'
import type { AnswerOrRefusal } from './answer-again.ts'
import type { ReplayExample } from './replay.ts'

export const EXAMPLES_MAX = 50
const TEXT_LENGTH_MAX = 2_000

export const ReplayExampleShape = z.strictObject({
  id: z.string(),
  time: z.number(),
  version: z.int(),
  inputs: z.string(),
  answered: z.string(),
  now: z.string().optional(),
  refusal: z.string().optional(),
})

export const cut = (text: string, most = TEXT_LENGTH_MAX): string => (text.length > most ? `${text.slice(0, most)}…` : text)

export function exampleOf({ id, time, version, inputs, output }: JournaledPrediction, now: AnswerOrRefusal): ReplayExample {
  return {
    id,
    time,
    version,
    inputs: cut(JSON.stringify(inputs)),
    answered: cut(JSON.stringify(output)),
    ...(now.refusal === undefined ? { now: cut(now.output) } : { refusal: cut(now.refusal) }),
  }
}

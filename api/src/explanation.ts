import { z } from 'zod'
import { defineEndpoint, Name, VersionNumber } from './endpoint.ts'

const Unit = z
  .enum(['output', 'log-odds', 'log', 'score'])
  .describe('What is shared out: the number that the model says, or the sum of trees behind it.')
const Of = z
  .enum(['sum', 'output'])
  .default('sum')
  .describe('`sum`: of the trees behind a probability, exactly. `output`: the probability itself.')
const OutputName = z.string().min(1).max(500).describe('`late`, or `kind[setosa]` of several classes. Default: the first number.')

export const Contribution = z.object({
  column: z.string(),
  /** As it was sent. */
  input: z.unknown().optional(),
  value: z.number(),
  standardError: z.number(),
})
export const ExplainedPrediction = z.object({
  model: Name,
  version: z.int(),
  prediction: z.string().optional().describe('Id of the prediction, when it was one of the journal.'),
  answered: z.unknown().optional().describe('Its output, as the journal has it.'),
  output: z.string(),
  said: z.number().describe('What the model says.'),
  unit: Unit,
  predicted: z.number().describe('The same in the unit of the explanation.'),
  baseValue: z
    .number()
    .describe('Mean over the sample of the training data; base value and contributions add up to `predicted`.'),
  contributions: z.array(Contribution),
  method: z.string(),
  flags: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })),
  outlier: z
    .object({
      score: z.number().describe('Exceeded by about 10^-score of rows like those of the training data.'),
      columns: z.array(z.object({ column: z.string(), share: z.number() })),
    })
    .optional(),
})
export type ExplainedPrediction = z.infer<typeof ExplainedPrediction>

export const explainPrediction = defineEndpoint({
  id: 'explainPrediction',
  method: 'POST',
  path: '/v1/deployments/:deployment/explain',
  summary: 'Why a prediction is what it is: what each input contributed, against the training data',
  layer: 'serving',
  params: z.object({ deployment: Name }),
  body: z
    .strictObject({
      prediction: z.string().min(1).max(64).optional().describe('Id of a prediction of the journal.'),
      instance: z.record(z.string(), z.unknown()).optional().describe('Or inputs, as a request brings them.'),
      version: z.int().min(1).optional().describe('Default: the version that made the prediction, else the champion.'),
      output: OutputName.optional(),
      of: Of,
    })
    .refine(({ prediction, instance }) => (prediction === undefined) !== (instance === undefined), {
      message: 'give either prediction or instance',
    }),
  reply: ExplainedPrediction,
})

export const Importance = z.object({
  model: Name,
  version: z.int(),
  output: z.string(),
  unit: Unit,
  rows: z.int(),
  background: z.int(),
  origin: z.string().describe('Where the rows are from.'),
  columns: z.array(z.object({ column: z.string(), importance: z.number(), standardError: z.number(), share: z.number() })),
  method: z.string(),
})
export type Importance = z.infer<typeof Importance>
export const getImportance = defineEndpoint({
  id: 'getImportance',
  method: 'GET',
  path: '/v1/models/:model/versions/:version/importance',
  summary: 'Which inputs a version goes by: the mean size of their contributions over some rows',
  layer: 'model',
  params: z.object({ model: Name, version: VersionNumber }),
  query: z.object({ output: OutputName.optional(), of: Of }),
  reply: Importance,
})

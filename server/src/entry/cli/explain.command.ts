import { type ExplainedPrediction, explainPrediction } from '@seaworthy/api/explanation'
import { z } from 'zod'
import { type CommandContext, defineCommand, UsageError } from './define-command.ts'
import { drawBars } from './explanation-bars.ts'
import { readableNumber } from './readable.ts'
import { parseName } from './reference.ts'

/** From this score on the inputs are remarked on: one in a thousand rows of the training data. */
const OUTLIER_SCORE_TOLD = 3
const UNITS = { output: '', 'log-odds': ' log-odds', log: ' (logarithm)', score: ' score' } as const

const Input = z.object({
  deployment: z.string(),
  id: z.string().min(1).max(64).optional(),
  instance: z.string().optional(),
  on: z.coerce.number('a whole number from 1 on').int().min(1).optional(),
  output: z.string().min(1).optional(),
  of: z.enum(['sum', 'output']).default('sum'),
})

export default defineCommand({
  usage: '<deployment>',
  options: [
    { flags: '--id <prediction>', about: 'a prediction of the journal' },
    { flags: '--instance <json>', about: 'or inputs, as a request brings them' },
    {
      flags: '--on <version>',
      about: 'number of the version to ask (default: the one that made the prediction, else the champion)',
    },
    { flags: '--output <name>', about: 'the number to explain: late, or kind[setosa] of several classes (default: the first)' },
    { flags: '--of <what>', about: 'sum: of the trees behind a probability; output: the probability itself (default: sum)' },
  ],
  examples: [
    'seaworthy explain flight-delay --id 0mbxstdz4ya8d4l8b9s0001e',
    `seaworthy explain flight-delay --instance '{"hour":21,"weekday":5,"distance":590,"origin":"ORD","destination":"SFO"}'`,
  ],
  input: Input,
  async run({ deployment, id, instance: text, on, output, of }, context) {
    if ((id === undefined) === (text === undefined))
      throw new UsageError('Name a prediction with --id, or give inputs with --instance.')
    const instance = text === undefined ? undefined : parseInstance(text)
    const client = await context.program.openClient()
    const body = { prediction: id, instance, version: on, output, of }
    const explained = await client.call(explainPrediction, {
      ...{ params: { deployment: parseName(deployment) }, body, signal: context.signal },
    })
    await context.result(explained, () => tell(explained, context))
  },
})

function parseInstance(text: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
  } catch {
    throw new UsageError(`--instance: write one JSON object, as in '{"hour":21,"origin":"ORD"}'`)
  }
}

function tell(explained: ExplainedPrediction, { terminal }: CommandContext): void {
  const { model, version, output, said, unit, predicted, baseValue, contributions, method, flags, outlier } = explained
  terminal.line(`${terminal.bold(`${model}@${version}`)}  ${output} ${readableNumber(said)}`)
  const of = UNITS[unit]
  terminal.line(`  from ${readableNumber(baseValue)}, the mean of the training sample, to ${readableNumber(predicted)}${of}:`)
  for (const bar of drawBars(
    contributions.map(({ column, input, value }) => ({ name: column, input, value })),
    terminal,
  ))
    terminal.line(bar)
  terminal.line(terminal.dim(`  ${method}`))
  for (const { message } of flags) terminal.warn(message)
  if (outlier !== undefined && outlier.score >= OUTLIER_SCORE_TOLD)
    terminal.warn(
      `These inputs are unusual (score ${outlier.score.toFixed(1)}): about one in ${Math.round(10 ** outlier.score).toLocaleString('en-US')} rows of the training data lies as far out, by ${outlier.columns[0]!.column}.`,
    )
}

/** A replay for a terminal, a line an entry: what matters first. */
import type { CrossReport, ExactReport, QualityDifference, ReplayExample, ReplayReport } from './replay.ts'

const EXAMPLES_SHOWN_MAX = 10
const LINE_LENGTH_MAX = 160
const DIGITS = 4

/** Lines without colour and without characters that steer a terminal. */
export function replayText(report: ReplayReport): string[] {
  const lines = report.kind === 'exact' ? exactLines(report) : crossLines(report)
  return [...lines, ...noteLines(report)].map(plain)
}

function exactLines(report: ExactReport): string[] {
  const { deployment, predictions, identical, different, refused, dependOnBatch, flagsDifferent, versions } = report
  if (predictions === 0) return [`${deployment}: there are no predictions in this window.`]
  const sign = different + refused === 0 ? '✓' : '✗'
  return [
    `${deployment}: ${count(predictions)} predictions asked again on the versions that made them, ${spanOf(report)}`,
    `${sign} ${count(identical)} identical to the bit, ${count(different)} different, ${count(refused)} not answered any more`,
    ...(versions.length < 2
      ? []
      : versions.map((of) => `    version ${of.version}: ${count(of.identical)} of ${count(of.predictions)} identical`)),
    ...(dependOnBatch === 0
      ? []
      : [`    ${count(dependOnBatch)} of the identical ones depend on how many rows share a call of the model`]),
    ...(flagsDifferent === 0 ? [] : [`    ${count(flagsDifferent)} of the identical ones have other flags about their inputs`]),
    ...exampleLines(report.examples),
  ]
}

function crossLines(report: CrossReport): string[] {
  const { deployment, predictions, on, versions, changed, changedBy, difference, movers, quality, refused } = report
  if (predictions === 0) return [`${deployment}: there are no predictions in this window.`]
  const made = versions.map(({ version, predictions: own }) => `version ${version} (${count(own)})`).join(', ')
  return [
    `${deployment}: ${count(predictions)} predictions of ${made} asked again on version ${on}, ${spanOf(report)}`,
    ...(changed === undefined
      ? []
      : [
          `  changed     ${percent(changed.value)} [${percent(changed.low)}, ${percent(changed.high)}] of the answers`,
          `              (${changedBy})`,
        ]),
    ...(difference === undefined
      ? []
      : [
          `  difference  ${difference.mean === undefined ? '' : `mean ${signed(difference.mean)}, `}mean size ${short(difference.meanAbsolute)}`,
          `              ${Object.entries(difference.quantiles)
            .map(([name, value]) => `${name} ${short(value)}`)
            .join('  ')}   (${difference.of})`,
        ]),
    ...(refused === 0 ? [] : [`  refused     ${count(refused)} that version ${on} does not answer`]),
    ...quality.map(qualityLine),
    ...(movers.length === 0 ? [] : ['  moves most where']),
    ...movers.map(
      ({ input, value, rows, changed: others, mean, meanAbsolute }) =>
        `    ${input} = ${value}: ${count(rows)} predictions, ${percent(others / rows)} changed${meanAbsolute === undefined ? '' : `, mean size ${short(meanAbsolute)}`}${mean === undefined ? '' : `, mean ${signed(mean)}`}`,
    ),
    ...exampleLines(report.examples),
  ]
}

function qualityLine({ metric, rows, before, after, improvement, shortfall }: QualityDifference): string {
  if (improvement === undefined) return `  ${metric.padEnd(11)} not enough to say: ${shortfall ?? ''} (${count(rows)} outcomes)`
  const { value, low, high } = improvement
  const verdict = low > 0 ? 'better' : high < 0 ? 'worse' : 'no difference shown'
  return `  ${metric.padEnd(11)} ${short(before!)} → ${short(after!)}; improvement ${signed(value)} [${signed(low)}, ${signed(high)}], ${count(rows)} outcomes: ${verdict}`
}

function exampleLines(examples: readonly ReplayExample[]): string[] {
  return examples
    .slice(0, EXAMPLES_SHOWN_MAX)
    .flatMap(({ id, version, inputs, answered, now, refusal }) => [
      `  ${id}  version ${version}  ${clip(inputs)}`,
      refusal === undefined
        ? `      answered ${clip(answered)}  now ${clip(now ?? '')}`
        : `      answered ${clip(answered)}  now refused: ${clip(refusal)}`,
    ])
}

const noteLines = ({ contractsAssumed }: ReplayReport): string[] =>
  contractsAssumed === 0
    ? []
    : [`! The contract of ${count(contractsAssumed)} predictions is not known; the one of today was taken.`]

function spanOf({ span }: ReplayReport): string {
  if (span === undefined) return ''
  return `${new Date(span.from).toISOString()} to ${new Date(span.to).toISOString()}`
}

const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, '\u{fffd}')
const clip = (text: string): string => (text.length > LINE_LENGTH_MAX ? `${text.slice(0, LINE_LENGTH_MAX)}…` : text)
const count = (value: number): string => value.toLocaleString('en-US')
const short = (value: number): string => String(Number(value.toPrecision(DIGITS)))
const signed = (value: number): string => `${value > 0 ? '+' : ''}${short(value)}`
const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`

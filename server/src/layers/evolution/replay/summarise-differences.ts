/**
 * What another version would have changed: for how many callers, by how much, for which part of the traffic most, and whether for
 * the better where outcomes are known. Reads the spool twice: once for the numbers, once for the examples they point to.
 */
import { wilsonInterval } from '../../../stats/wilson-interval.ts'
import type { OutputField } from '../../model/index.ts'
import { DECISION_THRESHOLD } from '../../operations/index.ts'
import { changeTest, decisionsOf, NUMBER_SHARE } from '../gates/stability.ts'
import type { DifferenceSpool, SpooledDifference } from './difference-spool.ts'
import { createMovers } from './movers.ts'
import { compareOutcomes, createOutcomes } from './outcome-comparison.ts'
import { differencesOf, numberDifference, type RowDifferences } from './output-difference.ts'
import { cut } from './replay-example.ts'
import type { CrossReport, ReplayExample } from './replay.ts'
import { createSaidOutputs } from './said-outputs.ts'

const CONFIDENCE = 0.95
const EXAMPLES_SHOWN_MAX = 10

interface Summary extends Pick<
  CrossReport,
  'versions' | 'output' | 'changed' | 'changedBy' | 'difference' | 'movers' | 'quality' | 'outcomes' | 'examples'
> {}

interface Given {
  readonly spool: DifferenceSpool
  /** Lines of the spool. */
  readonly rows: number
  /** The output that is compared, as the version that answered and as the other one has it. */
  readonly before: OutputField
  readonly after: OutputField
  /** Metrics to compare by; those that do not fit are left out. */
  readonly metrics: readonly string[]
  readonly signal: AbortSignal
}

export async function summariseDifferences({ spool, rows, before, after, metrics, signal }: Given): Promise<Summary> {
  const [was, is] = [createSaidOutputs(before, rows), createSaidOutputs(after, rows)]
  const outcomes = createOutcomes(rows)
  const versions = new Map<number, number>()
  const texts = before.type === 'tensor' || after.type === 'tensor' ? new Uint8Array(rows) : undefined
  let row = 0
  for await (const line of spool.read()) {
    was.add(line.before)
    is.add(line.after)
    outcomes.add(line.outcome)
    if (texts !== undefined) texts[row] = JSON.stringify(line.before) === JSON.stringify(line.after) ? 0 : 1
    versions.set(line.version, (versions.get(line.version) ?? 0) + 1)
    row += 1
  }
  signal.throwIfAborted()
  const tables = { was: was.table(), is: is.table() }
  const isChanged =
    texts === undefined
      ? changeTest(decisionsOf(before, tables.was), decisionsOf(after, tables.is))
      : (at: number) => texts[at] === 1
  const differences = differencesOf(before, after, tables)
  const found = await walkAgain(spool, isChanged, differences, row)
  return {
    versions: [...versions].map(([version, predictions]) => ({ version, predictions })).toSorted((a, b) => a.version - b.version),
    output: after.name,
    ...(row === 0 ? {} : { changed: wilsonInterval(found.changed, row, CONFIDENCE) }),
    changedBy: changedBy(before),
    ...differenceOf(differences),
    movers: found.movers,
    examples: found.examples,
    quality: await compareOutcomes({ before, after, tables, outcomes, metrics, signal }),
    outcomes: outcomes.known(),
  }
}

function differenceOf(differences: RowDifferences | undefined): Pick<CrossReport, 'difference'> {
  const difference = differences && numberDifference(differences)
  return difference === undefined ? {} : { difference }
}

/** Parts of the traffic and examples, for which each line is needed once more. */
async function walkAgain(
  spool: DifferenceSpool,
  isChanged: (row: number) => boolean,
  differences: RowDifferences | undefined,
  rows: number,
): Promise<{ changed: number; movers: CrossReport['movers']; examples: readonly ReplayExample[] }> {
  const shown = largest(rows, isChanged, differences?.values)
  const movers = createMovers(differences === undefined ? 'none' : differences.hasSign ? 'signed' : 'unsigned')
  const examples: { rank: number; example: ReplayExample }[] = []
  let [row, changed] = [0, 0]
  for await (const line of spool.read()) {
    const isOther = isChanged(row)
    if (isOther) changed += 1
    movers.add(line.parts, isOther, differences?.values[row])
    const rank = shown.indexOf(row)
    if (rank >= 0) examples.push({ rank, example: exampleOfLine(line) })
    row += 1
  }
  const sorted = examples.toSorted((a, b) => a.rank - b.rank).map(({ example }) => example)
  return { changed, movers: movers.list(), examples: sorted }
}

/** Rows to show: those that amount to something else first, and among them those that moved most. */
function largest(rows: number, isChanged: (row: number) => boolean, differences: Float64Array | undefined): number[] {
  const weight = (row: number) => (isChanged(row) ? 1e9 : 0) + Math.abs(differences?.[row] ?? 0)
  const best: number[] = []
  for (let row = 0; row < rows; row++) {
    const own = weight(row)
    if (!(own > 0) || (best.length === EXAMPLES_SHOWN_MAX && own <= weight(best.at(-1)!))) continue
    const place = best.findIndex((other) => weight(other) < own)
    best.splice(place < 0 ? best.length : place, 0, row)
    if (best.length > EXAMPLES_SHOWN_MAX) best.pop()
  }
  return best
}

const exampleOfLine = ({ id, time, version, inputs, before, after }: SpooledDifference): ReplayExample => ({
  ...{ id, time, version, inputs },
  answered: cut(JSON.stringify(before)),
  now: cut(JSON.stringify(after)),
})

function changedBy({ type }: OutputField): string {
  if (type === 'probability' || type === 'boolean') return `yes from ${DECISION_THRESHOLD} on becomes no, or no yes`
  if (type === 'number')
    return `the number moves by more than ${NUMBER_SHARE} of the standard deviation of those that were answered`
  if (type === 'integer') return 'another whole number'
  return type === 'tensor' ? 'another value anywhere in it' : 'another class'
}

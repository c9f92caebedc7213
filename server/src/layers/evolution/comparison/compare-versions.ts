/**
 * Versions of a model held against each other: each is loaded here and asked about the same rows, what they said is paired with
 * what happened, and only rows that all of them answered count.
 */
import type { Contract } from '../../../contract/contract.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Table } from '../../../kernel/table.ts'
import type { ModelRegistry, SessionOptions } from '../../model/index.ts'
import { type OutcomePairing, type OutputFamily, pairOutcomes, pickPairs, qualityMetrics } from '../../operations/index.ts'
import { judgedOutput } from '../check/judged-output.ts'
import { withVersion } from '../check/opened-version.ts'
import { slicesBy } from '../gates/slices.ts'
import { compareChallengers } from './compare-challengers.ts'
import type { PairedMeasurement } from './compare-paired.ts'
import type {
  ComparisonReport,
  ReportedChallenger,
  ReportedDifference,
  ReportedShortfall,
  ReportedVersion,
} from './comparison-report.ts'
import { parseComparisonRule } from './comparison-rule.ts'
import type { ComparedSlice } from './compare-slices.ts'
import type { MeasuredChallenger } from './decide.ts'
import { ComparisonImpossible } from './errors.ts'

export interface VersionsToCompare {
  readonly model: string
  readonly champion: number
  /** At least one; `label` is said behind its name, such as `warm`. */
  readonly challengers: readonly { readonly version: number; readonly label?: string }[]
  readonly contract: Contract
  readonly rows: ComparisonRows
}
export interface ComparisonRows {
  readonly table: Table
  readonly words: string
  /** sha256 of the file that holds them. */
  readonly digest: string
}
export interface ComparisonServices {
  readonly registry: ModelRegistry
  /** How models are loaded and asked. */
  readonly serving: { readonly session: SessionOptions }
  readonly clock: Clock
}
export interface ComparisonWatch {
  readonly signal: AbortSignal
  note(text: string): Promise<void>
}

/** What a challenger has to show when the contract does not say. */
const RULE = 'better-with-95%-confidence'
/** Metrics that are shown for outputs of a kind; the first decides when the contract bounds none. */
const METRICS: Readonly<Record<OutputFamily, readonly string[]>> = {
  binary: ['roc-auc', 'log-loss', 'calibration-error'],
  multiclass: ['accuracy', 'balanced-accuracy'],
  regression: ['rmse', 'mae'],
}
const METRICS_MAX = 8
const SLICES_SHOWN_MAX = 20

/** Throws ComparisonImpossible, ComparisonRuleInvalid, OutcomeUnreadable, MetricUnfit, and what loading and scoring throw. */
export async function compareVersions(
  request: VersionsToCompare,
  services: ComparisonServices,
  watch: ComparisonWatch,
): Promise<ComparisonReport> {
  const { model, champion, challengers, contract, rows } = request
  const { outcome } = contract
  if (outcome === undefined) throw new ComparisonImpossible({ model, reason: 'the contract names no outcome' })
  const ruleText = contract.maintenance.compare?.require ?? RULE
  const rule = parseComparisonRule(ruleText)
  const asked: Answers[] = []
  for (const { version, label } of [{ version: champion, label: 'champion' }, ...challengers])
    asked.push(
      await ask({ version, name: `${model}@${version}${label === undefined ? '' : ` (${label})`}` }, request, services, watch),
    )
  const common = commonRows(asked)
  const pairsOf = ({ pairing }: Answers) => pickPairs(pairing.pairs, placesOf(pairing.rows, common))
  const [first, ...others] = asked as [Answers, ...Answers[]]
  await watch.note('comparing')
  const { decision, measured } = await compareChallengers(
    {
      rule,
      champion: pairsOf(first),
      challengers: others.map((answers) => ({ name: answers.reported.name, pairs: pairsOf(answers) })),
      metrics: metricsFor(contract, first.pairing.pairs.family),
      slices: slicesOf(contract, rows.table, common),
    },
    { signal: watch.signal },
  )
  const winner = others.find(({ reported }) => reported.name === decision.winner)?.reported.version
  return {
    format: 'seaworthy-comparison/1',
    model,
    champion,
    rows: { words: rows.words, digest: rows.digest, compared: common.length, withoutOutcome: first.pairing.rowsWithoutOutcome },
    rule: ruleText,
    versions: asked.map(({ reported }) => reported),
    challengers: measured.map((challenger, i) => reportedChallenger(challenger, others[i]!.reported)),
    decision: {
      verdict: decision.verdict,
      ...(winner === undefined ? {} : { winner }),
      summary: decision.summary,
      challengers: decision.challengers,
    },
    createdAt: services.clock.now(),
  }
}

interface Answers {
  readonly reported: ReportedVersion
  readonly pairing: OutcomePairing
}

async function ask(
  { version, name }: { readonly version: number; readonly name: string },
  { model, contract, rows }: VersionsToCompare,
  { registry, serving }: ComparisonServices,
  { signal, note }: ComparisonWatch,
): Promise<Answers> {
  signal.throwIfAborted()
  await note(`asking ${name}`)
  const { bytes } = await registry.getVersion(model, version)
  return withVersion(registry, { model, version }, serving.session, async ({ opened, session, scorer }) => {
    const output = judgedOutput(opened.signature, contract)
    const pairing = pairOutcomes(output, await scorer.score(rows.table, { signal }), rows.table, contract.outcome!.name)
    const { runMs, rowMs } = session
    return { reported: { name, version, bytes, runMs, rowMs, rowsUnanswered: pairing.rowsWithoutPrediction }, pairing }
  })
}

/** Rows that every version answered, ascending. */
function commonRows(asked: readonly Answers[]): Int32Array {
  const times = new Map<number, number>()
  for (const { pairing } of asked) for (const row of pairing.rows) times.set(row, (times.get(row) ?? 0) + 1)
  return asked[0]!.pairing.rows.filter((row) => times.get(row) === asked.length)
}

/** Where the picked rows stand among all rows of a pairing; both ascend. */
function placesOf(all: Int32Array, picked: Int32Array): Int32Array {
  let at = -1
  return picked.map((row) => (at = all.indexOf(row, at + 1)))
}

/** The metrics of the contract in its order, then what one wants to see as well. */
function metricsFor({ sufficient }: Contract, family: OutputFamily): readonly string[] {
  const bounded = Object.keys(sufficient.quality)
  const fitting = METRICS[family].filter((id) => qualityMetrics.find(id)?.families.includes(family))
  return [...new Set([...bounded, ...fitting])].slice(0, METRICS_MAX)
}

function slicesOf({ sufficient }: Contract, table: Table, rows: Int32Array) {
  if (sufficient.slices === undefined) return []
  const { by, 'min-rows': rowsMin } = sufficient.slices
  return by.flatMap((column) => slicesBy(table, column, rows)).filter(({ places }) => places.length >= rowsMin)
}

function reportedChallenger(
  { name, decisive, others = [], slices }: MeasuredChallenger,
  { version }: ReportedVersion,
): ReportedChallenger {
  return {
    name,
    version,
    metrics: [decisive, ...others].map(reportedMetric),
    slices: slices?.slices.slice(0, SLICES_SHOWN_MAX).map(reportedSlice) ?? [],
    slicesCompared: slices?.slices.length ?? 0,
    slicesUnjudged: slices?.unjudged ?? 0,
  }
}

function reportedMetric(measured: PairedMeasurement): ReportedDifference | ReportedShortfall {
  if (measured.difference === undefined) return { metric: measured.metric.id, rows: measured.rows, shortfall: measured.shortfall }
  return reportedDifference(measured.difference)
}

function reportedDifference({
  metric,
  rows,
  champion,
  challenger,
  improvement,
  p,
}: ComparedSlice['difference']): ReportedDifference {
  const { value, low, high, confidence, method } = improvement
  const { id, better } = metric
  return { metric: id, better, rows, champion, challenger, improvement: { value, low, high, confidence }, p, method }
}

const reportedSlice = ({ label, difference, pAdjusted, isHarmed }: ComparedSlice) => ({
  label,
  difference: reportedDifference(difference),
  pAdjusted,
  isHarmed,
})

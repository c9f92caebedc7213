/**
 * Gradient-boosted decision trees on histograms, for yes-or-no outcomes and for numbers. It takes missing values and categories
 * as they come. One thread, no library, the same bytes for the same table, options and seed.
 *
 *     table -> float32 matrix -> bins -> trees, one after the other -> ONNX
 *
 * The float32 matrix is exactly what serving feeds the graph. Thresholds and leaves are float32 too, so that the file gives the
 * predictions that training measured.
 */
import type { Table } from '../../../../../kernel/table.ts'
import { defineTrainer, type TrainedModel, type TrainingContext } from '../contract.ts'
import { PreviousModelUnfit } from '../errors.ts'
import { type BinnedColumn, binRows, planBins } from './binned-rows.ts'
import { type Boosted, boost, type ScoredRows } from './boosting.ts'
import { type Ensemble, importancesOf, predictTable, scoresOf } from './ensemble.ts'
import { readEnsemble, writeEnsemble } from './ensemble-file.ts'
import { encodeFeatures, type FeatureColumn, featureColumnsOf } from './feature-columns.ts'
import type { GrownTree } from './grow-tree.ts'
import { type Loss, losses } from './objective.ts'
import { type BoostedTreesInput, type BoostedTreesOptions, parseOptions } from './options.ts'
import { objectiveOf, outcomesOf, randomFor, rowsWithOutcome, takeShare } from './training-rows.ts'
import type { Tree } from './tree.ts'

export const boostedTrees = defineTrainer({
  id: 'boosted-trees',
  title: 'Gradient-boosted trees',
  train: async (table, options, context) => train(table, parseOptions(options), context ?? {}),
})

/** As `boostedTrees.train`, with options that the compiler checks. */
export const trainBoostedTrees = (
  table: Table,
  options: BoostedTreesInput,
  context: TrainingContext = {},
): Promise<TrainedModel> => boostedTrees.train(table, options, context)

async function train(table: Table, options: BoostedTreesOptions, context: TrainingContext): Promise<TrainedModel> {
  const before = context.previous === undefined ? undefined : readEnsemble(context.previous)
  const plan = planTraining(table, options, before)
  const { loss, features } = plan
  const matrix = encodeFeatures(table, features)
  const binning = planBins(matrix, features, options.binsMax)
  const { values: outcomes } = outcomesOf(table, options.outcome)
  const known = rowsWithOutcome(outcomes, loss.id, options.outcome)
  const isSplit = context.validation === undefined && options.validationShare > 0
  const { taken, left } = takeShare(known, isSplit ? options.validationShare : 0, randomFor(options.seed, 'validation'))
  const base: Ensemble = before === undefined ? plan.empty(loss.start(outcomes, left)) : { ...before, features }
  const training: ScoredRows = { binned: binRows(matrix, binning), outcomes, scores: scoresOf(base, matrix), rows: left }
  const heldBack = taken.length > 0 ? { ...training, rows: taken } : undefined
  const validation = context.validation === undefined ? heldBack : scoredRows(context.validation, base, binning, loss)
  const boosted = await boost(training, validation, loss, options, context)
  const ensemble = extend(base, boosted.trees, binning)
  const metrics = metricsOf(boosted, base, training, validation, table.rowCount - known.length)
  return createTrainedModel(ensemble, { ...options, objective: loss.id, columns: features.map(({ name }) => name) }, metrics)
}

interface Plan {
  readonly loss: Loss
  readonly features: readonly FeatureColumn[]
  empty(start: number): Ensemble
}

function planTraining(table: Table, options: BoostedTreesOptions, before: Ensemble | undefined): Plan {
  const { isBoolean } = outcomesOf(table, options.outcome)
  const objective = objectiveOf(options, isBoolean)
  const names =
    options.columns ??
    before?.features.map(({ name }) => name) ??
    [...table.columns.keys()].filter((name) => name !== options.outcome)
  if (before !== undefined) requireSame(before, { objective, outcome: options.outcome, names })
  const features = featureColumnsOf(table, before?.features.map(({ name }) => name) ?? names, options.binsMax, before?.features)
  const gains = features.map(() => 0)
  return {
    loss: losses[objective],
    features,
    empty: (start) => ({ objective, outcome: options.outcome, features, start, trees: [], gains }),
  }
}

function requireSame(before: Ensemble, now: { objective: string; outcome: string; names: readonly string[] }): void {
  const refuse = (what: string, was: string, is: string) => {
    throw new PreviousModelUnfit({ reason: `its ${what} is ${was}, and now it is ${is}` })
  }
  if (before.objective !== now.objective) refuse('objective', before.objective, now.objective)
  if (before.outcome !== now.outcome) refuse('outcome', before.outcome, now.outcome)
  const was = before.features.map(({ name }) => name)
  if (was.toSorted().join('\0') !== now.names.toSorted().join('\0'))
    refuse('list of columns', was.join(', '), now.names.join(', '))
}

function scoredRows(table: Table, base: Ensemble, binning: readonly BinnedColumn[], loss: Loss): ScoredRows {
  const matrix = encodeFeatures(table, base.features)
  const { values: outcomes } = outcomesOf(table, base.outcome)
  const rows = rowsWithOutcome(outcomes, loss.id, base.outcome)
  return { binned: binRows(matrix, binning), outcomes, scores: scoresOf(base, matrix), rows }
}

function extend(base: Ensemble, grown: readonly GrownTree[], binning: readonly BinnedColumn[]): Ensemble {
  const gains = [...base.gains]
  for (const { splits } of grown) for (const { split } of splits) gains[split.column]! += split.gain
  const codesOfBins = binning.map(({ binOfCode }) => {
    const codes: number[] = []
    binOfCode?.forEach((bin, code) => bin > 0 && (codes[bin] = code))
    return codes
  })
  return { ...base, gains, trees: [...base.trees, ...grown.map((tree) => finishTree(tree, binning, codesOfBins))] }
}

/** From bins to values. Left of the last border there is no limit but that a value is present. */
function finishTree({ splits, leaves }: GrownTree, binning: readonly BinnedColumn[], codesOfBins: readonly number[][]): Tree {
  const thresholdOf = ({ column, bin }: GrownTree['splits'][number]['split']) =>
    bin === undefined ? 0 : (binning[column]!.borders![bin - 1] ?? Number.POSITIVE_INFINITY)
  return {
    columns: splits.map(({ split }) => split.column),
    thresholds: Float32Array.from(splits, ({ split }) => thresholdOf(split)),
    members: splits.map(({ split }) => split.members?.map((bin) => codesOfBins[split.column]![bin]!)),
    missingLeft: splits.map(({ split }) => split.missingLeft),
    lefts: Int32Array.from(splits, ({ left }) => left),
    rights: Int32Array.from(splits, ({ right }) => right),
    leaves,
  }
}

function metricsOf(
  boosted: Boosted,
  base: Ensemble,
  training: ScoredRows,
  validation: ScoredRows | undefined,
  withoutOutcome: number,
) {
  return {
    'training-loss': boosted.trainingLoss,
    ...(boosted.validationLoss === undefined ? {} : { 'validation-loss': boosted.validationLoss }),
    'training-rows': training.rows.length,
    'validation-rows': validation?.rows.length ?? 0,
    'rows-without-outcome': withoutOutcome,
    'trees-grown': boosted.treesGrown,
    trees: base.trees.length + boosted.trees.length,
  }
}

function createTrainedModel(
  ensemble: Ensemble,
  parameters: Readonly<Record<string, unknown>>,
  metrics: Readonly<Record<string, number>>,
): TrainedModel {
  return Object.freeze<TrainedModel>({
    columns: ensemble.features.map(({ name }) => name),
    output: { name: ensemble.outcome, type: losses[ensemble.objective].output },
    parameters,
    metrics,
    importances: importancesOf(ensemble),
    predict: (table) => predictTable(ensemble, table),
    toOnnx: () => writeEnsemble(ensemble),
  })
}

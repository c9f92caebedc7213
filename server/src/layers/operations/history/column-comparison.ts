/** One column of a window beside that of its reference, with everything that a page draws of it. */
import { type DriftPolicy, type DriftVerdict, judgeColumn, judgeColumns } from '../drift/judge-drift.ts'
import { compareProfiles, type ComparedBin, type Comparison } from '../profile/compare-profiles.ts'
import { type ColumnSummary, summariseProfile } from '../profile/summarise-profile.ts'
import { isNumeric, QUANTILE_STEPS } from '../../model/index.ts'
import { ColumnUnknown } from './errors.ts'
import type { SpanProfile, VersionReference } from './span-profile.ts'

/** New values that are named. */
const VALUES_MAX = 50
/** As summariseProfile has them. */
const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95]

export interface ComparedColumnView {
  readonly name: string
  readonly type: string
  readonly family: 'numbers' | 'values'
  readonly bins: readonly (ComparedBin & { readonly reference: number; readonly window: number })[]
  /** Rows of each side. */
  readonly rows: { readonly reference: number; readonly window: number }
  readonly quantiles?: {
    readonly shares: readonly number[]
    readonly reference: readonly number[]
    readonly window: readonly number[]
  }
  readonly window: ColumnSummary
  /** Of a span that it is held against; the training data has its own form. */
  readonly reference?: ColumnSummary
  readonly verdict?: DriftVerdict
}

export interface ComparedSummary extends ColumnSummary {
  readonly verdict?: DriftVerdict
}

/** Every column of a span against the training data, in the order of the signature. */
export function compareToBaseline({ profile, version }: SpanProfile, policy: DriftPolicy): readonly ComparedSummary[] {
  const { columns } = compareProfiles(version.reference, profile)
  const { verdicts } = judgeColumns(profile.rows === 0 ? [] : columns.map((column) => ({ column })), policy)
  const byName = new Map(verdicts.map((verdict) => [verdict.column, verdict]))
  return summariseProfile(profile).map((summary) => {
    const verdict = byName.get(summary.name)
    return { ...summary, ...(verdict === undefined ? {} : { verdict }) }
  })
}

/** Throws ColumnUnknown, and ProfilesDiffer for profiles on other bins. */
export function compareColumn(
  name: string,
  of: SpanProfile,
  against: SpanProfile | undefined,
  policy: DriftPolicy,
): ComparedColumnView {
  const compared: Comparison = compareProfiles(against?.profile ?? of.version.reference, of.profile)
  const column = compared.columns.find((one) => one.name === name)
  const summary = (span: SpanProfile) => summariseProfile(span.profile, VALUES_MAX).find((one) => one.name === name)
  const window = summary(of)
  if (column === undefined || window === undefined)
    throw new ColumnUnknown({ column: name, known: compared.columns.map((one) => one.name) })
  const reference = against && summary(against)
  const verdict = of.profile.rows === 0 ? undefined : judgeColumn(column, policy)
  const before = reference?.quantiles ?? (against === undefined ? baselineQuantiles(of.version, name) : undefined)
  const sum = (counts: Float64Array) => counts.reduce((total, count) => total + count, 0)
  return {
    ...{ name, type: column.type, family: column.family },
    bins: column.bins.map((bin, i) => ({ ...bin, reference: column.reference[i]!, window: column.window[i]! })),
    rows: { reference: sum(column.reference), window: sum(column.window) },
    ...(before === undefined || window.quantiles === undefined
      ? {}
      : { quantiles: { shares: SHARES, reference: before, window: window.quantiles } }),
    window,
    ...(reference === undefined ? {} : { reference }),
    ...(verdict === undefined ? {} : { verdict }),
  }
}

function baselineQuantiles({ baseline }: VersionReference, name: string): readonly number[] | undefined {
  const column = baseline.columns.find((one) => one.name === name)
  if (column === undefined || !isNumeric(column) || column.quantiles.length === 0) return undefined
  return SHARES.map((share) => column.quantiles[Math.round(share * QUANTILE_STEPS)]!)
}

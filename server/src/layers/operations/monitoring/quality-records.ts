/** The quality of past spans as it is kept: what was estimated, what was measured, and how wrong the estimates were. */
import { estimatorError, type PastEstimate } from '../quality/estimate/estimator-error.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { ShownFinding, WatchedFinding } from './watched-finding.ts'

export interface QualityEstimateRecord {
  readonly metric: string
  readonly value: number
  readonly low: number
  readonly high: number
}
export interface QualityRecord {
  /** The span of the predictions, milliseconds since 1970. */
  readonly from: number
  readonly to: number
  readonly version: number
  /** Begin of the window that tells of it. */
  readonly toldIn: number
  /** Outcomes that were recorded until then are in it. */
  readonly knownUntil: number
  readonly estimates: readonly QualityEstimateRecord[]
  /** Of the metrics and of the outcome feed; empty until its outcomes are due. */
  readonly findings: readonly ShownFinding[]
}

export interface QualityRecords {
  find(deployment: string, from: number): Promise<QualityRecord | undefined>
  /** Again for the same span replaces what was there. */
  keep(deployment: string, record: QualityRecord): Promise<void>
  /** Spans that begin before a time, newest first. */
  list(deployment: string, before: number, limit: number): Promise<readonly QualityRecord[]>
  /** Those that are told of in windows that begin in a span. */
  toldIn(deployment: string, span: { readonly from: number; readonly to: number }): Promise<readonly QualityRecord[]>
  retain(oldest: number): Promise<void>
}

export function createQualityRecords(db: Database): QualityRecords {
  const rows = (deployment: string) =>
    db.kysely.selectFrom('monitor_quality').selectAll().where('deployment', '=', deployment).orderBy('from_at', 'desc')
  return Object.freeze<QualityRecords>({
    async find(deployment, from) {
      const row = await rows(deployment).where('from_at', '=', from).executeTakeFirst()
      return row && recordOf(row)
    },
    async keep(deployment, { from, to, version, toldIn, knownUntil, estimates, findings }) {
      const content = {
        to_at: to,
        version,
        told_in: toldIn,
        known_until: knownUntil,
        content: JSON.stringify({ estimates, findings }),
      }
      await db.transaction((tx) =>
        tx
          .insertInto('monitor_quality')
          .values({ deployment, from_at: from, ...content })
          .onConflict((conflict) => conflict.columns(['deployment', 'from_at']).doUpdateSet(content))
          .execute(),
      )
    },
    async list(deployment, before, limit) {
      return (await rows(deployment).where('from_at', '<', before).limit(limit).execute()).map(recordOf)
    },
    async toldIn(deployment, { from, to }) {
      return (await rows(deployment).where('told_in', '>=', from).where('told_in', '<', to).execute()).map(recordOf)
    },
    async retain(oldest) {
      await db.kysely.deleteFrom('monitor_quality').where('to_at', '<', oldest).execute()
    },
  })
}

interface Row {
  readonly from_at: number
  readonly to_at: number
  readonly version: number
  readonly told_in: number
  readonly known_until: number
  readonly content: string
}

const recordOf = (row: Row): QualityRecord => ({
  ...{ from: Number(row.from_at), to: Number(row.to_at), version: row.version, toldIn: Number(row.told_in) },
  knownUntil: Number(row.known_until),
  ...(JSON.parse(row.content) as Pick<QualityRecord, 'estimates' | 'findings'>),
})

/** How wrong the estimates of a metric were, in spans of this version that have both. */
export function pastErrorOf(
  metric: string,
  version: number,
  records: readonly QualityRecord[],
): Pick<WatchedFinding, 'estimateError'> {
  const past = records.flatMap((record): PastEstimate[] => {
    const estimated = record.estimates.find((each) => each.metric === metric)
    const measured = record.findings.find(
      ({ kind, subject, measure, slice, value }) =>
        kind === 'quality' && subject === metric && measure === metric && slice === undefined && value !== undefined,
    )
    if (record.version !== version || estimated === undefined || measured === undefined) return []
    return [{ estimated, measured: { value: measured.value! } }]
  })
  const error = estimatorError(past)
  if (error === undefined) return {}
  const { windows, meanAbsoluteError, bias, coverage } = error
  return { estimateError: { windows, meanAbsoluteError, bias, coverage } }
}

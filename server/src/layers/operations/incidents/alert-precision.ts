/** How often it was worth it: incidents by the measures that caused them, and what people said of them afterwards. */
import type { Database } from '../../../platform/db/database.ts'
import type { Finding } from './finding.ts'
import type { MeasurePrecision } from './incident.ts'

/** Newest incidents that are counted. */
const INCIDENTS_MAX = 10_000

export async function alertPrecision(db: Database, deployment?: string): Promise<readonly MeasurePrecision[]> {
  let query = db.kysely
    .selectFrom('incident')
    .innerJoin('incident_finding', 'incident_finding.incident', 'incident.id')
    .select(['incident.id', 'incident.verdict', 'incident_finding.finding'])
    .where('incident_finding.role', '=', 'cause')
    .orderBy('incident.id', 'desc')
    .limit(INCIDENTS_MAX)
  if (deployment !== undefined) query = query.where('incident.deployment', '=', deployment)
  const groups = Map.groupBy(await query.execute(), ({ finding }) => {
    const { kind, measure } = JSON.parse(finding) as Finding
    return `${kind}\0${measure}`
  })
  return [...groups]
    .map(([group, rows]) => precisionOf(group, new Map(rows.map(({ id, verdict }) => [id, verdict]))))
    .toSorted(byCount)
}

function precisionOf(group: string, verdicts: ReadonlyMap<number, string | null>): MeasurePrecision {
  const [kind, measure] = group.split('\0') as [MeasurePrecision['kind'], string]
  const said = [...verdicts.values()]
  const real = said.filter((verdict) => verdict === 'real').length
  const falseAlarms = said.filter((verdict) => verdict === 'false-alarm').length
  const counts = { incidents: said.length, real, falseAlarms, unknown: said.length - real - falseAlarms }
  return { kind, measure, ...counts, ...(real + falseAlarms === 0 ? {} : { precision: real / (real + falseAlarms) }) }
}

const byCount = (a: MeasurePrecision, b: MeasurePrecision) => b.incidents - a.incidents || a.measure.localeCompare(b.measure)

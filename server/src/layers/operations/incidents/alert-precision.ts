/** How often it was worth it: incidents by the measures that caused them, and what people said of them afterwards. */
import type { Database } from '../../../platform/db/database.ts'
import type { Finding } from './finding.ts'
import type { MeasurePrecision } from './incident.ts'

/** Causes of the newest incidents that are counted. */
const CAUSES_MAX = 10_000
/** Findings read at once: each may hold 32 KiB of evidence. */
const FINDINGS_READ_MAX = 100

export async function alertPrecision(db: Database, deployment?: string): Promise<readonly MeasurePrecision[]> {
  let query = db.kysely
    .selectFrom('incident')
    .innerJoin('incident_finding', 'incident_finding.incident', 'incident.id')
    .select(['incident.id', 'incident.verdict', 'incident_finding.key'])
    .where('incident_finding.role', '=', 'cause')
    .orderBy('incident.id', 'desc')
    .limit(CAUSES_MAX)
  if (deployment !== undefined) query = query.where('incident.deployment', '=', deployment)
  const causes = await query.execute()
  const groupOf = await readGroups(db, new Map(causes.map(({ key, id }) => [key, id])))
  return [...Map.groupBy(causes, ({ key }) => groupOf.get(key))]
    .flatMap(([group, rows]) =>
      group === undefined ? [] : precisionOf(group, new Map(rows.map(({ id, verdict }) => [id, verdict]))),
    )
    .toSorted(byCount)
}

/** Kind and measure of each key, from one of the incidents that it was a cause of. */
async function readGroups(db: Database, incidentOf: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, string>> {
  const places = [...incidentOf]
  const groups = new Map<string, string>()
  for (let at = 0; at < places.length; at += FINDINGS_READ_MAX) {
    const rows = await db.kysely
      .selectFrom('incident_finding')
      .select(['key', 'finding'])
      .where((eb) =>
        eb.or(
          places
            .slice(at, at + FINDINGS_READ_MAX)
            .map(([key, incident]) => eb.and([eb('incident', '=', incident), eb('key', '=', key)])),
        ),
      )
      .execute()
    for (const { key, finding } of rows) {
      const { kind, measure } = JSON.parse(finding) as Finding
      groups.set(key, `${kind}\0${measure}`)
    }
  }
  return groups
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

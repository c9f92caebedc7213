import { z } from 'zod'
import type { Database } from '../../../platform/db/database.ts'

/** An incident that nobody has resolved, as far as others act on it. */
export interface OpenIncident {
  readonly id: number
  /** Kinds of what caused it: drift, quality, feed ... */
  readonly kinds: readonly string[]
  readonly openedAt: number
  readonly title: string
}
export interface OpenIncidents {
  /** Oldest first; of very many the newest. */
  listOpen(deployment: string): Promise<readonly OpenIncident[]>
}

/** Findings of open incidents that are looked at, those of the newest incidents first. */
const FINDINGS_MAX = 1_000

const Found = z.looseObject({ kind: z.string() })

export function createOpenIncidents({ kysely }: Database): OpenIncidents {
  return Object.freeze<OpenIncidents>({
    async listOpen(deployment) {
      const rows = await kysely
        .selectFrom('incident')
        .innerJoin('incident_finding', 'incident_finding.incident', 'incident.id')
        .select(['incident.id', 'incident.title', 'incident.opened_at', 'incident_finding.finding'])
        .where('incident.deployment', '=', deployment)
        .where('incident.state', '!=', 'resolved')
        .where('incident_finding.role', '=', 'cause')
        .orderBy('incident.id', 'desc')
        .limit(FINDINGS_MAX)
        .execute()
      const byIncident = Map.groupBy(rows, ({ id }) => id)
      return [...byIncident.values()].toReversed().map((findings) => {
        const { id, title, opened_at: openedAt } = findings[0]!
        const kinds = findings.flatMap(({ finding }) => Found.safeParse(JSON.parse(finding)).data?.kind ?? [])
        return { id, title, openedAt, kinds: [...new Set(kinds)] }
      })
    },
  })
}

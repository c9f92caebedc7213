/** Findings and the states of their keys as rows. */
import type { Tx } from '../../../platform/db/database.ts'
import type { FindingStateTable, FindingTable } from '../../../platform/db/operations-tables.ts'
import type { Finding } from './finding.ts'
import type { Silence } from './incident.ts'
import { sustainedOf, type Sustained } from './key-state.ts'
import type { SteppedKey } from './step-findings.ts'

const ROWS_PER_INSERT = 200

export async function readStates(tx: Tx, deployment: string): Promise<ReadonlyMap<string, FindingStateTable>> {
  const rows = await tx.selectFrom('finding_state').selectAll().where('deployment', '=', deployment).execute()
  return new Map(rows.map((row) => [row.key, row]))
}

/** Leaves out what is stored already: findings of a window that a job saw before it died. */
export async function leaveOutSeen(
  tx: Tx,
  deployment: string,
  findings: ReadonlyMap<string, Finding>,
  states: ReadonlyMap<string, FindingStateTable>,
): Promise<ReadonlyMap<string, Finding>> {
  // Only a window that is not newer than the last of its key can be stored.
  const doubtful = [...findings].filter(
    ([key, { window }]) => window.to <= (states.get(key)?.window_to ?? Number.NEGATIVE_INFINITY),
  )
  const ends = [...new Set(doubtful.map(([, { window }]) => window.to))]
  const seen = new Set<string>()
  for (const end of ends) {
    const rows = await tx
      .selectFrom('finding')
      .select('key')
      .where('deployment', '=', deployment)
      .where('window_to', '=', end)
      .execute()
    for (const { key } of rows) seen.add(`${key}/${end}`)
  }
  return new Map([...findings].filter(([key, { window }]) => !seen.has(`${key}/${window.to}`)))
}

export async function writeStates(tx: Tx, stepped: Iterable<SteppedKey>, now: number): Promise<void> {
  const rows = Array.from(stepped, ({ key, finding, state, sustained }): FindingStateTable => {
    const { deployment, kind, subject, measure, slice, window } = finding
    return {
      ...{ deployment, key, kind, subject, measure, slice: slice ?? null, sustained, window_to: window.to, seen_at: now },
      ...{ status: state.status, breaches: state.breaches, oks: state.oks, since: state.since ?? null },
    }
  })
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT)
    await tx
      .insertInto('finding_state')
      .values(rows.slice(at, at + ROWS_PER_INSERT))
      .onConflict((conflict) =>
        conflict.columns(['deployment', 'key']).doUpdateSet((eb) => ({
          status: eb.ref('excluded.status'),
          breaches: eb.ref('excluded.breaches'),
          sustained: eb.ref('excluded.sustained'),
          oks: eb.ref('excluded.oks'),
          since: eb.ref('excluded.since'),
          window_to: eb.ref('excluded.window_to'),
          seen_at: eb.ref('excluded.seen_at'),
        })),
      )
      .execute()
}

/** What is stored with a finding besides itself. */
export interface FindingFate {
  /** JSON of the identity of what explains it. */
  readonly mutedBy?: string | undefined
  readonly incident?: number | undefined
  readonly silence?: Silence | undefined
}

export async function writeFindings(
  tx: Tx,
  {
    stepped,
    late,
    fateOf,
    sustained,
  }: {
    readonly stepped: Iterable<SteppedKey>
    /** Findings of windows that came out of order, by key. */
    readonly late: Iterable<readonly [string, Finding]>
    readonly fateOf: (key: SteppedKey) => FindingFate
    readonly sustained: Sustained
  },
  common: Pick<FindingTable, 'seen_at' | 'code_version'>,
): Promise<void> {
  const rows = Array.from(stepped, (each): FindingTable => {
    const { mutedBy, incident, silence } = fateOf(each)
    return {
      ...rowOf(each.key, each.finding),
      ...{ status: each.state.status, breaches: each.state.breaches, sustained: each.sustained },
      ...{
        incident: incident ?? null,
        muted_by: mutedBy ?? null,
        silence: silence === undefined ? null : JSON.stringify(silence),
      },
      ...common,
    }
  })
  for (const [key, finding] of late) {
    const undecided = { status: 'ok', breaches: 0, sustained: sustainedOf(finding.kind, sustained) }
    rows.push({ ...rowOf(key, finding), ...undecided, incident: null, muted_by: null, silence: null, ...common })
  }
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT)
    await tx
      .insertInto('finding')
      .values(rows.slice(at, at + ROWS_PER_INSERT))
      .execute()
}

const rowOf = (key: string, finding: Finding) => ({
  ...{ deployment: finding.deployment, key, window_from: finding.window.from, window_to: finding.window.to },
  ...{ kind: finding.kind, subject: finding.subject, measure: finding.measure, slice: finding.slice ?? null },
  ...{ state: finding.state, value: finding.value ?? null, bound: finding.bound ?? null, unit: finding.unit ?? null },
  ...{ rows: finding.rows ?? null, sentence: finding.sentence, weight: finding.weight ?? null },
})

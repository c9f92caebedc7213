/**
 * Predictions of a step out of the journal, oldest first and bounded, so that looking again sees the same rows and some
 * more. What lies beyond the bound is not read: a difference that so many rows do not show is not a clear one.
 */
import type { JournaledPrediction, JournalReader } from '../../operations/index.ts'
import { originalId, SHADOW } from '../../serving/data-plane.ts'
import type { EvidenceQuery, EvidenceRow, EvidenceRows, ReleaseEvidence } from './release-evidence.ts'

/** Rows of a version in one look. */
const ROWS_MAX = 4_000
/** Copies of a shadow in one look, and the originals that are read through to find theirs. */
const COPIES_MAX = 2_000
const ORIGINALS_MAX = 20_000
const PAGE = 4_000

export function createJournalEvidence(reader: Pick<JournalReader, 'window'>): ReleaseEvidence {
  return Object.freeze<ReleaseEvidence>({
    rows: (query) => (query.isShadow ? shadowRows(query, reader) : canaryRows(query, reader)),
  })
}

async function canaryRows(query: EvidenceQuery, reader: Pick<JournalReader, 'window'>): Promise<EvidenceRows> {
  const answered = async (version: number) => {
    const { items } = await reader.window({ ...windowOf(query), version, limit: ROWS_MAX })
    return items.filter(({ variant }) => variant !== SHADOW).map((row) => rowOf(row, row.id))
  }
  return { champion: await answered(query.champion), challenger: await answered(query.challenger) }
}

async function shadowRows(query: EvidenceQuery, reader: Pick<JournalReader, 'window'>): Promise<EvidenceRows> {
  const copies = await reader.window({ ...windowOf(query), version: query.challenger, limit: COPIES_MAX })
  const challenger = copies.items.flatMap((row) => {
    const original = row.variant === SHADOW ? originalId(row.id) : undefined
    return original === undefined ? [] : [rowOf(row, original)]
  })
  const wanted = new Set(challenger.map(({ id }) => id))
  const champion: EvidenceRow[] = []
  let cursor: string | undefined
  for (let read = 0; read < ORIGINALS_MAX && champion.length < wanted.size; read += PAGE) {
    const page = await reader.window({ ...windowOf(query), version: query.champion, limit: PAGE, cursor })
    champion.push(...page.items.filter(({ id }) => wanted.has(id)).map((row) => rowOf(row, row.id)))
    cursor = page.next
    if (cursor === undefined) break
  }
  return { champion, challenger }
}

const windowOf = ({ deployment, from, to }: EvidenceQuery) => ({ deployment, from, to, order: 'oldest' as const })

function rowOf({ output, outcome }: JournaledPrediction, id: string): EvidenceRow {
  const outputs = typeof output === 'object' && output !== null ? (output as Readonly<Record<string, unknown>>) : {}
  return { id, output: outputs, ...(outcome === undefined ? {} : { outcome }) }
}

/**
 * Predictions of a step out of the journal, oldest first and bounded, so that looking again sees the same rows and some
 * more. What lies beyond the bound is not read: a difference that so many rows do not show is not a clear one.
 */
import type { JournaledPrediction, JournalReader } from '../../operations/index.ts'
import { originalId, SHADOW } from '../../serving/data-plane.ts'
import type { EvidenceQuery, EvidenceRow, EvidenceRows, ReleaseEvidence } from './release-evidence.ts'

/** Rows of the new version in one look, as a canary and as a shadow. */
const ROWS_MAX = 4_000
const COPIES_MAX = 2_000
/** Rows of the champion that are read through for those of the same time, or those that were copied. */
const CHAMPION_ROWS_MAX = 20_000
const PAGE = 4_000

type Reader = Pick<JournalReader, 'window'>

export function createJournalEvidence(reader: Reader): ReleaseEvidence {
  return Object.freeze<ReleaseEvidence>({
    rows: (query) => (query.isShadow ? shadowRows(query, reader) : canaryRows(query, reader)),
  })
}

/** What has the larger share of the traffic comes to its bound first; from there on the other one's rows are of another time. */
async function canaryRows(query: EvidenceQuery, reader: Reader): Promise<EvidenceRows> {
  const page = await reader.window({ ...windowOf(query), version: query.challenger, limit: ROWS_MAX })
  const challenger: Rows = { items: page.items, endMs: page.next === undefined ? Infinity : page.items.at(-1)!.time }
  const champion = await championRows(query, reader, (items) => (items.at(-1)?.time ?? 0) >= challenger.endMs)
  const endMs = Math.min(champion.endMs, challenger.endMs)
  const answered = ({ items }: Rows) =>
    items.filter(({ variant, time }) => variant !== SHADOW && time < endMs).map((row) => rowOf(row, row.id, query))
  return { champion: answered(champion), challenger: answered(challenger) }
}

async function shadowRows(query: EvidenceQuery, reader: Reader): Promise<EvidenceRows> {
  const copies = await reader.window({ ...windowOf(query), version: query.challenger, limit: COPIES_MAX })
  const challenger = copies.items.flatMap((row) => {
    const original = row.variant === SHADOW ? originalId(row.id) : undefined
    return original === undefined ? [] : [rowOf(row, original, query)]
  })
  const wanted = new Set(challenger.map(({ id }) => id))
  let found = 0
  const { items } = await championRows(query, reader, (page) => {
    for (const { id } of page) if (wanted.has(id)) found += 1
    return found >= wanted.size
  })
  return { champion: items.filter(({ id }) => wanted.has(id)).map((row) => rowOf(row, row.id, query)), challenger }
}

interface Rows {
  readonly items: readonly JournaledPrediction[]
  /** Rows of this moment and later are not all here, milliseconds since 1970; Infinity when all are. */
  readonly endMs: number
}

/** Those of the champion from the begin of the step on, page by page until there are enough. */
async function championRows(
  query: EvidenceQuery,
  reader: Reader,
  isEnough: (page: readonly JournaledPrediction[]) => boolean,
): Promise<Rows> {
  const items: JournaledPrediction[] = []
  let cursor: string | undefined
  while (items.length < CHAMPION_ROWS_MAX) {
    const page = await reader.window({ ...windowOf(query), version: query.champion, limit: PAGE, cursor })
    items.push(...page.items)
    cursor = page.next
    if (cursor === undefined) return { items, endMs: Infinity }
    if (isEnough(page.items)) break
  }
  return { items, endMs: items.at(-1)!.time }
}

const windowOf = ({ deployment, from, to }: EvidenceQuery) => ({ deployment, from, to, order: 'oldest' as const })

/** The two are read one after the other; an outcome that came in between would be known of one of them only. */
function rowOf({ output, outcome, outcomeAt = 0 }: JournaledPrediction, id: string, { to }: EvidenceQuery): EvidenceRow {
  const outputs = typeof output === 'object' && output !== null ? (output as Readonly<Record<string, unknown>>) : {}
  return { id, output: outputs, ...(outcome === undefined || outcomeAt >= to ? {} : { outcome }) }
}

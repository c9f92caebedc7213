import type { JournalView } from './journal-view.ts'
import { parquetPath } from './manifest.ts'
import { parquetSource } from './parquet-writer.ts'
import type { OutcomeRecord } from './record.ts'
import type { SqlSession } from '../../../platform/sql/sql-engine.ts'
import { readOutcomes } from './uncompacted.ts'

/** Clocks of two machines differ by less than this, milliseconds. */
export const CLOCK_DIFFERENCE_MS_MAX = 3_600_000

/**
 * Everything that was recorded about these predictions, by id; an empty list where nothing was. Files that end before
 * `sinceMs` are not opened: pass the time of the first prediction, or 0.
 */
export async function outcomesOf(
  view: JournalView,
  session: SqlSession,
  ids: readonly string[],
  sinceMs: number,
): Promise<Map<string, OutcomeRecord[]>> {
  const found = new Map<string, OutcomeRecord[]>(ids.map((id) => [id, []]))
  if (ids.length === 0) return found
  const files = view.files.filter((file) => file.kind === 'outcomes' && file.toMs >= sinceMs - CLOCK_DIFFERENCE_MS_MAX)
  if (files.length > 0) {
    const source = parquetSource(files.map((file) => parquetPath(view.journal, file)))
    const sql = `SELECT prediction_id, outcome::VARCHAR AS outcome, epoch_us(observed_at)::DOUBLE AS observed_us, epoch_us(recorded_at)::DOUBLE AS recorded_us
      FROM ${source} WHERE prediction_id IN (SELECT unnest(from_json($1, '["VARCHAR"]')))`
    for (const row of await session.rows(sql, [JSON.stringify(ids)])) {
      const [predictionId, outcome] = [String(row['prediction_id']), String(row['outcome'])]
      const [observedAtMs, recordedAtMs] = [Number(row['observed_us']) / 1_000, Number(row['recorded_us']) / 1_000]
      found.get(predictionId)?.push({ predictionId, outcome, observedAtMs, recordedAtMs })
    }
  }
  for (const segment of view.segments) {
    if (segment.kind !== 'outcomes') continue
    for await (const batch of readOutcomes(segment)) {
      for (const record of batch) found.get(record.predictionId)?.push(record)
    }
  }
  return found
}

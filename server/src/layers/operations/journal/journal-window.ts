/**
 * A span of the journal as one SQL relation, with time travel: every prediction that answered somebody, and beside it its
 * outcome as it was known at a moment. What was recorded later is not seen, so that the same question asked again next year,
 * after corrections and compactions, has the same rows for an answer.
 *
 *     window_rows    prediction_id VARCHAR | time_us BIGINT | version INTEGER | variant VARCHAR | inputs, output JSON
 *                    outcome JSON, observed_us, recorded_us BIGINT: null where no outcome was known
 *
 * Parquet is read in place; what is not compacted yet is staged in temporary tables, which spill to disk. Predictions of a
 * shadow answered nobody and are copies of others, so they are left out.
 */
import type { SqlEngine, SqlSession } from '../../../platform/sql/sql-engine.ts'
import { SHADOW } from '../../serving/data-plane.ts'
import { type JournalView, readView } from './journal-view.ts'
import { parquetPath } from './manifest.ts'
import { CLOCK_DIFFERENCE_MS_MAX } from './outcome-lookup.ts'
import { appendStaging, createStaging, outcomeCells, parquetSource, predictionCells } from './parquet-writer.ts'
import type { SegmentKind } from './frame.ts'
import { readOutcomes, readPredictions } from './uncompacted.ts'

export interface JournalWindow {
  readonly deployment: string
  /** First millisecond that belongs to the window, and first that does not, since 1970. */
  readonly from: number
  readonly to: number
  /** Outcomes as they were known then: recorded at this moment or before it. */
  readonly asOf: number
}

export interface JournalWindows {
  /**
   * Runs `work` on the relation `window_rows` of a session, which is gone afterwards. It may run twice, when files of the
   * journal were compacted away under its hands. Throws what the disk and the engine throw, and the signal's reason.
   */
  read<T>(window: JournalWindow, work: (session: SqlSession) => Promise<T>, signal?: AbortSignal): Promise<T>
  /** Predictions about which something was recorded after `since` and until `until`, corrections included. */
  countOutcomes(of: { readonly deployment: string; readonly since: number; readonly until: number }): Promise<number>
}

interface Source {
  /** Folder of all journals. */
  readonly folder: string
  readonly engine: SqlEngine
}

export function createJournalWindows(source: Source): JournalWindows {
  return Object.freeze<JournalWindows>({
    read: (window, work, signal) =>
      readView(source, window.deployment, (view, session) =>
        interruptible(session, signal, async () => {
          await createPredictions(view, session, window)
          await createOutcomes(view, session, window)
          await session.run(
            `CREATE OR REPLACE TEMP VIEW window_rows AS SELECT * FROM window_predictions LEFT JOIN window_outcomes USING (prediction_id)`,
          )
          return work(session)
        }),
      ),
    countOutcomes: ({ deployment, since, until }) =>
      readView(source, deployment, async (view, session) => {
        await stageOutcomes(view, session, { from: since, to: until })
        const [row] = await session.rows('SELECT count(DISTINCT prediction_id)::DOUBLE AS n FROM known_outcomes')
        return Number(row?.['n'])
      }),
  })
}

async function interruptible<T>(session: SqlSession, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted()
  const stop = () => session.interrupt()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    return await work()
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/** Beyond every time that a journal keeps. */
const TIME_MS_MAX = 1e15
const microseconds = (ms: number): number => Math.round(Math.max(-TIME_MS_MAX, Math.min(TIME_MS_MAX, ms)) * 1_000)

async function createPredictions(view: JournalView, session: SqlSession, window: JournalWindow): Promise<void> {
  const { from, to } = window
  await stage(session, 'predictions', async (append) => {
    for (const segment of view.segments) {
      if (segment.kind !== 'predictions') continue
      for await (const batch of readPredictions(segment, { from, to }))
        await append(batch.map((row) => predictionCells(row, window.deployment)))
    }
  })
  const files = view.files.filter(({ kind, fromMs, toMs }) => kind === 'predictions' && toMs >= from && fromMs < to)
  const columns = 'version::INTEGER AS version, variant, inputs::JSON AS inputs, output::JSON AS output'
  const staged = `SELECT prediction_id, time_us::BIGINT AS time_us, ${columns} FROM staged_predictions`
  const inside = `time_us >= ${microseconds(from)} AND time_us < ${microseconds(to)} AND variant <> '${SHADOW}'`
  const compacted = files.map((file) => parquetPath(view.journal, file))
  const filed =
    compacted.length === 0
      ? ''
      : ` UNION ALL SELECT prediction_id, epoch_us(time) AS time_us, ${columns} FROM ${parquetSource(compacted)}`
  await session.run(`CREATE OR REPLACE TEMP VIEW window_predictions AS SELECT * FROM (${staged}${filed}) WHERE ${inside}`)
}

/** The outcome that counts is the one observed last, and among equals recorded last, of those that were known. */
async function createOutcomes(view: JournalView, session: SqlSession, { from, asOf }: JournalWindow): Promise<void> {
  await stageOutcomes(view, session, { from: from - CLOCK_DIFFERENCE_MS_MAX, to: asOf })
  // A repetition counts from its first report, as compaction leaves it.
  await session.run(`CREATE OR REPLACE TEMP TABLE window_outcomes AS
    SELECT prediction_id, outcome::JSON AS outcome, observed_us, recorded_us FROM (
      SELECT prediction_id, outcome, observed_us, min(recorded_us) AS recorded_us FROM known_outcomes
      WHERE prediction_id IN (SELECT prediction_id FROM window_predictions) GROUP BY ALL
    ) QUALIFY row_number() OVER (PARTITION BY prediction_id ORDER BY observed_us DESC, recorded_us DESC, outcome) = 1`)
}

/** Relation `known_outcomes`: what was recorded after `from` and until `to`. */
async function stageOutcomes(
  view: JournalView,
  session: SqlSession,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  await stage(session, 'outcomes', async (append) => {
    for (const segment of view.segments) {
      if (segment.kind !== 'outcomes') continue
      for await (const batch of readOutcomes(segment))
        await append(batch.filter(({ recordedAtMs: at }) => at > from && at <= to).map(outcomeCells))
    }
  })
  const files = view.files.filter(({ kind, fromMs, toMs }) => kind === 'outcomes' && toMs > from && fromMs <= to)
  const compacted = files.map((file) => parquetPath(view.journal, file))
  const columns = `prediction_id, outcome::VARCHAR AS outcome`
  const staged = `SELECT ${columns}, observed_us::BIGINT AS observed_us, recorded_us::BIGINT AS recorded_us FROM staged_outcomes`
  const filed =
    compacted.length === 0
      ? ''
      : ` UNION ALL SELECT ${columns}, epoch_us(observed_at) AS observed_us, epoch_us(recorded_at) AS recorded_us FROM ${parquetSource(compacted)}`
  const inside = `recorded_us > ${microseconds(from)} AND recorded_us <= ${microseconds(to)}`
  await session.run(`CREATE OR REPLACE TEMP VIEW known_outcomes AS SELECT * FROM (${staged}${filed}) WHERE ${inside}`)
}

type Append = (rows: Parameters<typeof appendStaging>[2]) => Promise<void>

async function stage(session: SqlSession, kind: SegmentKind, fill: (append: Append) => Promise<void>): Promise<void> {
  await createStaging(session, kind)
  await fill(async (rows) => {
    if (rows.length > 0) await appendStaging(session, kind, rows)
  })
  await session.run(`DROP TABLE IF EXISTS staged_${kind}`)
  await session.run(`ALTER TABLE staging RENAME TO staged_${kind}`)
}

/** The rows of a span that lie farthest outside of the training data of the version that answered them, by their outlier score. */
import { SHADOW } from '../../serving/data-plane.ts'
import type { FoundOutlier, OutlierOf } from '../anomaly/outlier-of.ts'
import type { JournalReader } from '../journal/journal-reader.ts'
import type { PredictionFilter } from '../journal/prediction-filter.ts'
import type { JournaledPrediction } from '../journal/prediction.ts'

const PAGE_ROWS = 5_000
/** Rows of a span that are scored, the newest. */
const ROWS_MAX = 20_000
/** A row is told of from here on: at most one in a hundred rows like the training data is. */
const SCORE_MIN = 2

interface Query {
  readonly deployment: string
  readonly model: string
  readonly from: number
  readonly to: number
  readonly slice?: PredictionFilter['slice']
  /** Most rows in the answer. */
  readonly limit: number
}
export interface FarRow extends FoundOutlier {
  readonly prediction: JournaledPrediction
}
export interface FarthestRows {
  /** The farthest first; none below a score of 2. */
  readonly rows: readonly FarRow[]
  /** Rows that were scored, and how many of them scored 2 or more. */
  readonly scored: number
  readonly outliers: number
  /** Older rows of the span were not looked at. */
  readonly truncated: boolean
}
interface Services {
  readonly journalReader: Pick<JournalReader, 'window'>
  readonly outlierOf: OutlierOf
}

/** Versions without training data have no score, and none of their rows is told. Throws what opening a version throws. */
export async function findFarthestRows(query: Query, { journalReader, outlierOf }: Services): Promise<FarthestRows> {
  const { deployment, model, from, to, slice, limit } = query
  let far: FarRow[] = []
  let [scored, outliers, read] = [0, 0, 0]
  let cursor: string | undefined
  do {
    const page = await journalReader.window({ deployment, from, to, filter: { slice }, limit: PAGE_ROWS, cursor })
    for (const prediction of page.items) {
      if (prediction.variant === SHADOW) continue
      const found = await outlierOf({ model, version: prediction.version }, prediction.inputs)
      if (found === undefined) continue
      scored++
      if (found.score < SCORE_MIN) continue
      outliers++
      far.push({ ...found, prediction })
    }
    far = far.toSorted((a, b) => b.score - a.score || b.prediction.time - a.prediction.time).slice(0, limit)
    read += page.items.length
    cursor = page.next
  } while (cursor !== undefined && read < ROWS_MAX)
  return { rows: far, scored, outliers, truncated: cursor !== undefined }
}

/**
 * Columns of numbers. Moments and counts of all of them come from one pass over the rows. Quantiles, bins and the count of
 * different values come from one query a column: the engine groups equal values, sorts them and counts upwards, all of which
 * it spills to disk, and the value at a rank is the first one up to which more rows than the rank have been counted.
 */
import { type Row, type SqlSession, sqlName } from '../../../platform/sql/sql-engine.ts'
import type { DataColumn, DataFile } from '../../../platform/tables/open-data-file.ts'
import { type NumberBaseline, QUANTILE_STEPS } from './baseline.ts'

const SIGNIFICANT_DIGITS = 10

/** `columns` of the types number, integer and time. `onColumn` is called with each that is done, and may throw to stop. */
export async function profileNumbers(
  file: DataFile,
  columns: readonly DataColumn[],
  onColumn: (column: NumberBaseline) => void,
): Promise<void> {
  if (columns.length === 0) return
  const values = columns.map((column, i) => `${valueSql(column)} AS v${i}`).join(', ')
  const [row] = await file.query((session) =>
    session.rows(`SELECT ${columns.map((_, i) => momentsSql(i)).join(', ')} FROM (SELECT ${values} FROM ${file.relation})`),
  )
  for (const [i, column] of columns.entries()) {
    const finite = Number(row![`finite${i}`])
    const ladder = finite === 0 ? [] : await file.query((session) => readLadder(session, file.relation, column, finite))
    onColumn(assemble(column, i, row!, ladder))
  }
}

const valueSql = ({ name, type }: DataColumn) =>
  `CAST(${type === 'time' ? `epoch_ms(${sqlName(name)})` : sqlName(name)} AS DOUBLE)`

function momentsSql(i: number): string {
  const finite = `CASE WHEN isfinite(v${i}) THEN v${i} END`
  // Squares of numbers beyond 1e150 do not fit; a column that has one has no standard deviation.
  const deviation = `CASE WHEN max(abs(${finite})) <= 1e150 THEN stddev_samp(CASE WHEN abs(v${i}) <= 1e150 THEN v${i} END) END`
  const counts = {
    missing: `v${i} IS NULL`,
    nan: `isnan(v${i})`,
    infinite: `isinf(v${i})`,
    finite: `isfinite(v${i})`,
    broken: `isfinite(v${i}) AND v${i} <> trunc(v${i})`,
  }
  const counted = Object.entries(counts).map(([name, test]) => `CAST(count(*) FILTER (${test}) AS DOUBLE) AS ${name}${i}`)
  return `${counted.join(', ')}, favg(${finite}) AS mean${i}, ${deviation} AS std${i}`
}

/** A value of the data, how many rows have it or a smaller one, and how many different values there are up to it. */
interface Rung {
  readonly value: number
  readonly rows: number
  readonly values: number
}

/** Place of the i-th quantile among `finite` values, counted from 0. */
const placeOf = (i: number, finite: number) => (i * (finite - 1)) / QUANTILE_STEPS

/** The values at the ranks that quantiles lie at or between, rising. */
async function readLadder(session: SqlSession, relation: string, column: DataColumn, finite: number): Promise<readonly Rung[]> {
  const places = Array.from({ length: QUANTILE_STEPS + 1 }, (_, i) => placeOf(i, finite))
  const ranks = [...new Set(places.flatMap((place) => [Math.floor(place), Math.ceil(place)]))]
  const isWanted = ranks.map((rank) => `(${rank} < counted AND ${rank} >= counted - own)`).join(' OR ')
  const rows = await session.rows(`
    WITH same AS (SELECT value, CAST(count(*) AS DOUBLE) AS own FROM (SELECT ${valueSql(column)} AS value FROM ${relation})
        WHERE isfinite(value) GROUP BY value),
      ladder AS (SELECT value, own, sum(own) OVER upwards AS counted, CAST(row_number() OVER upwards AS DOUBLE) AS position
        FROM same WINDOW upwards AS (ORDER BY value ROWS UNBOUNDED PRECEDING))
    SELECT value, counted, position FROM ladder WHERE ${isWanted} ORDER BY value`)
  return rows.map((row) => ({ value: Number(row['value']), rows: Number(row['counted']), values: Number(row['position']) }))
}

function assemble(column: DataColumn, i: number, row: Row, ladder: readonly Rung[]): NumberBaseline {
  const count = (name: string) => Number(row[`${name}${i}`])
  return {
    name: column.name,
    type: column.type as NumberBaseline['type'],
    missing: count('missing'),
    nan: count('nan'),
    infinite: count('infinite'),
    distinct: ladder.at(-1)?.values ?? 0,
    whole: count('broken') === 0,
    min: ladder[0]?.value ?? null,
    max: ladder.at(-1)?.value ?? null,
    mean: rounded(row[`mean${i}`]),
    std: rounded(row[`std${i}`]),
    quantiles: ladder.length === 0 ? [] : quantilesOf(ladder),
    histogram: histogramOf(ladder),
  }
}

function quantilesOf(ladder: readonly Rung[]): number[] {
  const finite = ladder.at(-1)!.rows
  const at = (rank: number) => ladder.find((rung) => rung.rows > rank)!.value
  return Array.from({ length: QUANTILE_STEPS + 1 }, (_, i) => {
    const place = placeOf(i, finite)
    const [low, high, share] = [at(Math.floor(place)), at(Math.ceil(place)), place - Math.floor(place)]
    return low === high ? low : low * (1 - share) + high * share
  })
}

/** Edges are values of the data at the inner quantiles, below the largest, so that each bin has at least one row. */
function histogramOf(ladder: readonly Rung[]): NumberBaseline['histogram'] {
  const last = ladder.at(-1)
  if (last === undefined) return { edges: [], counts: [0] }
  const inner = Array.from({ length: QUANTILE_STEPS - 1 }, (_, i) => Math.floor(placeOf(i + 1, last.rows)))
  const rungs = new Set(inner.map((rank) => ladder.find((rung) => rung.rows > rank)!))
  rungs.delete(last)
  const upTo = [...rungs, last].map(({ rows }) => rows)
  return {
    edges: [...rungs].map(({ value }) => value),
    counts: upTo.map((rows, bin) => rows - (upTo[bin - 1] ?? 0)),
  }
}

/** The last digits depend on the order in which threads add up, and equal data should have equal baselines. */
function rounded(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Number(value.toPrecision(SIGNIFICANT_DIGITS)) : null
}

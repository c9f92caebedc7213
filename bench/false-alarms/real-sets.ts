/**
 * Real data out of the npm package `vega-datasets`, read as a user's file is. Rows are shuffled by a seed, so that any cut of them
 * is exchangeable with any other: whatever differs between two cuts, chance did it.
 */
import { findPackageJSON } from 'node:module'
import path from 'node:path'
import type { Table } from '../../server/src/kernel/table.ts'
import { type Baseline, profileData } from '../../server/src/layers/model/index.ts'
import { type SqlEngine, type SqlSession, sqlText } from '../../server/src/platform/sql/sql-engine.ts'
import { openDataFile } from '../../server/src/platform/tables/open-data-file.ts'
import { readTable } from '../../server/src/platform/tables/read-table.ts'

const FOLDER = path.join(path.dirname(findPackageJSON('vega-datasets', import.meta.url)!), 'data')
const file = (name: string) => sqlText(path.join(FOLDER, name))

export const KINDS = [
  'numbers, hardly tied',
  'numbers, tied',
  'few categories',
  'many categories',
  'true or false',
  'with missing values',
] as const
export type Kind = (typeof KINDS)[number]

export interface RealSet {
  readonly name: string
  /** SQL of the rows, with the columns of `kinds` and no others. */
  readonly sql: string
  readonly kinds: Readonly<Record<string, Kind>>
}

export const FLIGHTS_SQL = `SELECT hour(date)::INTEGER AS hour, isodow(date)::INTEGER AS weekday, distance::DOUBLE AS distance,
  origin, destination, delay::DOUBLE AS delay, delay > 15 AS late, date FROM ${file('flights-3m.parquet')}`

export const realSets: readonly RealSet[] = [
  {
    name: 'flights',
    // The minute of the year is known to a minute; arrival is delay, and late minutes there are only when it is late.
    sql: `SELECT * EXCLUDE (date, late), epoch(date) / 60 AS minute, delay > 15 AS late,
        ['night', 'morning', 'afternoon', 'evening'][1 + hour // 6] AS daytime,
        CASE WHEN delay > 15 THEN delay END AS minutes_late, origin || destination AS route FROM (${FLIGHTS_SQL})`,
    kinds: {
      minute: 'numbers, hardly tied',
      hour: 'numbers, tied',
      weekday: 'numbers, tied',
      distance: 'numbers, tied',
      delay: 'numbers, tied',
      origin: 'many categories',
      destination: 'many categories',
      route: 'many categories',
      daytime: 'few categories',
      late: 'true or false',
      minutes_late: 'with missing values',
    },
  },
  {
    name: 'zipcodes',
    sql: `SELECT latitude::DOUBLE AS latitude, longitude::DOUBLE AS longitude, state, county, state IN ('TX', 'CA', 'NY') AS large
      FROM read_csv(${file('zipcodes.csv')}, types = {'zip_code': 'VARCHAR'})`,
    kinds: {
      latitude: 'numbers, hardly tied',
      longitude: 'numbers, hardly tied',
      state: 'many categories',
      county: 'many categories',
      large: 'true or false',
    },
  },
  {
    name: 'birdstrikes',
    sql: `SELECT "Origin State" AS state, "Phase of flight" AS phase, "Wildlife Size" AS size, "Wildlife Species" AS species,
        "Time of day" AS daytime, "Cost Total $"::DOUBLE AS cost, "Effect Amount of damage" <> 'None' AS damage
      FROM ${file('birdstrikes.csv')}`,
    kinds: {
      state: 'many categories',
      species: 'many categories',
      phase: 'few categories',
      size: 'few categories',
      daytime: 'few categories',
      cost: 'numbers, tied',
      damage: 'true or false',
    },
  },
  {
    name: 'movies',
    sql: `SELECT "Worldwide Gross"::DOUBLE AS gross, "IMDB Votes"::DOUBLE AS votes, "IMDB Rating"::DOUBLE AS rating,
        "Rotten Tomatoes Rating"::DOUBLE AS tomatoes, "MPAA Rating" AS audience, "Major Genre" AS genre, Distributor AS distributor
      FROM ${file('movies.json')}`,
    kinds: {
      gross: 'numbers, hardly tied',
      votes: 'numbers, hardly tied',
      rating: 'numbers, tied',
      tomatoes: 'with missing values',
      audience: 'with missing values',
      genre: 'with missing values',
      distributor: 'many categories',
    },
  },
  {
    name: 'weather',
    sql: `SELECT location = 'Seattle' AS seattle, precipitation::DOUBLE AS precipitation, temp_max::DOUBLE AS temp_max,
        wind::DOUBLE AS wind, weather FROM ${file('weather.csv')}`,
    kinds: {
      seattle: 'true or false',
      precipitation: 'numbers, tied',
      temp_max: 'numbers, tied',
      wind: 'numbers, tied',
      weather: 'few categories',
    },
  },
  {
    name: 'airports',
    sql: `SELECT latitude::DOUBLE AS latitude, longitude::DOUBLE AS longitude, state FROM ${file('airports.csv')}`,
    kinds: { latitude: 'numbers, hardly tied', longitude: 'numbers, hardly tied', state: 'many categories' },
  },
  {
    name: 'penguins',
    sql: `SELECT Species AS species, Island AS island, "Beak Length (mm)"::DOUBLE AS beak, "Body Mass (g)"::DOUBLE AS mass,
        Sex AS sex FROM ${file('penguins.json')}`,
    kinds: {
      species: 'few categories',
      island: 'few categories',
      beak: 'numbers, tied',
      mass: 'numbers, tied',
      sex: 'with missing values',
    },
  },
  {
    name: 'cars',
    sql: `SELECT Miles_per_Gallon::DOUBLE AS mileage, Weight_in_lbs::DOUBLE AS weight, Cylinders::INTEGER AS cylinders,
        Origin AS origin, Acceleration::DOUBLE AS acceleration FROM ${file('cars.json')}`,
    kinds: {
      mileage: 'with missing values',
      weight: 'numbers, hardly tied',
      cylinders: 'numbers, tied',
      acceleration: 'numbers, tied',
      origin: 'few categories',
    },
  },
]

/** Rows of a query in an order that the seed decides. */
export interface Shuffled {
  readonly rowCount: number
  /** The profile of rows `from` to `to`, made as `push` makes that of training data. */
  baseline(from: number, to: number): Promise<Baseline>
  table(from: number, to: number): Promise<Table>
}

/** @param folder For files; the caller removes it. */
export async function shuffle(engine: SqlEngine, folder: string, sql: string, seed: number): Promise<Shuffled> {
  const session = await engine.session()
  await session.run(`CREATE OR REPLACE TABLE shuffled AS SELECT rows.* FROM
    (SELECT *, row_number() OVER () AS place FROM (${sql})) AS rows ORDER BY hash(place * 7919 + ${seed}), place`)
  const [counted] = await session.rows('SELECT count(*)::DOUBLE AS n FROM shuffled')
  const cut = (from: number, to: number) => cutRows(session, folder, from, to)
  return {
    rowCount: Number(counted!['n']),
    async baseline(from, to) {
      const opened = await openDataFile(engine, await cut(from, to))
      try {
        return await profileData(opened)
      } finally {
        opened.close()
      }
    },
    table: async (from, to) => readTable(engine, await cut(from, to)),
  }
}

async function cutRows(session: SqlSession, folder: string, from: number, to: number) {
  const place = path.join(folder, 'cut.parquet')
  await session.run(`COPY (SELECT * EXCLUDE (place) FROM shuffled WHERE rowid >= ${from} AND rowid < ${to})
    TO ${sqlText(place)} (FORMAT parquet)`)
  return { path: place, name: 'cut.parquet' }
}

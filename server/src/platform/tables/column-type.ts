/** The five types of columns here, and how each type of the engine becomes one of them. */

export type DataColumnType = 'number' | 'integer' | 'boolean' | 'time' | 'text'

/** Milliseconds since 1970 that a JavaScript Date holds; times beyond are missing, as infinite ones are. */
const TIME_MS_MAX = 8_640_000_000_000_000
const INTEGERS = /^U?(TINYINT|SMALLINT|INTEGER)$|^BIGINT$/
/** Whole numbers that may not fit 64 bits with a sign are numbers. */
const NUMBERS = /^(FLOAT|DOUBLE|DECIMAL.*|UBIGINT|U?HUGEINT|BIGNUM)$/
const NESTED = /^(STRUCT|MAP|UNION)\(|\]$/

/** `type` as DESCRIBE spells it. */
export function columnTypeOf(type: string): DataColumnType {
  if (INTEGERS.test(type)) return 'integer'
  if (NUMBERS.test(type)) return 'number'
  if (type === 'BOOLEAN') return 'boolean'
  return type === 'DATE' || type.startsWith('TIMESTAMP') ? 'time' : 'text'
}

/** SQL that brings a column to the one type of the engine for its type here: DOUBLE, BIGINT, BOOLEAN, TIMESTAMP, VARCHAR. */
export function canonicalSql(column: string, type: string): string {
  switch (columnTypeOf(type)) {
    case 'integer':
      return `CAST(${column} AS BIGINT)`
    case 'number':
      return `CAST(${column} AS DOUBLE)`
    case 'boolean':
      return column
    case 'time': {
      const time = `CAST(${column} AS TIMESTAMP)`
      return `CASE WHEN isfinite(${time}) AND abs(epoch_ms(${time})) <= ${TIME_MS_MAX} THEN ${time} END`
    }
    case 'text':
      return NESTED.test(type) ? `CAST(to_json(${column}) AS VARCHAR)` : `CAST(${column} AS VARCHAR)`
  }
}

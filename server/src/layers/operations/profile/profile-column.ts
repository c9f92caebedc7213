/** A column to profile. Times are milliseconds since 1970, or text of ISO 8601 in an instance. */
export interface ProfileColumn {
  readonly name: string
  readonly type: ColumnType
}
export const COLUMN_TYPES = ['number', 'integer', 'time', 'boolean', 'category', 'text'] as const
export type ColumnType = (typeof COLUMN_TYPES)[number]

/** Numbers have an order and a scale; values have names only. */
export type Family = 'numbers' | 'values'
export const familyOf = (type: ColumnType): Family =>
  type === 'number' || type === 'integer' || type === 'time' ? 'numbers' : 'values'

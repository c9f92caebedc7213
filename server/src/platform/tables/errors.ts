import { defineError } from '../../kernel/errors.ts'

/** A file of which nobody knows how to read it. HTTP 415. */
export const DataFormatUnknown = defineError({
  code: 'DATA_FORMAT_UNKNOWN',
  status: 415,
  message: (d: { file: string; reason: string }) => `The data file ${d.file} cannot be read: ${d.reason}.`,
  hint: () =>
    'Bring Parquet (.parquet), CSV with a header (.csv, .tsv) or one JSON object a line (.jsonl, .ndjson, .json), in UTF-8.',
})

/** A file that is damaged, or breaks the rules of its format. HTTP 422. */
export const DataUnreadable = defineError({
  code: 'DATA_UNREADABLE',
  status: 422,
  message: (d: { file: string; reason: string }) => `The data file ${d.file} cannot be read: ${d.reason}`,
  hint: () =>
    'It may have been cut off: compare its size with the original, or write it again; Parquet keeps the types of columns and cannot be misread.',
})

/** A file without a row. HTTP 422. */
export const DataEmpty = defineError({
  code: 'DATA_EMPTY',
  status: 422,
  message: (d: { file: string; what: 'bytes' | 'rows' }) => `The data file ${d.file} has no ${d.what}.`,
  hint: () => 'Check the query or script that wrote it, and bring a file with at least one row.',
})

/** No columns, too many, or two that share a name. HTTP 422. */
export const DataColumnsRefused = defineError({
  code: 'DATA_COLUMNS_REFUSED',
  status: 422,
  message: (d: { file: string; reason: string }) => `The columns of the data file ${d.file} cannot be used: ${d.reason}.`,
  hint: () => 'Give each column one name of its own in the first line (CSV) or schema, and keep those the model needs.',
})

/** A column that is asked for and not in the file. HTTP 422. */
export const DataColumnMissing = defineError({
  code: 'DATA_COLUMN_MISSING',
  status: 422,
  message: (d: { file: string; column: string; columns: readonly string[]; nearest?: string | undefined }) =>
    `The data file ${d.file} has no column "${d.column}"${d.nearest === undefined ? '' : `; did you mean "${d.nearest}"?`}`,
  hint: (d) =>
    `Its columns are ${d.columns.slice(0, 20).join(', ')}${d.columns.length > 20 ? `, and ${d.columns.length - 20} more` : ''}.`,
})

/** More cells than are read into memory at once. HTTP 413. */
export const DataTooLarge = defineError({
  code: 'DATA_TOO_LARGE',
  status: 413,
  message: (d: { file: string; rows: number; columns: number; cellsMax: number }) =>
    `The data file ${d.file} has ${d.rows} rows of ${d.columns} columns; at most ${d.cellsMax} cells are read into memory.`,
  hint: () => 'Bring fewer rows (a sample, or fewer days) or fewer columns.',
})

/** A query over a file that needs more memory or disk than the engine may take. HTTP 507. */
export const DataExceedsMemory = defineError({
  code: 'DATA_EXCEEDS_MEMORY',
  status: 507,
  message: (d: { file: string; reason: string }) =>
    `Reading the data file ${d.file} takes more memory than is allowed: ${d.reason}`,
  hint: () => 'Raise SEAWORTHY_DUCKDB_MEMORY_BYTES_MAX, or bring a smaller file.',
})

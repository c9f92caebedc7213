import type { DataColumn, DataFile } from '../../../platform/tables/open-data-file.ts'
import { pickColumns } from '../../../platform/tables/read-table.ts'
import { type Baseline, BASELINE_FORMAT, type BaselineColumn } from './baseline.ts'
import { profileNumbers } from './number-profile.ts'
import { profileText } from './text-profile.ts'

export interface ProfileOptions {
  /** Columns to profile, in this order. Default: all. */
  readonly columns?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((columnsDone: number, columnsTotal: number) => void) | undefined
}

/**
 * Profiles a data file, whatever its size: the rows stay in the engine, which spills to disk. Exact, and the same file gives
 * the same baseline. Throws DataColumnMissing, DataUnreadable, DataExceedsMemory, and the signal's reason between columns.
 */
export async function profileData(file: DataFile, options: ProfileOptions = {}): Promise<Baseline> {
  const { signal, onProgress } = options
  const picked = pickColumns(file, options.columns)
  const found = new Map<string, BaselineColumn>()
  const add = (column: BaselineColumn) => {
    found.set(column.name, column)
    onProgress?.(found.size, picked.length)
    signal?.throwIfAborted()
  }
  signal?.throwIfAborted()
  const isText = ({ type }: DataColumn) => type === 'text' || type === 'boolean'
  await profileNumbers(
    file,
    picked.filter((column) => !isText(column)),
    add,
  )
  for (const column of picked.filter(isText)) add(await profileText(file, column))
  return Object.freeze<Baseline>({
    format: BASELINE_FORMAT,
    rows: file.rowCount,
    columns: picked.map(({ name }) => found.get(name)!),
  })
}

/** Which format a data file is in: told by the ending of the name that its owner gave it, and held against its first bytes. */
import { open } from 'node:fs/promises'
import path from 'node:path'
import { DataEmpty, DataFormatUnknown, DataUnreadable } from './errors.ts'

export type DataFormat = 'parquet' | 'csv' | 'json'

const FORMATS: Readonly<Record<string, DataFormat>> = {
  '.parquet': 'parquet',
  '.pq': 'parquet',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.json': 'json',
  '.jsonl': 'json',
  '.ndjson': 'json',
}
/** Enough for the header of any CSV file that is accepted. */
const HEAD_BYTES = 1_024 * 1_024

const FOREIGN: readonly (readonly [bytes: readonly number[], kind: string])[] = [
  [[0x50, 0x41, 0x52, 0x31], 'Parquet'],
  [[0x50, 0x41, 0x52, 0x45], 'encrypted Parquet'],
  [[0x1f, 0x8b], 'gzip-compressed: unpack it first'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd-compressed: unpack it first'],
  [[0x50, 0x4b, 0x03, 0x04], 'an Excel workbook or a zip archive'],
  [[0xff, 0xfe], 'text in UTF-16'],
  [[0xfe, 0xff], 'text in UTF-16'],
  [[0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], 'Arrow IPC (Feather)'],
]

export interface RecognisedFile {
  readonly format: DataFormat
  /** The first MiB of a text file, without a byte order mark; empty for Parquet. */
  readonly head: string
  readonly isWhole: boolean
}

/** Throws DataFormatUnknown, DataEmpty, DataUnreadable. `name` is the name the file came with. */
export async function recogniseFile(file: string, name: string): Promise<RecognisedFile> {
  const extension = path.extname(name).toLowerCase()
  const format = FORMATS[extension]
  if (format === undefined)
    throw new DataFormatUnknown({ file: name, reason: `the ending "${extension}" stands for no format that is known here` })
  const { bytes, isWhole } = await readHead(file, name)
  if (bytes.length === 0) throw new DataEmpty({ file: name, what: 'bytes' })
  const kind = FOREIGN.find(([magic]) => magic.every((byte, i) => bytes[i] === byte))?.[1]
  if (format === 'parquet') {
    if (kind === 'Parquet') return { format, head: '', isWhole }
    throw new DataFormatUnknown({ file: name, reason: `by its content it is ${kind ?? 'not Parquet'}` })
  }
  if (kind !== undefined) throw new DataFormatUnknown({ file: name, reason: `by its content it is ${kind}` })
  if (bytes.includes(0)) throw new DataFormatUnknown({ file: name, reason: 'by its content it is not text' })
  const head = new TextDecoder('utf-8').decode(bytes)
  if (format === 'json' && !/^\s*[{[]/.test(head))
    throw new DataFormatUnknown({ file: name, reason: 'it does not begin with { or [, as JSON lines do' })
  return { format, head, isWhole }
}

async function readHead(file: string, name: string): Promise<{ bytes: Uint8Array; isWhole: boolean }> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw new DataUnreadable({ file: name, reason: `it cannot be opened (${(cause as NodeJS.ErrnoException).code}).` }, { cause })
  })
  try {
    if (!(await handle.stat()).isFile()) throw new DataUnreadable({ file: name, reason: 'it is a folder or something special.' })
    const { buffer, bytesRead } = await handle.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return { bytes: buffer.subarray(0, bytesRead), isWhole: bytesRead < HEAD_BYTES }
  } finally {
    await handle.close()
  }
}

/** What a training prints: its end is kept, however much it is, and its lines of progress are heard. */
import { z } from 'zod'

/** Enough for every line of an ordinary training; of a chatty one the end, where the trouble stands. */
export const LOG_BYTES_MAX = 8 * 1_024 * 1_024
/** A longer line is no line of progress. */
const LINE_BYTES_MAX = 16 * 1_024
const PROGRESS_MARK = '::progress '

const Progress = z.object({
  done: z.number().min(0),
  /** 0 is unknown. */
  total: z.number().min(0).default(0),
  note: z.string().optional(),
})
export interface TrainingProgress {
  readonly done: number
  readonly total: number
  readonly note?: string
}
const NOTE_LENGTH_MAX = 200

export interface TrainingLog {
  append(chunk: Uint8Array): void
  /** All that is kept, as UTF-8; opens with a line that says so when something was cut. */
  bytes(): Buffer
  /** Bytes printed so far. */
  readonly written: number
  /** Of what is kept, from this byte on, `bytesMax` at most; `from` is later than asked where it is cut. */
  read(from: number, bytesMax: number): { readonly from: number; readonly bytes: Buffer }
  /** The last lines, each cut at `columnsMax` characters. */
  end(linesMax: number, columnsMax?: number): string
}

/** A ring of bytes: what is oldest is overwritten. */
export function createTrainingLog(ringBytes = LOG_BYTES_MAX): TrainingLog {
  const ring = Buffer.allocUnsafe(ringBytes)
  let written = 0
  const kept = (): Buffer => {
    const at = written % ringBytes
    return written <= ringBytes ? ring.subarray(0, written) : Buffer.concat([ring.subarray(at), ring.subarray(0, at)])
  }
  return Object.freeze<TrainingLog>({
    append(chunk) {
      const part = chunk.subarray(Math.max(0, chunk.byteLength - ringBytes))
      const at = (written + chunk.byteLength - part.byteLength) % ringBytes
      const first = Math.min(part.byteLength, ringBytes - at)
      ring.set(part.subarray(0, first), at)
      ring.set(part.subarray(first), 0)
      written += chunk.byteLength
    },
    bytes() {
      const bytes = kept()
      if (written <= ringBytes) return Buffer.from(bytes)
      const line = bytes.subarray(bytes.indexOf(0x0a) + 1)
      return Buffer.concat([Buffer.from(`[${written - line.byteLength} bytes before this were cut]\n`), line])
    },
    get written() {
      return written
    },
    read(from, bytesMax) {
      const bytes = kept()
      const first = Math.min(written, Math.max(from, written - bytes.byteLength))
      const at = first - (written - bytes.byteLength)
      return { from: first, bytes: Buffer.from(bytes.subarray(at, at + bytesMax)) }
    },
    end(linesMax, columnsMax = 500) {
      const bytes = kept()
      const text = bytes.subarray(Math.max(0, bytes.byteLength - linesMax * columnsMax * 4)).toString('utf8')
      const lines = text.trimEnd().split(/\r?\n/).slice(-linesMax)
      return lines.map((line) => (line.length > columnsMax ? `${line.slice(0, columnsMax)}…` : line)).join('\n')
    },
  })
}

/** Finds lines such as `::progress {"done":1,"total":100,"note":"epoch 1"}` in a stream; what is no such line is passed over. */
export function createProgressReader(onProgress: (at: TrainingProgress) => void): (chunk: Uint8Array) => void {
  let line = Buffer.alloc(0)
  let tooLong = false
  return (chunk) => {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    for (;;) {
      const end = rest.indexOf(0x0a)
      const part = end < 0 ? rest : rest.subarray(0, end)
      tooLong ||= line.byteLength + part.byteLength > LINE_BYTES_MAX
      if (!tooLong) line = Buffer.concat([line, part])
      if (end < 0) return
      const progress = tooLong ? undefined : progressOf(line.toString('utf8'))
      if (progress !== undefined) onProgress(progress)
      line = Buffer.alloc(0)
      tooLong = false
      rest = rest.subarray(end + 1)
    }
  }
}

function progressOf(line: string): TrainingProgress | undefined {
  if (!line.startsWith(PROGRESS_MARK)) return undefined
  try {
    const { done, total, note } = Progress.parse(JSON.parse(line.slice(PROGRESS_MARK.length)))
    return { done, total, ...(note === undefined ? {} : { note: note.replaceAll(/\p{Cc}/gu, ' ').slice(0, NOTE_LENGTH_MAX) }) }
  } catch {
    return undefined
  }
}

/**
 * Frames that are filled while requests are answered. A record is encoded the moment it is accepted: kept as objects until
 * the commit, thousands of records would outlive every young collection, and the collector would copy them for longer than
 * the encoding takes.
 */
import { FRAME_HEAD_BYTES, sealFrame } from './frame.ts'
import { bytesOfRecord, fitsInto, isOutcomeRecord, type JournalRecord, OUTCOME, PREDICTION } from './record.ts'

const FRAME_BYTES = 256 * 1024
/** A record of more bytes gets a frame of its own size: it would leave half of a common one empty. */
const COMMON_BYTES_MAX = (FRAME_BYTES - FRAME_HEAD_BYTES) / 2
/** Characters up to which a text is written here and not by the runtime. */
const SHORT_TEXT = 32

export interface FrameBuffer {
  readonly records: number
  /** Payload so far. */
  readonly bytes: number
  /** Adds a record, or returns false when this frame is full. */
  put(record: JournalRecord): boolean
  /** Adds all of another frame's records, or returns false when they do not fit. */
  absorb(other: FrameBuffer): boolean
  /** The frame, ready to be written: a view that is good until the next change. */
  seal(): Buffer
}

export interface FramePool {
  /** An empty frame in which this record has room, whatever its size. */
  take(record: JournalRecord): FrameBuffer
  /** Takes back a frame that nobody looks at any more. */
  give(frame: FrameBuffer): void
}

/** Frames to be used again, at most `idleMax` of them. A frame made for one large record is not kept. */
export function createFramePool(idleMax = 32): FramePool {
  const idle: ReusedFrame[] = []
  return Object.freeze({
    take(record: JournalRecord) {
      if (fitsInto(record, COMMON_BYTES_MAX)) return idle.pop() ?? new ReusedFrame(FRAME_BYTES)
      return new ReusedFrame(bytesOfRecord(record) + FRAME_HEAD_BYTES)
    },
    give(frame: FrameBuffer) {
      if (!(frame instanceof ReusedFrame) || frame.size !== FRAME_BYTES || idle.length >= idleMax) return
      frame.clear()
      idle.push(frame)
    },
  })
}

class ReusedFrame implements FrameBuffer {
  records = 0
  readonly #buffer: Buffer
  #end = FRAME_HEAD_BYTES

  constructor(bytes: number) {
    this.#buffer = Buffer.allocUnsafeSlow(bytes)
  }

  get size(): number {
    return this.#buffer.byteLength
  }
  get bytes(): number {
    return this.#end - FRAME_HEAD_BYTES
  }

  put(record: JournalRecord): boolean {
    if (!fitsInto(record, this.#buffer.byteLength - this.#end)) return false
    const start = this.#end
    this.#end += 5
    if (isOutcomeRecord(record)) {
      this.#buffer[start + 4] = OUTCOME
      this.#number(record.observedAtMs)
      this.#number(record.recordedAtMs)
      this.#text(record.predictionId)
      this.#text(record.outcome)
    } else {
      this.#buffer[start + 4] = PREDICTION
      this.#number(record.timeMs)
      this.#number(record.latencyMs)
      this.#end = this.#buffer.writeUInt32LE(record.version, this.#end)
      this.#text(record.requestId)
      this.#text(record.model)
      this.#text(record.variant)
      this.#text(record.caller)
      this.#text(record.instances)
      this.#text(record.reply)
    }
    this.#buffer.writeUInt32LE(this.#end - start - 4, start)
    this.records++
    return true
  }

  absorb(other: FrameBuffer): boolean {
    if (this.#end + other.bytes > this.#buffer.byteLength) return false
    this.#end += other.seal().copy(this.#buffer, this.#end, FRAME_HEAD_BYTES)
    this.records += other.records
    return true
  }

  seal(): Buffer {
    const frame = this.#buffer.subarray(0, this.#end)
    sealFrame(frame)
    return frame
  }

  clear(): void {
    this.#end = FRAME_HEAD_BYTES
    this.records = 0
  }

  #number(value: number): void {
    this.#end = this.#buffer.writeDoubleLE(value, this.#end)
  }

  #text(value: string): void {
    const short = value.length <= SHORT_TEXT ? this.#ascii(value) : -1
    const bytes = short < 0 ? this.#buffer.write(value, this.#end + 4) : short
    this.#buffer.writeUInt32LE(bytes, this.#end)
    this.#end += 4 + bytes
  }

  /** Bytes written, or -1 at the first character that is not ASCII: a call into the runtime costs more than 30 of these steps. */
  #ascii(value: string): number {
    const from = this.#end + 4
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) return -1
      this.#buffer[from + i] = code
    }
    return value.length
  }
}

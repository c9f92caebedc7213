/**
 * Protocol buffers read in place from a file of any size: a window of 256 KiB slides over the file descriptor, what is of
 * no interest is skipped by its length, and every length is checked against the end of the message around it. So a file of
 * gigabytes costs a few reads, and a length that lies costs nothing.
 *
 *     message:  (tag varint: field << 3 | wire)  value ...
 *     wire 0 varint · 1 eight bytes · 2 length varint + bytes · 5 four bytes          https://protobuf.dev/programming-guides/encoding
 */
import { readSync } from 'node:fs'
import { ModelFileExcessive, ModelFileMalformed, ModelFileTruncated } from './errors.ts'

const WINDOW_BYTES = 256 * 1024
const VARINT_BYTES_MAX = 10
const FIELD_MAX = 536_870_911
/** Fields of a file; a message counts as several. 200 million take about three seconds, and no honest file comes near. */
const FIELDS_MAX = 200_000_000
const FIELDS_OF_MESSAGE = 4
/** What is kept in memory of a file: names, classes, metadata; and what a piece of it costs beyond its bytes. */
const KEPT_BYTES_MAX = 256 * 1_024 * 1_024
const KEPT_PIECE_BYTES = 32

const utf8 = new TextDecoder()

export type FieldHandler = (field: number, wire: number) => boolean

export interface FileCursor {
  /** Where the next byte is read, from the start of the file. */
  position(): number
  /** An unsigned varint as a number; rounded beyond 2^53. */
  varint(): number
  /** A varint as the int64 it stands for. */
  int64(): bigint
  /** Text of a length-delimited field, counted as kept. Throws ModelFileExcessive beyond `bytesMax`. */
  text(what: string, bytesMax: number): string
  bytes(length: number): Uint8Array
  /**
   * Reads a length-delimited message. `handle` consumes a field and returns true, or returns false to have it skipped.
   * Throws ModelFileExcessive when messages lie deeper in each other than `nestingMax`.
   */
  message(handle: FieldHandler): void
  /** The whole file as one message. */
  root(handle: FieldHandler): void
  /** Reads a length, gives it back, and stands at the first byte after it. */
  length(): number
  /** Counts a piece that is kept in memory. Throws ModelFileExcessive when all of them are more than an honest file has. */
  keep(bytes: number): void
  skipTo(position: number): void
  /** Counts the elements of a packed or repeated field of fixed width, and skips them; of varints, their bytes. */
  measure(wire: number): number
  malformed(reason: string): Error
}

/** `size` is the file's size in bytes; `file` its name for messages. */
export function createFileCursor(fd: number, size: number, file: string, nestingMax: number): FileCursor {
  return new Cursor(fd, size, file, nestingMax)
}

class Cursor implements FileCursor {
  readonly #fd: number
  readonly #size: number
  readonly #file: string
  readonly #nestingMax: number
  readonly #window = new Uint8Array(WINDOW_BYTES)
  /** The part of the file that lies in the window. */
  #start = 0
  #filled = 0
  #at = 0
  /** End of the message that is read. */
  #end: number
  #depth = 0
  #fields = 0
  #kept = 0

  constructor(fd: number, size: number, file: string, nestingMax: number) {
    this.#fd = fd
    this.#size = size
    this.#file = file
    this.#nestingMax = nestingMax
    this.#end = size
  }

  position(): number {
    return this.#at
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < VARINT_BYTES_MAX; i++) {
      const next = this.#byte()
      value += (next & 127) * scale
      if (next < 128) return value
      scale *= 128
    }
    throw this.malformed('a number has more than ten bytes')
  }

  int64(): bigint {
    let value = 0n
    for (let i = 0n; i < VARINT_BYTES_MAX; i++) {
      const next = this.#byte()
      value |= BigInt(next & 127) << (7n * i)
      if (next < 128) return BigInt.asIntN(64, value)
    }
    throw this.malformed('a number has more than ten bytes')
  }

  length(): number {
    const value = this.varint()
    if (this.#at + value <= this.#end) return value
    if (this.#at + value > this.#size) throw this.#truncated(this.#at + value)
    throw this.malformed(`a field of ${value} bytes is longer than the message around it`)
  }

  skipTo(position: number): void {
    if (position > this.#end) {
      if (position > this.#size) throw this.#truncated(position)
      throw this.malformed('a field is longer than the message around it')
    }
    this.#at = position
  }

  bytes(count: number): Uint8Array {
    if (this.#at + count > this.#end) throw this.malformed('a value runs over the end of its message')
    const result = new Uint8Array(count)
    let done = 0
    while (done < count) {
      this.#fillIfOutside()
      const from = this.#at - this.#start
      const part = Math.min(count - done, this.#filled - from)
      result.set(this.#window.subarray(from, from + part), done)
      done += part
      this.#at += part
    }
    return result
  }

  text(what: string, bytesMax: number): string {
    const count = this.length()
    if (count > bytesMax) throw new ModelFileExcessive({ file: this.#file, what: `bytes in ${what}`, limit: bytesMax })
    this.keep(count)
    return utf8.decode(this.bytes(count))
  }

  keep(bytes: number): void {
    this.#kept += bytes + KEPT_PIECE_BYTES
    if (this.#kept > KEPT_BYTES_MAX)
      throw new ModelFileExcessive({ file: this.#file, what: 'bytes of names and metadata', limit: KEPT_BYTES_MAX })
  }

  message(handle: FieldHandler): void {
    const outer = this.#end
    const count = this.length()
    if (++this.#depth > this.#nestingMax)
      throw new ModelFileExcessive({ file: this.#file, what: 'messages inside each other', limit: this.#nestingMax })
    this.#fields += FIELDS_OF_MESSAGE
    this.#end = this.#at + count
    this.root(handle)
    this.#end = outer
    this.#depth -= 1
  }

  root(handle: FieldHandler): void {
    while (this.#at < this.#end) {
      if (++this.#fields > FIELDS_MAX) throw new ModelFileExcessive({ file: this.#file, what: 'fields', limit: FIELDS_MAX })
      const tag = this.varint()
      const field = Math.floor(tag / 8)
      if (field === 0 || field > FIELD_MAX) throw this.malformed(`there is no field number ${field}`)
      if (!handle(field, tag % 8)) this.#skip(tag % 8)
    }
  }

  measure(wire: number): number {
    const from = this.#at
    if (wire !== 2) {
      this.#skip(wire)
      return this.#at - from
    }
    const count = this.length()
    this.#at += count
    return count
  }

  malformed(reason: string): Error {
    return new ModelFileMalformed({ file: this.#file, reason, offset: this.#at })
  }

  #byte(): number {
    if (this.#at >= this.#end) throw this.malformed('a value runs over the end of its message')
    this.#fillIfOutside()
    return this.#window[this.#at++ - this.#start]!
  }

  #fillIfOutside(): void {
    if (this.#at >= this.#start && this.#at < this.#start + this.#filled) return
    this.#start = this.#at
    this.#filled = readSync(this.#fd, this.#window, 0, Math.min(WINDOW_BYTES, this.#size - this.#at), this.#at)
    if (this.#filled === 0) throw this.#truncated(this.#at + 1, 'the message that goes on')
  }

  #truncated(bytesExpected: number, place = `the field at byte ${this.#at}`): Error {
    return new ModelFileTruncated({ file: this.#file, bytes: this.#size, bytesExpected, place })
  }

  #skip(wire: number): void {
    if (wire === 0) while (this.#byte() > 127);
    else if (wire === 1) this.skipTo(this.#at + 8)
    else if (wire === 2) {
      const count = this.length()
      this.#at += count
    } else if (wire === 5) this.skipTo(this.#at + 4)
    else throw this.malformed(`the wire type ${wire} does not exist in ONNX`)
  }
}

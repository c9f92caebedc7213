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

export type FieldHandler = (field: number, wire: number) => boolean

export interface FileCursor {
  /** Where the next byte is read, from the start of the file. */
  position(): number
  /** An unsigned varint as a number; rounded beyond 2^53. */
  varint(): number
  /** A varint as the int64 it stands for. */
  int64(): bigint
  /** Text of a length-delimited field. Throws ModelFileExcessive beyond `bytesMax`. */
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
  skipTo(position: number): void
  /** Counts the elements of a packed or repeated field of fixed width, and skips them; of varints, their bytes. */
  measure(wire: number): number
  malformed(reason: string): Error
}

/** `size` is the file's size in bytes; `file` its name for messages. */
export function createFileCursor(fd: number, size: number, file: string, nestingMax: number): FileCursor {
  const window = new Uint8Array(WINDOW_BYTES)
  let start = 0
  let filled = 0
  let at = 0
  let end = size
  let depth = 0

  const malformed = (reason: string) => new ModelFileMalformed({ file, reason, offset: at })
  const fill = (): void => {
    start = at
    filled = readSync(fd, window, 0, Math.min(WINDOW_BYTES, size - at), at)
    if (filled === 0)
      throw new ModelFileTruncated({ file, bytes: size, bytesExpected: at + 1, place: 'the message that goes on' })
  }
  const byte = (): number => {
    if (at >= end) throw malformed('a value runs over the end of its message')
    if (at >= start + filled || at < start) fill()
    return window[at++ - start]!
  }
  const varint = (): number => {
    let value = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      const next = byte()
      value += (next & 127) * scale
      if (next < 128) return value
      scale *= 128
    }
    throw malformed('a number has more than ten bytes')
  }
  const int64 = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const next = byte()
      value |= BigInt(next & 127) << shift
      if (next < 128) return BigInt.asIntN(64, value)
    }
    throw malformed('a number has more than ten bytes')
  }
  const length = (): number => {
    const value = varint()
    if (at + value <= end) return value
    if (at + value > size)
      throw new ModelFileTruncated({ file, bytes: size, bytesExpected: at + value, place: `the field at byte ${at}` })
    throw malformed(`a field of ${value} bytes is longer than the message around it`)
  }
  const skipTo = (position: number): void => {
    if (position > end) {
      if (position > size)
        throw new ModelFileTruncated({ file, bytes: size, bytesExpected: position, place: `the field at byte ${at}` })
      throw malformed('a field is longer than the message around it')
    }
    at = position
  }
  const skip = (wire: number): void => {
    if (wire === 0) while (byte() > 127);
    else if (wire === 1) skipTo(at + 8)
    else if (wire === 2) {
      const bytes = length()
      at += bytes
    } else if (wire === 5) skipTo(at + 4)
    else throw malformed(`the wire type ${wire} does not exist in ONNX`)
  }
  const fields = (handle: FieldHandler): void => {
    while (at < end) {
      const tag = varint()
      const field = Math.floor(tag / 8)
      if (field === 0 || field > 536_870_911) throw malformed(`there is no field number ${field}`)
      if (!handle(field, tag % 8)) skip(tag % 8)
    }
  }
  const bytes = (count: number): Uint8Array => {
    if (at + count > end) throw malformed('a value runs over the end of its message')
    const result = new Uint8Array(count)
    let done = 0
    while (done < count) {
      if (at >= start + filled || at < start) fill()
      const part = Math.min(count - done, start + filled - at)
      result.set(window.subarray(at - start, at - start + part), done)
      done += part
      at += part
    }
    return result
  }
  return Object.freeze<FileCursor>({
    position: () => at,
    varint,
    int64,
    length,
    skipTo,
    bytes,
    malformed,
    text(what, bytesMax) {
      const count = length()
      if (count > bytesMax) throw new ModelFileExcessive({ file, what: `bytes in ${what}`, limit: bytesMax })
      return new TextDecoder().decode(bytes(count))
    },
    message(handle) {
      const outer = end
      const count = length()
      if (++depth > nestingMax) throw new ModelFileExcessive({ file, what: 'messages inside each other', limit: nestingMax })
      end = at + count
      fields(handle)
      end = outer
      depth -= 1
    },
    root: fields,
    measure(wire) {
      const from = at
      if (wire !== 2) {
        skip(wire)
        return at - from
      }
      const count = length()
      at += count
      return count
    },
  })
}

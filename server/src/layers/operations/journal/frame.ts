/**
 * The segment format, version 1. A segment is one append-only file of a journal. A group commit appends one or more
 * frames and then syncs once, so a power cut can tear only what came after the last sync, and nobody was told about that.
 *
 *     segment   +0   "SEAWJNL1"                 8 bytes, the format and its version
 *               +8   header bytes   u32
 *               +12  header crc32   u32
 *               +16  header         JSON, UTF-8: deployment, kind, created, owner
 *               ...  frame, frame, frame, ... to the end of the file
 *
 *     frame     +0   "SWFR"                     4 bytes, so that a reader finds its way again behind damage
 *               +4   payload bytes  u32
 *               +8   payload crc32  u32
 *               +12  payload        records, see record.ts
 *
 * Integers are little-endian. The checksum is the CRC-32 of zlib (IEEE 802.3): Node has it natively at 4.6 GB/s, where
 * CRC-32C would be JavaScript; both find every burst up to 32 bits and miss one random change in four billion.
 * Length and checksum are not covered by the checksum: a wrong one makes the frame fail, which is what is wanted.
 */
import { crc32 } from 'node:zlib'

export const SEGMENT_MAGIC = Buffer.from('SEAWJNL1', 'latin1')
export const FRAME_MARKER = Buffer.from('SWFR', 'latin1')
export const SEGMENT_HEAD_BYTES = 16
export const FRAME_HEAD_BYTES = 12
/** Largest payload a reader believes in, bytes: a corrupt length must not make it read gigabytes. */
export const PAYLOAD_BYTES_MAX = 256 * 1024 * 1024
/** Largest header text a reader believes in, bytes. */
export const HEADER_BYTES_MAX = 64 * 1024

export type SegmentKind = 'predictions' | 'outcomes'

/** Who writes a segment: enough to tell later, on the same machine, whether that process still lives. */
export interface SegmentOwner {
  readonly host: string
  readonly pid: number
  /** Start of the process in ticks since boot, where the system tells (Linux), so that a reused pid is not taken for it. */
  readonly startTicks: string
  /** Random per process. */
  readonly token: string
}

export interface SegmentHeader {
  readonly kind: SegmentKind
  readonly deployment: string
  readonly createdMs: number
  readonly owner: SegmentOwner
}

/** The first bytes of a segment. */
export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const text = Buffer.from(JSON.stringify(header), 'utf8')
  const head = Buffer.alloc(SEGMENT_HEAD_BYTES)
  SEGMENT_MAGIC.copy(head, 0)
  head.writeUInt32LE(text.byteLength, 8)
  head.writeUInt32LE(crc32(text), 12)
  return Buffer.concat([head, text])
}

/** How many bytes of header text follow the head, or undefined when this is no segment of version 1. */
export function findHeaderBytes(head: Buffer): number | undefined {
  if (head.byteLength < SEGMENT_HEAD_BYTES || head.compare(SEGMENT_MAGIC, 0, 8, 0, 8) !== 0) return undefined
  const bytes = head.readUInt32LE(8)
  return bytes <= HEADER_BYTES_MAX ? bytes : undefined
}

/** The header of `head` and `text`, or undefined when the checksum or the JSON is wrong. */
export function findSegmentHeader(head: Buffer, text: Buffer): SegmentHeader | undefined {
  if (crc32(text) !== head.readUInt32LE(12)) return undefined
  try {
    return JSON.parse(text.toString('utf8')) as SegmentHeader
  } catch {
    return undefined
  }
}

/** Fills the frame head in front of a payload that already lies in `frame` from FRAME_HEAD_BYTES on. */
export function sealFrame(frame: Buffer): void {
  FRAME_MARKER.copy(frame, 0)
  frame.writeUInt32LE(frame.byteLength - FRAME_HEAD_BYTES, 4)
  frame.writeUInt32LE(crc32(frame.subarray(FRAME_HEAD_BYTES)), 8)
}

/** How many bytes of payload follow this frame head, or undefined when it is none. */
export function findPayloadBytes(head: Buffer): number | undefined {
  if (head.compare(FRAME_MARKER, 0, 4, 0, 4) !== 0) return undefined
  const bytes = head.readUInt32LE(4)
  return bytes <= PAYLOAD_BYTES_MAX ? bytes : undefined
}

export const isPayloadWhole = (head: Buffer, payload: Buffer): boolean => crc32(payload) === head.readUInt32LE(8)

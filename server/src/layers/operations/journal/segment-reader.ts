/**
 * Reads a segment whatever happened to it. Three things can be wrong, and none is fatal:
 *
 *     torn tail     bytes at the end that are no whole frame: a commit that the crash cut short. Nobody was told about
 *                   it; recovery cuts it off.
 *     damage        a frame in the middle whose checksum fails: bit rot, or somebody's editor. Its place is reported and
 *                   the next marker with a right checksum behind it is where reading goes on.
 *     no header     reading starts at the first frame that can be found.
 */
import { open, type FileHandle } from 'node:fs/promises'
import {
  findHeaderBytes,
  findPayloadBytes,
  findSegmentHeader,
  FRAME_HEAD_BYTES,
  FRAME_MARKER,
  isPayloadWhole,
  SEGMENT_HEAD_BYTES,
  type SegmentHeader,
} from './frame.ts'

const READ_AHEAD_BYTES = 1024 * 1024

export interface Damage {
  readonly offset: number
  readonly bytes: number
}
export interface Frame {
  readonly offset: number
  /** Good until the next frame is asked for. */
  readonly payload: Buffer
}
/** Filled while reading; whole once the frames have been read to the end. */
export interface SegmentReport {
  header: SegmentHeader | undefined
  frames: number
  /** Where the last whole frame ends: what a cut leaves. */
  validBytes: number
  tornBytes: number
  damage: Damage[]
}
export const createSegmentReport = (): SegmentReport => ({
  header: undefined,
  frames: 0,
  validBytes: 0,
  tornBytes: 0,
  damage: [],
})

/** The whole frames of a file, in order. Memory: one frame and one megabyte. */
export async function* readFrames(file: string, report: SegmentReport = createSegmentReport()): AsyncGenerator<Frame> {
  const handle = await open(file, 'r')
  try {
    const window = createByteWindow(handle, (await handle.stat()).size)
    let at = await readHeader(window, report)
    report.validBytes = at
    for (;;) {
      const frame = (await findFrame(window, at)) ?? (await seekFrame(window, at + 1))
      if (frame === undefined) break
      if (frame.offset > at) report.damage.push({ offset: at, bytes: frame.offset - at })
      at = frame.offset + FRAME_HEAD_BYTES + frame.payload.byteLength
      report.frames++
      report.validBytes = at
      yield frame
    }
    report.tornBytes = window.fileBytes - at
  } finally {
    await handle.close()
  }
}

/** Only the header: who writes this and for which deployment. Undefined when it cannot be read. */
export async function readSegmentHeader(file: string): Promise<SegmentHeader | undefined> {
  const handle = await open(file, 'r')
  try {
    const report = createSegmentReport()
    await readHeader(createByteWindow(handle, (await handle.stat()).size, 4096), report)
    return report.header
  } finally {
    await handle.close()
  }
}

type ByteWindow = ReturnType<typeof createByteWindow>

/** Reads a file through one buffer that moves forward. */
function createByteWindow(handle: FileHandle, fileBytes: number, readAheadBytes = READ_AHEAD_BYTES) {
  let buffer: Buffer = Buffer.alloc(0)
  let start = 0
  const load = async (offset: number, bytes: number): Promise<void> => {
    const target = Buffer.allocUnsafeSlow(Math.min(Math.max(bytes, readAheadBytes), fileBytes - offset))
    let filled = 0
    while (filled < target.byteLength) {
      const { bytesRead } = await handle.read(target, filled, target.byteLength - filled, offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    ;[buffer, start] = [target.subarray(0, filled), offset]
  }
  const isLoaded = (offset: number, bytes: number) => offset >= start && offset + bytes <= start + buffer.byteLength
  return Object.freeze({
    fileBytes,
    /** Exactly these bytes, or undefined when the file ends before. */
    async read(offset: number, bytes: number): Promise<Buffer | undefined> {
      if (offset + bytes > fileBytes) return undefined
      if (!isLoaded(offset, bytes)) await load(offset, bytes)
      return isLoaded(offset, bytes) ? buffer.subarray(offset - start, offset - start + bytes) : undefined
    },
  })
}

async function readHeader(window: ByteWindow, report: SegmentReport): Promise<number> {
  const head = await window.read(0, SEGMENT_HEAD_BYTES)
  const bytes = head && findHeaderBytes(head)
  if (bytes === undefined) return 0
  const whole = await window.read(0, SEGMENT_HEAD_BYTES + bytes)
  report.header = whole && findSegmentHeader(whole, whole.subarray(SEGMENT_HEAD_BYTES))
  return report.header === undefined ? 0 : SEGMENT_HEAD_BYTES + bytes
}

async function findFrame(window: ByteWindow, offset: number): Promise<Frame | undefined> {
  const head = await window.read(offset, FRAME_HEAD_BYTES)
  const bytes = head && findPayloadBytes(head)
  if (bytes === undefined) return undefined
  const whole = await window.read(offset, FRAME_HEAD_BYTES + bytes)
  if (whole === undefined) return undefined
  const payload = whole.subarray(FRAME_HEAD_BYTES)
  return isPayloadWhole(whole, payload) ? { offset, payload } : undefined
}

/** The first whole frame at or behind `from`. */
async function seekFrame(window: ByteWindow, from: number): Promise<Frame | undefined> {
  for (let at = from; at + FRAME_HEAD_BYTES <= window.fileBytes;) {
    const chunk = await window.read(at, Math.min(READ_AHEAD_BYTES, window.fileBytes - at))
    const found = chunk?.indexOf(FRAME_MARKER) ?? -1
    if (chunk === undefined) return undefined
    if (found < 0) {
      at += chunk.byteLength - FRAME_MARKER.byteLength + 1
      continue
    }
    const frame = await findFrame(window, at + found)
    if (frame !== undefined) return frame
    at += found + 1
  }
  return undefined
}

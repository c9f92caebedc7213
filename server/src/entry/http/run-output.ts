/** What a run prints, piece by piece: from the process that trains while it runs, from the kept log afterwards. */
import type { RunOutput } from '@seaworthy/api/model'
import type { ControlServices } from './services.ts'

/** Of one piece. */
const PIECE_BYTES_MAX = 65_536
const LOOK_MS = 100

interface Asked {
  readonly from: number
  readonly waitMs: number
}

/** Answers when there is more than `from`, when the run has ended, or when the time is over. Throws RunNotFound. */
export async function runOutputOf(
  id: string,
  { from, waitMs }: Asked,
  { runs, blobs, liveLogs, stopping }: Pick<ControlServices, 'runs' | 'blobs' | 'liveLogs' | 'stopping'>,
  signal: AbortSignal,
): Promise<RunOutput> {
  const ending = AbortSignal.any([signal, stopping])
  for (let waited = 0; waited < waitMs && !ending.aborted; waited += LOOK_MS) {
    const log = liveLogs.find(id)
    if (log === undefined || log.written > from) break
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  const log = liveLogs.find(id)
  const { state, logDigest } = await runs.get(id)
  const piece = log?.read(from, PIECE_BYTES_MAX) ?? (await keptPiece(logDigest, from, blobs))
  const bytes = wholeCharacters(piece.bytes)
  const next = piece.from + bytes.byteLength
  return { run: id, state, from: piece.from, next, text: bytes.toString('utf8'), isLive: log !== undefined }
}

async function keptPiece(digest: string | undefined, from: number, blobs: ControlServices['blobs']) {
  const kept = digest === undefined ? Buffer.alloc(0) : await blobs.read(digest)
  const first = Math.min(from, kept.byteLength)
  return { from: first, bytes: kept.subarray(first, first + PIECE_BYTES_MAX) }
}

/** Without the beginning of a character at the end, whose rest is in the next piece. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.byteLength); back++) {
    const byte = bytes[bytes.byteLength - back]!
    if (byte < 0x80) return bytes
    if (byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return length > back && back < bytes.byteLength ? bytes.subarray(0, bytes.byteLength - back) : bytes
  }
  return bytes
}

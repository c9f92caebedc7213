import type { Clock } from '../../../kernel/clock.ts'
import type { Log } from '../../../kernel/log.ts'
import { JournalUnavailable } from './errors.ts'
import type { FilePort } from './file-port.ts'
import type { FrameBuffer, FramePool } from './frame-buffer.ts'
import type { SegmentKind } from './frame.ts'
import type { JournalRecord } from './record.ts'
import { SIGN_OF_LIFE_MS } from './segment-owner.ts'
import { createSegmentWriter, type SegmentWriter } from './segment-writer.ts'

/** A segment whose torn end could not even be cut this many times is left to recovery, and a new one is begun. */
const REPAIRS_MAX = 10

export interface LaneOptions {
  readonly kind: SegmentKind
  readonly deployment: string
  readonly folder: string
  /** Whether somebody waits for each record: `sync: always`, and outcomes always. */
  readonly isDurable: boolean
  readonly segmentBytesMax: number
  readonly segmentMsMax: number
  readonly frames: FramePool
  readonly files: FilePort
  readonly clock: Clock
  readonly log: Log
  readonly nextId: () => string
}

/** Why a lane does not write at the moment. */
export interface LaneFailure {
  readonly sinceMs: number
  readonly attempts: number
  readonly reason: string
}

interface Waiting {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** What one commit did; `records` are on the disk when it says so. */
export interface Commit {
  readonly records: number
  readonly bytes: number
  /** Bytes that left the buffer, whether stored or refused. */
  readonly bytesReleased: number
}

/**
 * The records of one deployment and kind on their way to one open segment. Whatever waits is written by the next commit
 * and synced once: a hundred requests that wait share one turn of the disk.
 */
export class Lane {
  readonly options: LaneOptions
  failure: LaneFailure | undefined
  /** Set from a failed commit until the back-off is over. */
  isPaused = false
  isCommitting = false
  accepted = 0
  stored = 0
  dropped = 0
  refused = 0
  /** What waits; the last frame is the one that fills. */
  #frames: FrameBuffer[] = []
  #waiting: Waiting | undefined
  #segment: SegmentWriter | undefined
  #isTorn = false
  readonly #toSeal: SegmentWriter[] = []
  #touchedMs = 0

  constructor(options: LaneOptions) {
    this.options = options
  }

  get queued(): number {
    return recordsIn(this.#frames)
  }
  get isIdle(): boolean {
    return this.#frames.length === 0 && !this.isCommitting && this.failure === undefined
  }
  get hasWork(): boolean {
    return this.#frames.length > 0 || this.failure !== undefined || this.#toSeal.length > 0 || this.#isOld() || this.#isSilent()
  }

  /** Encodes a record into the frame that fills, and returns the bytes it takes there. */
  push(record: JournalRecord): number {
    let frame = this.#frames.at(-1)
    const before = frame?.bytes ?? 0
    if (frame?.put(record) === true) return frame.bytes - before
    frame = this.options.frames.take(record)
    frame.put(record)
    this.#frames.push(frame)
    return frame.bytes
  }

  /** Shared by all that wait for the same commit; settles when the disk has answered. */
  committed(): Promise<void> {
    this.#waiting ??= Promise.withResolvers<void>()
    return this.#waiting.promise
  }

  /** Writes and syncs what waits. Never throws: a failure is kept in `failure`, and those who wait are told. */
  async commit(): Promise<Commit> {
    const [batch, waiting] = [this.#frames, this.#waiting]
    const [records, bytesReleased] = [recordsIn(batch), bytesIn(batch)]
    this.#frames = []
    this.#waiting = undefined
    this.isCommitting = true
    try {
      if (this.#isSilent()) await this.#giveSignOfLife()
      const bytes = batch.length > 0 || this.failure !== undefined ? await this.#write(batch) : 0
      this.#recovered()
      this.stored += records
      for (const frame of batch) this.options.frames.give(frame)
      waiting?.resolve()
      if (this.#isOld()) await this.seal()
      else await this.#sealOld()
      return { records, bytes, bytesReleased }
    } catch (error) {
      return this.#failed(error, batch, waiting)
    } finally {
      this.isCommitting = false
    }
  }

  /** Closes the open segment, so that it can be compacted. A rename that fails is tried again by later commits. */
  async seal(): Promise<void> {
    if (this.#segment !== undefined && !this.#isTorn) {
      this.#toSeal.push(this.#segment)
      this.#segment = undefined
    }
    await this.#sealOld()
  }

  /** Gives up every file; what waits is counted as dropped. */
  async close(): Promise<void> {
    await this.seal()
    for (const segment of [...this.#toSeal, ...(this.#segment ? [this.#segment] : [])]) await segment.abandon()
    this.dropped += this.queued
    this.#waiting?.reject(new JournalUnavailable({ deployment: this.options.deployment, reason: 'the process is stopping' }))
    this.#frames = []
  }

  async #write(batch: readonly FrameBuffer[]): Promise<number> {
    if (this.#segment !== undefined && this.#isTorn) await this.#segment.repair()
    this.#isTorn = false
    this.#segment ??= await this.#openSegment()
    const segment = this.#segment
    const before = segment.bytes()
    this.#isTorn = batch.length > 0
    for (const frame of batch) await segment.append(frame.seal())
    if (batch.length > 0) await segment.sync()
    this.#isTorn = false
    return segment.bytes() - before
  }

  #openSegment(): Promise<SegmentWriter> {
    this.#touchedMs = Date.now()
    return createSegmentWriter({ ...this.options, id: this.options.nextId(), nowMs: this.options.clock.now() })
  }

  #isSilent(): boolean {
    return this.#segment !== undefined && Date.now() - this.#touchedMs > SIGN_OF_LIFE_MS
  }

  /** A process that was stopped for long may have lost its segment to another that took it for dead: then a new one begins. */
  async #giveSignOfLife(): Promise<void> {
    this.#touchedMs = Date.now()
    const segment = this.#segment
    if (segment === undefined || (await this.options.files.touch(segment.path))) return
    this.options.log.warn('A journal segment was sealed by another process; a new one is begun', { segment: segment.path })
    await this.#abandon()
  }

  #recovered(): void {
    if (this.failure === undefined) return
    const { deployment, kind, clock, log } = this.options
    log.info('The journal writes again', { deployment, kind, downMs: clock.now() - this.failure.sinceMs })
    this.failure = undefined
  }

  async #failed(error: unknown, batch: FrameBuffer[], waiting: Waiting | undefined): Promise<Commit> {
    const { deployment, kind, isDurable, clock, log } = this.options
    const reason = reasonOf(error)
    const attempts = (this.failure?.attempts ?? 0) + 1
    if (attempts === 1) log.error('The journal cannot write; predictions go on', { deployment, kind, reason })
    this.failure = { sinceMs: this.failure?.sinceMs ?? clock.now(), attempts, reason }
    if (attempts % REPAIRS_MAX === 0 && this.#isTorn) await this.#abandon()
    if (isDurable) {
      this.refused += recordsIn(batch)
      waiting?.reject(new JournalUnavailable({ deployment, reason }, { cause: error }))
      return { records: 0, bytes: 0, bytesReleased: bytesIn(batch) }
    }
    this.#frames = this.#joined(batch, this.#frames)
    return { records: 0, bytes: 0, bytesReleased: 0 }
  }

  /** What failed in front of what came meanwhile, without a half-empty frame more for each attempt. */
  #joined(failed: FrameBuffer[], later: FrameBuffer[]): FrameBuffer[] {
    const [next, ...rest] = later
    if (next === undefined || failed.at(-1)?.absorb(next) !== true) return failed.concat(later)
    this.options.frames.give(next)
    return failed.concat(rest)
  }

  async #abandon(): Promise<void> {
    await this.#segment?.abandon()
    this.#segment = undefined
    this.#isTorn = false
  }

  #isOld(): boolean {
    if (this.#segment === undefined || this.#isTorn) return false
    const { segmentBytesMax, segmentMsMax, clock } = this.options
    return this.#segment.bytes() >= segmentBytesMax || clock.now() - this.#segment.createdMs >= segmentMsMax
  }

  /** Takes what it seals off the list first: `seal` may be called from outside while a commit does the same. */
  async #sealOld(): Promise<void> {
    for (const segment of this.#toSeal.splice(0)) {
      try {
        await segment.seal()
      } catch (error) {
        this.#toSeal.push(segment)
        this.options.log.warn('A journal segment could not be sealed yet', { segment: segment.path, reason: reasonOf(error) })
      }
    }
  }
}

const recordsIn = (frames: readonly FrameBuffer[]): number => frames.reduce((sum, frame) => sum + frame.records, 0)
const bytesIn = (frames: readonly FrameBuffer[]): number => frames.reduce((sum, frame) => sum + frame.bytes, 0)

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full (ENOSPC)',
  EDQUOT: 'the disk quota is used up (EDQUOT)',
  EROFS: 'the disk is read-only (EROFS)',
  EACCES: 'the folder may not be written (EACCES)',
  EMFILE: 'too many files are open (EMFILE)',
}
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return (code && REASONS[code]) ?? message
}

/**
 * The journal of this process: takes answered requests and outcomes, writes them in group commits, and never stands in
 * the way of a prediction.
 *
 *     accept -> encoded into its deployment's frame -> (every syncMs, or at once under sync: always)
 *            -> checksum -> write -> fdatasync -> those who wait are told
 *
 * `accept` encodes and returns, so that no record outlives its request as an object; checksum and writing happen once per
 * commit, the disk's part of it on libuv's threads. All queues together hold at most bufferBytesMax. When the disk does not take
 * more, records that nobody waits for are dropped and counted, and records that somebody waits for are refused.
 */
import { type Clock, systemClock } from '../../../kernel/clock.ts'
import { createIds } from '../../../kernel/ids.ts'
import { type Log, silentLog } from '../../../kernel/log.ts'
import type { ServedRequest } from '../../serving/data-plane.ts'
import { JournalBusy, JournalClosed, JournalUnavailable } from './errors.ts'
import { diskFiles } from './file-port.ts'
import { createFramePool } from './frame-buffer.ts'
import type { SegmentKind } from './frame.ts'
import type { Journal, JournalHealth, JournalOptions, OutcomeReport } from './journal-port.ts'
import { Lane } from './lane.ts'
import { outcomeRecordsOf } from './outcome-report.ts'
import { fitsInto, type JournalRecord, RECORD_WEIGHT_MAX, weightOf } from './record.ts'
import { type RecoveredSegment, recoverJournals } from './recovery.ts'
import { capSegments, HARD_CAP } from './retention.ts'
import { journalFolderOf } from './segment-folder.ts'

/** Opens the journals below `folder`: repairs what an earlier process left, in the background, and is ready at once. */
export function createJournal(options: JournalOptions): Journal {
  const writer = new JournalWriter(options)
  return Object.freeze({
    accept: (served: ServedRequest) => writer.accept(served),
    recordOutcomes: (deployment: string, outcomes: readonly OutcomeReport[]) => writer.recordOutcomes(deployment, outcomes),
    health: (deployment?: string) => writer.health(deployment),
    flush: () => writer.flush(),
    rotate: () => writer.rotate(),
    recovered: writer.recovered,
    close: () => writer.close(),
  })
}

class JournalWriter {
  readonly recovered: Promise<readonly RecoveredSegment[]>
  readonly #options: JournalOptions
  readonly #clock: Clock
  readonly #log: Log
  readonly #nextId: () => string
  readonly #lanes = { predictions: new Map<string, Lane>(), outcomes: new Map<string, Lane>() }
  readonly #frames = createFramePool()
  readonly #rotation: NodeJS.Timeout
  #bufferedBytes = 0
  /** Counts of lanes that gave way. */
  #gone = { accepted: 0, stored: 0, dropped: 0, refused: 0 }
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  readonly #retries = new Set<NodeJS.Timeout>()
  #running: Promise<void> | undefined
  #isClosed = false

  constructor(options: JournalOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#log = options.log ?? silentLog
    this.#nextId = createIds(this.#clock)
    this.recovered = recoverJournals(options.folder, this.#log)
    this.#rotation = setInterval(() => void this.#keepHouse(), Math.min(10_000, options.segmentMsMax)).unref()
  }

  /** Seals what is old, even where no request comes, and holds the hard cap. */
  async #keepHouse(): Promise<void> {
    await this.#commitAll()
    const { keepBytes } = this.#options
    if (keepBytes === undefined) return
    try {
      const journals = new Set(this.#all().map((lane) => lane.options.folder))
      for (const journal of journals) await capSegments({ journal, keepBytes: HARD_CAP * keepBytes, log: this.#log })
    } catch (error) {
      this.#log.warn('The size of a journal could not be held', { reason: String(error) })
    }
  }

  accept(served: ServedRequest): Promise<void> | undefined {
    const { deployment } = served
    const lane = this.#laneOf('predictions', deployment)
    if (lane !== undefined) return this.#push(lane, served)
    const { sync, bufferBytesMax } = this.#options
    return sync === 'always'
      ? this.#refuse(this.#gone, new JournalBusy({ deployment, bufferBytesMax }))
      : this.#drop(deployment, 1)
  }

  async recordOutcomes(deployment: string, outcomes: readonly OutcomeReport[]): Promise<void> {
    const records = outcomeRecordsOf(outcomes, this.#clock.now())
    const lane = this.#laneOf('outcomes', deployment)
    if (lane === undefined) throw new JournalBusy({ deployment, bufferBytesMax: this.#options.bufferBytesMax })
    await Promise.all([...new Set(records.map((record) => this.#push(lane, record)))])
  }

  health(deployment?: string): JournalHealth {
    const lanes = this.#all().filter((lane) => deployment === undefined || lane.options.deployment === deployment)
    const sum = (of: (lane: Lane) => number) => lanes.reduce((total, lane) => total + of(lane), 0)
    const failed = lanes.find((lane) => lane.failure !== undefined)
    const gone = deployment === undefined ? this.#gone : { accepted: 0, stored: 0, dropped: 0, refused: 0 }
    return {
      state: failed === undefined ? 'healthy' : 'degraded',
      ...(failed?.failure && { explanation: explain(failed, this.#options.sync) }),
      accepted: gone.accepted + sum((lane) => lane.accepted),
      stored: gone.stored + sum((lane) => lane.stored),
      dropped: gone.dropped + sum((lane) => lane.dropped),
      refused: gone.refused + sum((lane) => lane.refused),
      queued: sum((lane) => lane.queued),
      bufferedBytes: this.#bufferedBytes,
    }
  }

  async flush(): Promise<void> {
    await this.#running
    await this.#commitAll()
    for (const lane of this.#all()) {
      if (lane.failure === undefined) continue
      throw new JournalUnavailable({ deployment: lane.options.deployment, reason: lane.failure.reason })
    }
  }

  async rotate(): Promise<void> {
    await this.flush()
    for (const lane of this.#all()) await lane.seal()
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#rotation)
    await this.recovered
    await this.#running
    await this.#commitAll()
    for (const timer of [this.#timer, ...this.#retries]) clearTimeout(timer)
    clearImmediate(this.#immediate)
    for (const lane of this.#all()) {
      const lost = lane.queued
      await lane.close()
      if (lost > 0) this.#log.error('The journal was closed before it could write', { ...lane.options, records: lost })
    }
  }

  #push(lane: Lane, record: JournalRecord): Promise<void> | undefined {
    const { deployment, isDurable } = lane.options
    if (this.#isClosed) return isDurable ? Promise.reject(new JournalClosed({ deployment })) : this.#drop(deployment, 1, lane)
    if (isDurable && lane.isPaused && lane.failure)
      return this.#refuse(lane, new JournalUnavailable({ deployment, reason: lane.failure.reason }))
    const { bufferBytesMax } = this.#options
    if (weightOf(record) > RECORD_WEIGHT_MAX || !fitsInto(record, bufferBytesMax - this.#bufferedBytes))
      return isDurable ? this.#refuse(lane, new JournalBusy({ deployment, bufferBytesMax })) : this.#drop(deployment, 1, lane)
    lane.accepted++
    this.#bufferedBytes += lane.push(record)
    if (this.#running === undefined) this.#schedule(isDurable || this.#bufferedBytes > bufferBytesMax / 4)
    return isDurable ? lane.committed() : undefined
  }

  #refuse(counts: { refused: number }, failure: Error): Promise<void> {
    counts.refused++
    return Promise.reject(failure)
  }

  #drop(deployment: string, records: number, lane?: Lane): undefined {
    if (lane === undefined) this.#gone.dropped += records
    else lane.dropped += records
    this.#options.metrics?.dropped({ deployment, records })
  }

  #schedule(isNow: boolean): void {
    if (isNow) this.#immediate ??= setImmediate(() => void this.#commitAll())
    else this.#timer ??= setTimeout(() => void this.#commitAll(), this.#options.syncMs)
  }

  /** One pass over all lanes at a time; more work that came meanwhile starts the next. */
  #commitAll(): Promise<void> {
    this.#running ??= this.#pass().finally(() => {
      this.#running = undefined
      const waiting = this.#all().filter((lane) => lane.queued > 0 && !lane.isPaused)
      if (waiting.length > 0) this.#schedule(waiting.some((lane) => lane.options.isDurable))
    })
    return this.#running
  }

  async #pass(): Promise<void> {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
    this.#timer = undefined
    this.#immediate = undefined
    for (const lane of this.#all()) {
      if (!lane.hasWork || (lane.isPaused && !this.#isClosed)) continue
      const startedMs = performance.now()
      const { records, bytes, bytesReleased } = await lane.commit()
      this.#bufferedBytes -= bytesReleased
      if (lane.failure !== undefined) this.#pause(lane)
      const { deployment } = lane.options
      if (records > 0) this.#options.metrics?.committed({ deployment, records, bytes, ms: performance.now() - startedMs })
    }
    this.#options.metrics?.degraded(this.#all().some((lane) => lane.failure) ? 1 : 0)
  }

  #pause(lane: Lane): void {
    lane.isPaused = true
    const { retryMsMin = 100, retryMsMax = 5_000 } = this.#options
    const pauseMs = Math.min(retryMsMax, retryMsMin * 2 ** Math.min(20, (lane.failure?.attempts ?? 1) - 1))
    const retry = setTimeout(() => {
      this.#retries.delete(retry)
      lane.isPaused = false
      void this.#commitAll()
    }, pauseMs)
    this.#retries.add(retry)
  }

  #laneOf(kind: SegmentKind, deployment: string): Lane | undefined {
    const lanes = this.#lanes[kind]
    const found = lanes.get(deployment)
    if (found !== undefined) return found
    if (lanes.size >= (this.#options.deploymentsMax ?? 128) && !this.#giveWay(lanes)) return undefined
    const { segmentBytesMax, segmentMsMax, folder, sync, files = diskFiles } = this.#options
    const lane = new Lane({
      kind,
      deployment,
      folder: journalFolderOf(folder, deployment),
      isDurable: sync === 'always' || kind === 'outcomes',
      segmentBytesMax,
      segmentMsMax,
      frames: this.#frames,
      files,
      clock: this.#clock,
      log: this.#log,
      nextId: this.#nextId,
    })
    lanes.set(deployment, lane)
    return lane
  }

  #all(): Lane[] {
    return [...this.#lanes.predictions.values(), ...this.#lanes.outcomes.values()]
  }

  /** Closes a lane that has nothing to do, to make room. */
  #giveWay(lanes: Map<string, Lane>): boolean {
    for (const [deployment, lane] of lanes) {
      if (!lane.isIdle) continue
      lanes.delete(deployment)
      this.#gone.accepted += lane.accepted
      this.#gone.stored += lane.stored
      this.#gone.dropped += lane.dropped
      this.#gone.refused += lane.refused
      void lane.close()
      return true
    }
    return false
  }
}

function explain(lane: Lane, sync: 'interval' | 'always'): string {
  const { deployment } = lane.options
  const since = new Date(lane.failure!.sinceMs).toISOString()
  const then =
    sync === 'always' ? 'requests are refused with 507 until it writes again' : 'predictions go on and are buffered, then dropped'
  return `The journal of "${deployment}" has not been able to write since ${since}: ${lane.failure!.reason}; ${then}.`
}

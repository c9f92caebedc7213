/**
 * Micro-batching within one turn of the event loop. Requests that arrive in the same turn share one call of the model:
 * rows are collected until the turn ends or the best number of rows is reached, so nobody waits for a timer and a lone
 * request is not delayed.
 *
 *     turn n:    request a -> row 0      request b -> rows 1, 2     end of turn: run(3 rows)
 *     large:     10,000 rows -> chunks of the best size; one chunk runs, then the small requests, then the next chunk
 *
 * Two lanes make it fair: requests that fit into one call share calls, and those that do not are cut and take turns with
 * them, and with each other. Rows that wait are bounded; beyond that a request is refused at once, with the time after
 * which the measured rate would have made room.
 */
import type { BatchTensors, ModelSession, Tensor } from '../../model/data-plane.ts'
import { Overloaded } from './errors.ts'

/** Rows of one request inside one batch. */
export interface Segment<Outputs> {
  readonly batch: Batch<Outputs>
  /** First row in the batch. */
  readonly row: number
  readonly rows: number
  /** Index of the request's instance that is in that row. */
  readonly from: number
}

export interface Batch<Outputs> {
  readonly tensors: BatchTensors
  rows: number
  tickets: Ticket<Outputs>[]
  outputs: Outputs | undefined
}

/** One request in the queue. */
export interface Ticket<Outputs> {
  readonly rows: number
  readonly segments: readonly Segment<Outputs>[]
  readonly isBulk: boolean
  /** Asked before its batch runs: nobody reads the answer any more. */
  isGone: () => boolean
  done: (failure: unknown) => void
  segmentsLeft: number
  failure: unknown
}

export interface Batcher<Outputs> {
  /** Rows that are waiting or running. */
  readonly rowsWaiting: number
  /** Calls of the model so far, by their rows, on `BATCH_ROWS_BOUNDS`. */
  readonly batches: ArrayLike<number> & Iterable<number>
  /** Makes room for the rows of a request, to be filled at once, in this turn. Throws Overloaded. */
  place(rows: number): Ticket<Outputs>
  /** Puts a filled ticket into the queue. `done` is called once, with undefined or the failure. */
  submit(ticket: Ticket<Outputs>, isGone: () => boolean, done: (failure: unknown) => void): void
  /** Gives the room back, when the rows turned out to be invalid. */
  abandon(ticket: Ticket<Outputs>): void
  /** Resolves when nothing waits or runs. */
  drained(): Promise<void>
}

export interface BatcherOptions<Outputs> {
  readonly session: Pick<ModelSession, 'model' | 'batchRowsBest' | 'rowMs' | 'createTensors'>
  readonly rowsWaitingMax: number
  /** Called once per batch, before its requests are answered. */
  readonly bind: (outputs: ReadonlyMap<string, Tensor>, rows: number) => Outputs
}

/** Largest number of rows of each count; a batch is counted in the first that holds it. */
export const BATCH_ROWS_BOUNDS: readonly number[] = Array.from({ length: 17 }, (_, i) => 2 ** i)

/** Arrays kept for the next batch; beyond these they are left to the garbage collector. */
const SPARE_MAX = 8

export function createBatcher<Outputs>(options: BatcherOptions<Outputs>): Batcher<Outputs> {
  return new TurnBatcher(options)
}

class TurnBatcher<Outputs> implements Batcher<Outputs> {
  readonly #options: BatcherOptions<Outputs>
  readonly #rowsBest: number
  readonly #spare: BatchTensors[] = []
  readonly #full: Batch<Outputs>[] = []
  /** Bulk requests, each with its chunks that have not run; the next to run is the first, and then goes to the end. */
  readonly #bulk: Batch<Outputs>[][] = []
  readonly #onDrained: (() => void)[] = []
  #open: Batch<Outputs> | undefined
  #isScheduled = false
  #isRunning = false
  #isBulkTurn = false
  rowsWaiting = 0
  readonly batches = new Float64Array(BATCH_ROWS_BOUNDS.length)

  constructor(options: BatcherOptions<Outputs>) {
    this.#options = options
    this.#rowsBest = options.session.batchRowsBest
  }

  place(rows: number): Ticket<Outputs> {
    const { session, rowsWaitingMax: rowsMax } = this.#options
    const { rowsWaiting } = this
    if (rowsWaiting > 0 && rowsWaiting + rows > rowsMax) {
      const retryAfterS = Math.max(1, Math.ceil((rowsWaiting * session.rowMs) / 1_000))
      throw new Overloaded({ rowsWaiting, rowsMax, retryAfterS })
    }
    return rows > this.#rowsBest ? this.#placeBulk(rows) : createTicket(rows, [this.#placeInOpen(rows)], false)
  }

  submit(ticket: Ticket<Outputs>, isGone: () => boolean, done: (failure: unknown) => void): void {
    ticket.isGone = isGone
    ticket.done = done
    this.rowsWaiting += ticket.rows
    for (const { batch, rows } of ticket.segments) {
      batch.rows += rows
      batch.tickets.push(ticket)
    }
    if (ticket.isBulk) this.#bulk.push(ticket.segments.map(({ batch }) => batch))
    else if (this.#open !== undefined && this.#open.rows >= this.#rowsBest) this.#seal(this.#open)
    if (this.#isRunning) return
    if (this.#full.length > 0) void this.#run()
    else this.#schedule()
  }

  abandon(ticket: Ticket<Outputs>): void {
    if (ticket.isBulk) for (const { batch } of ticket.segments) this.#recycle(batch)
  }

  drained(): Promise<void> {
    return this.rowsWaiting === 0 ? Promise.resolve() : new Promise<void>((resolve) => this.#onDrained.push(resolve))
  }

  #placeInOpen(rows: number): Segment<Outputs> {
    if (this.#open !== undefined && this.#open.rows + rows > this.#rowsBest) this.#seal(this.#open)
    const batch = (this.#open ??= this.#createBatch())
    return { batch, row: batch.rows, rows, from: 0 }
  }

  #placeBulk(rows: number): Ticket<Outputs> {
    const segments: Segment<Outputs>[] = []
    for (let from = 0; from < rows; from += this.#rowsBest)
      segments.push({ batch: this.#createBatch(), row: 0, rows: Math.min(this.#rowsBest, rows - from), from })
    return createTicket(rows, segments, true)
  }

  #createBatch(): Batch<Outputs> {
    const tensors = this.#spare.pop() ?? this.#options.session.createTensors(this.#rowsBest)
    return { tensors, rows: 0, tickets: [], outputs: undefined }
  }

  #recycle({ tensors }: Batch<Outputs>): void {
    if (this.#spare.length < SPARE_MAX) this.#spare.push(tensors)
  }

  #seal(batch: Batch<Outputs>): void {
    this.#full.push(batch)
    this.#open = undefined
  }

  /** Runs at the end of this turn of the event loop. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      void this.#run()
    })
  }

  /** The next batch: the lanes take turns when both have work. */
  #next(): Batch<Outputs> | undefined {
    const hasSmall = this.#full.length > 0 || (this.#open !== undefined && this.#open.rows > 0)
    const takeBulk = this.#bulk.length > 0 && (this.#isBulkTurn || !hasSmall)
    this.#isBulkTurn = !takeBulk
    if (takeBulk) {
      const chunks = this.#bulk.shift()!
      const chunk = chunks.shift()!
      if (chunks.length > 0) this.#bulk.push(chunks)
      return chunk
    }
    if (this.#full.length > 0) return this.#full.shift()
    const batch = hasSmall ? this.#open : undefined
    if (batch !== undefined) this.#open = undefined
    return batch
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    for (let batch = this.#next(); batch !== undefined; batch = this.#next()) await this.#runBatch(batch)
    this.#isRunning = false
    if (this.rowsWaiting === 0) for (const resolve of this.#onDrained.splice(0)) resolve()
  }

  async #runBatch(batch: Batch<Outputs>): Promise<void> {
    const { session, bind } = this.#options
    let failure: unknown
    this.batches[Math.min(BATCH_ROWS_BOUNDS.length - 1, 32 - Math.clz32(batch.rows - 1))]! += 1
    if (batch.tickets.some((ticket) => !ticket.isGone())) {
      try {
        batch.outputs = bind(await session.model.run(batch.tensors.tensors(batch.rows)), batch.rows)
      } catch (cause) {
        failure = cause
      }
    }
    this.#recycle(batch)
    this.rowsWaiting -= batch.rows
    for (const ticket of batch.tickets) {
      ticket.failure ??= failure
      ticket.segmentsLeft -= 1
      if (ticket.segmentsLeft === 0) ticket.done(ticket.failure)
    }
  }
}

const never = () => false
const nothing = () => {}

function createTicket<Outputs>(rows: number, segments: readonly Segment<Outputs>[], isBulk: boolean): Ticket<Outputs> {
  return { rows, segments, isBulk, isGone: never, done: nothing, segmentsLeft: segments.length, failure: undefined }
}

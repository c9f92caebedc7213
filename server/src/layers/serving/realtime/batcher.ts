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

/** Arrays kept for the next batch; beyond these they are left to the garbage collector. */
const SPARE_MAX = 8

export function createBatcher<Outputs>({ session, rowsWaitingMax, bind }: BatcherOptions<Outputs>): Batcher<Outputs> {
  const rowsBest = session.batchRowsBest
  const spare: BatchTensors[] = []
  const full: Batch<Outputs>[] = []
  /** Bulk requests, each with its chunks that have not run; the next to run is the first, and then goes to the end. */
  const bulk: Batch<Outputs>[][] = []
  let open: Batch<Outputs> | undefined
  let rowsWaiting = 0
  let isScheduled = false
  let isRunning = false
  let isBulkTurn = false
  const onDrained: (() => void)[] = []

  const createBatch = (): Batch<Outputs> => ({
    tensors: spare.pop() ?? session.createTensors(rowsBest),
    rows: 0,
    tickets: [],
    outputs: undefined,
  })
  const recycle = (batch: Batch<Outputs>) => {
    if (spare.length < SPARE_MAX) spare.push(batch.tensors)
  }

  function place(rows: number): Ticket<Outputs> {
    if (rowsWaiting > 0 && rowsWaiting + rows > rowsWaitingMax) {
      const retryAfterS = Math.max(1, Math.ceil((rowsWaiting * session.rowMs) / 1_000))
      throw new Overloaded({ rowsWaiting, rowsMax: rowsWaitingMax, retryAfterS })
    }
    return rows > rowsBest ? placeBulk(rows) : createTicket(rows, [placeInOpen(rows)], false)
  }
  function placeInOpen(rows: number): Segment<Outputs> {
    if (open !== undefined && open.rows + rows > rowsBest) {
      full.push(open)
      open = undefined
    }
    open ??= createBatch()
    return { batch: open, row: open.rows, rows, from: 0 }
  }
  function placeBulk(rows: number): Ticket<Outputs> {
    const segments: Segment<Outputs>[] = []
    for (let from = 0; from < rows; from += rowsBest)
      segments.push({ batch: createBatch(), row: 0, rows: Math.min(rowsBest, rows - from), from })
    return createTicket(rows, segments, true)
  }

  function submit(ticket: Ticket<Outputs>, isGone: () => boolean, done: (failure: unknown) => void): void {
    ticket.isGone = isGone
    ticket.done = done
    rowsWaiting += ticket.rows
    for (const { batch, rows } of ticket.segments) {
      batch.rows += rows
      batch.tickets.push(ticket)
    }
    if (ticket.isBulk) bulk.push(ticket.segments.map(({ batch }) => batch))
    else if (open !== undefined && open.rows >= rowsBest) {
      full.push(open)
      open = undefined
    }
    if (isRunning) return
    if (full.length > 0) void run()
    else if (!isScheduled) {
      isScheduled = true
      setImmediate(() => {
        isScheduled = false
        void run()
      })
    }
  }

  /** The next batch: the lanes take turns when both have work. */
  function next(): Batch<Outputs> | undefined {
    const hasSmall = full.length > 0 || (open !== undefined && open.rows > 0)
    const takeBulk = bulk.length > 0 && (isBulkTurn || !hasSmall)
    isBulkTurn = !takeBulk
    if (takeBulk) {
      const chunks = bulk.shift()!
      const chunk = chunks.shift()!
      if (chunks.length > 0) bulk.push(chunks)
      return chunk
    }
    if (full.length > 0) return full.shift()
    const batch = hasSmall ? open : undefined
    if (batch !== undefined) open = undefined
    return batch
  }

  async function run(): Promise<void> {
    if (isRunning) return
    isRunning = true
    for (let batch = next(); batch !== undefined; batch = next()) await runBatch(batch)
    isRunning = false
    if (rowsWaiting === 0) for (const resolve of onDrained.splice(0)) resolve()
  }
  async function runBatch(batch: Batch<Outputs>): Promise<void> {
    let failure: unknown
    if (batch.tickets.some((ticket) => !ticket.isGone())) {
      try {
        batch.outputs = bind(await session.model.run(batch.tensors.tensors(batch.rows)), batch.rows)
      } catch (cause) {
        failure = cause
      }
    }
    recycle(batch)
    rowsWaiting -= batch.rows
    for (const ticket of batch.tickets) {
      ticket.failure ??= failure
      ticket.segmentsLeft -= 1
      if (ticket.segmentsLeft === 0) ticket.done(ticket.failure)
    }
  }

  return Object.freeze({
    get rowsWaiting() {
      return rowsWaiting
    },
    place,
    submit,
    abandon(ticket: Ticket<Outputs>) {
      if (ticket.isBulk) for (const { batch } of ticket.segments) recycle(batch)
    },
    drained: () => (rowsWaiting === 0 ? Promise.resolve() : new Promise<void>((resolve) => onDrained.push(resolve))),
  })
}

const never = () => false
const nothing = () => {}

function createTicket<Outputs>(rows: number, segments: readonly Segment<Outputs>[], isBulk: boolean): Ticket<Outputs> {
  return { rows, segments, isBulk, isGone: never, done: nothing, segmentsLeft: segments.length, failure: undefined }
}

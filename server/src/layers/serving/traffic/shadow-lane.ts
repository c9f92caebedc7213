/**
 * Copies of answered requests for a version that answers nobody. A copy is taken after the answer has left; it waits in a
 * bounded queue, is dropped when that is full, and is predicted in a thread of the shadow's own. Whatever goes wrong with it
 * is counted and ends here.
 *
 *     request -> champion -> answer -> (share of them) -> queue -> shadow -> journal, variant `shadow`
 *
 * A journaled shadow prediction has the request id of the original and its id with `.shadow` behind it, so that it is joined
 * to the original, and to the outcome of the original, by an id alone.
 */
import { AppError } from '../../../kernel/errors.ts'
import { placeOf } from './split.ts'
import type { VariantCounts } from './variant-counts.ts'

/** Name under which the journal keeps the predictions of a shadow. */
export const SHADOW = 'shadow'
const ID_ENDING = `.${SHADOW}`
/** Copies that wait, and bytes of them. What comes beyond is dropped: an old copy is no better evidence than a new one. */
const COPIES_MAX = 256
const BYTES_MAX = 16 * 1_024 * 1_024
/** Copies predicted together. */
const TOGETHER_MAX = 16

export interface ShadowCopy {
  readonly requestId: string
  readonly caller: string
  readonly body: Buffer
  /** The answer that was given: its ids are those of the originals. */
  readonly reply: string
}

/** As much of a predictor as a shadow asks. */
export interface ShadowPredictor {
  predict(request: {
    readonly requestId: string
    readonly caller: string
    body: Buffer
    readonly startMs: number
    idOf(row: number): string
    isGone(): boolean
    answer(failure: unknown, reply: string, rows: number, flagged: number): void
  }): void
}

export interface ShadowLane {
  /** Takes its share of what is offered, and copies nothing: the caller gives the body away. Never throws. */
  offer(copy: ShadowCopy): void
  /** Takes no more and forgets what waits. */
  close(): void
}

export interface ShadowLaneOptions {
  readonly predictor: ShadowPredictor
  /** Share of requests that are copied, 0 to 1. */
  readonly share: number
  readonly salt: string
  readonly counts: VariantCounts
  /** A copy that is not predicted after this time counts as failed, in milliseconds. */
  readonly timeoutMsMax: number
}

/** Id of the prediction that a shadow's was copied from; undefined when it is no shadow's. */
export const originalId = (id: string): string | undefined =>
  id.endsWith(ID_ENDING) ? id.slice(0, -ID_ENDING.length) : undefined

export function createShadowLane({ predictor, share, salt, counts, timeoutMsMax }: ShadowLaneOptions): ShadowLane {
  const waiting: ShadowCopy[] = []
  let bytes = 0
  let running = 0
  let isScheduled = false
  let isClosed = false

  const schedule = () => {
    if (isScheduled || running > 0 || waiting.length === 0) return
    isScheduled = true
    setImmediate(run)
  }
  function run(): void {
    isScheduled = false
    const batch = waiting.splice(0, TOGETHER_MAX)
    running += batch.length
    for (const copy of batch) {
      bytes -= copy.body.length
      predictCopy(predictor, copy, { isClosed: () => isClosed, timeoutMsMax, counts }, () => {
        running -= 1
        schedule()
      })
    }
  }
  return Object.freeze<ShadowLane>({
    offer(copy) {
      if (isClosed || placeOf(copy.requestId, `${salt}/${SHADOW}`) >= share) return
      if (waiting.length >= COPIES_MAX || bytes + copy.body.length > BYTES_MAX) return counts.drop()
      waiting.push(copy)
      bytes += copy.body.length
      schedule()
    },
    close() {
      isClosed = true
      waiting.length = 0
      bytes = 0
    },
  })
}

interface Limits extends Pick<ShadowLaneOptions, 'counts' | 'timeoutMsMax'> {
  isClosed(): boolean
}

/** Calls `done` once, when the copy is predicted, has failed, or has taken too long. */
function predictCopy(predictor: ShadowPredictor, copy: ShadowCopy, limits: Limits, done: () => void): void {
  const { counts, isClosed, timeoutMsMax } = limits
  const startMs = performance.now()
  let isDone = false
  const finish = (status: number, rows = 0, flagged = 0) => {
    if (isDone) return
    isDone = true
    clearTimeout(late)
    if (!isClosed()) counts.observe(status, performance.now() - startMs, rows, flagged)
    done()
  }
  const late = setTimeout(() => finish(504), timeoutMsMax).unref()
  const { requestId, caller, body } = copy
  try {
    const ids = idsIn(copy.reply)
    predictor.predict({
      ...{ requestId, caller, body, startMs },
      idOf: (row) => `${ids[row]}${ID_ENDING}`,
      isGone: () => isDone || isClosed(),
      answer: (failure, _, rows, flagged) => (failure === undefined ? finish(200, rows, flagged) : finish(statusOf(failure))),
    })
  } catch (failure) {
    finish(statusOf(failure))
  }
}

const statusOf = (failure: unknown): number => (failure instanceof AppError ? failure.status : 500)

const idsIn = (reply: string): readonly string[] =>
  (JSON.parse(reply) as { readonly predictions: readonly { readonly id: string }[] }).predictions.map(({ id }) => id)

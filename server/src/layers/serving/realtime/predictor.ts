/**
 * One version of one deployment, answering: body in, reply text out. Validates, queues for the batch of this turn, puts
 * the reply together and hands the pair of texts to the sink. Callbacks and not promises inside: at tens of thousands of
 * requests a second each promise of the path is seen in the total.
 */
import type { Clock } from '../../../kernel/clock.ts'
import type { Log } from '../../../kernel/log.ts'
import type { ModelSession, ServableVersion } from '../../model/data-plane.ts'
import { type Batcher, createBatcher, type Ticket } from './batcher.ts'
import { InstancesInvalid } from './errors.ts'
import { createInputPolicies, type InputRules } from './input-policy.ts'
import { type BoundOutputs, createReplyWriter, REPLY_TAIL, type ReplyWriter } from './reply-writer.ts'
import { type BodyLimits, parseRequestBody, refuseDuplicates, type RequestBody } from './request-body.ts'
import { createRequestValidator, type RequestValidator } from './request-validator.ts'
import type { PredictionSink, ServedRequest } from './served-request.ts'
import { createValidationReport, type ValidationReport } from './validation-report.ts'

export interface PredictionRequest {
  readonly requestId: string
  readonly caller: string
  /** Set when it has arrived. */
  body: Buffer
  /** `performance.now()` at arrival. */
  readonly startMs: number
  /** Asked by the program itself to see that it is answered: it is no prediction, and is not kept. */
  readonly isProbe?: boolean
  /** Id of the prediction for the instance in this place. Default: a new one. */
  idOf?(row: number): string
  /** Nobody waits for the answer any more. */
  isGone(): boolean
  /** Called once, with the failure or the reply; `flagged` of its `rows` brought a value that the contract has flagged. */
  answer(failure: unknown, reply: string, rows: number, flagged: number): void
}

export interface Predictor {
  readonly version: ServableVersion
  readonly variant: string
  readonly rules: InputRules
  readonly session: ModelSession
  readonly batcher: Batcher<BoundOutputs>
  predict(request: PredictionRequest): void
}

export interface PredictorOptions extends BodyLimits {
  readonly deployment: string
  readonly variant: string
  readonly version: ServableVersion
  readonly session: ModelSession
  readonly rules: InputRules
  readonly rowsWaitingMax: number
  readonly sink: PredictionSink | undefined
  readonly ids: () => string
  readonly clock: Clock
  readonly log: Log
}

export function createPredictor(options: PredictorOptions): Predictor {
  return new VersionPredictor(options)
}

class VersionPredictor implements Predictor {
  readonly version: ServableVersion
  readonly variant: string
  readonly rules: InputRules
  readonly session: ModelSession
  readonly batcher: Batcher<BoundOutputs>
  readonly #options: PredictorOptions
  readonly #writer: ReplyWriter
  readonly #validator: RequestValidator

  constructor(options: PredictorOptions) {
    const { deployment, variant, version, session, rules, rowsWaitingMax } = options
    const { signature, layout } = session
    this.version = version
    this.variant = variant
    this.rules = rules
    this.session = session
    this.#options = options
    this.#writer = createReplyWriter(signature, { deployment, model: version.model, version: version.version, variant })
    this.#validator = createRequestValidator(signature, layout, createInputPolicies(rules))
    this.batcher = createBatcher<BoundOutputs>({ session, rowsWaitingMax, bind: this.#writer.bind })
  }

  predict(request: PredictionRequest): void {
    try {
      const report = createValidationReport()
      const body = parseRequestBody(request.body, this.#options, report)
      this.#check(report)
      const ticket = this.batcher.place(body.instances.length)
      this.#validate(body, ticket, report)
      this.batcher.submit(ticket, request.isGone, (failure) => {
        if (request.isGone()) return request.answer(undefined, '', 0, 0)
        if (failure !== undefined) return request.answer(failure, '', 0, 0)
        try {
          const reply = this.#replyOf(request, ticket, report)
          this.#deliver(request, { text: body.text, rows: ticket.rows, flagged: report.flags?.size ?? 0 }, reply)
        } catch (cause) {
          request.answer(cause, '', 0, 0)
        }
      })
    } catch (failure) {
      request.answer(failure, '', 0, 0)
    }
  }

  #check({ problems, problemCount }: ValidationReport): void {
    if (problemCount > 0) throw new InstancesInvalid({ deployment: this.#options.deployment, problems, problemCount })
  }

  /** Writes all instances into their places; throws what is wrong with them, together. */
  #validate(body: RequestBody, ticket: Ticket<BoundOutputs>, report: ValidationReport): void {
    for (const { batch, row, rows, from } of ticket.segments)
      this.#validator.write(body.instances, from, rows, batch.tensors, row, report)
    if (report.problemCount === 0) refuseDuplicates(body, report)
    if (report.problemCount > 0) this.batcher.abandon(ticket)
    this.#check(report)
  }

  #replyOf(request: PredictionRequest, ticket: Ticket<BoundOutputs>, { flags }: ValidationReport): string {
    const { ids } = this.#options
    let text = this.#writer.head(request.requestId)
    for (const { batch, row, rows, from } of ticket.segments)
      for (let i = 0; i < rows; i++) {
        if (from + i > 0) text += ','
        const id = request.idOf === undefined ? ids() : request.idOf(from + i)
        text += this.#writer.prediction(id, batch.outputs!, row + i, flags?.get(from + i))
      }
    return text + REPLY_TAIL
  }

  #deliver(
    request: PredictionRequest,
    { text, rows, flagged }: { readonly text: string; readonly rows: number; readonly flagged: number },
    reply: string,
  ): void {
    if (request.isProbe === true) return request.answer(undefined, reply, rows, flagged)
    const { deployment, clock } = this.#options
    const { model, version } = this.version
    const latencyMs = performance.now() - request.startMs
    const kept = this.#accept({
      requestId: request.requestId,
      deployment,
      model,
      version,
      variant: this.variant,
      timeMs: Math.round(clock.now() - latencyMs),
      latencyMs,
      caller: request.caller,
      instances: text,
      reply,
    })
    if (kept === undefined) return request.answer(undefined, reply, rows, flagged)
    // Who waits for the disk was promised that an answer is a kept one: then a sink that cannot keep it is a failure.
    kept.then(
      () => request.answer(undefined, reply, rows, flagged),
      (failure: unknown) => request.answer(failure, '', 0, 0),
    )
  }

  /** A sink that throws must not take predictions down with it: what it loses, it tells in its own health. */
  #accept(served: ServedRequest): Promise<void> | undefined {
    const { sink, log, deployment } = this.#options
    try {
      return sink?.accept(served)
    } catch (failure) {
      const error = failure instanceof Error ? failure.message : String(failure)
      log.error('a served prediction was not kept', { deployment, error })
      return undefined
    }
  }
}

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
import { type BoundOutputs, createReplyWriter, REPLY_TAIL } from './reply-writer.ts'
import { type BodyLimits, parseRequestBody, refuseDuplicates, type RequestBody } from './request-body.ts'
import { createRequestValidator } from './request-validator.ts'
import type { PredictionSink } from './served-request.ts'
import { createValidationReport, type ValidationReport } from './validation-report.ts'

export interface PredictionRequest {
  readonly requestId: string
  readonly caller: string
  /** Set when it has arrived. */
  body: Buffer
  /** `performance.now()` at arrival. */
  readonly startMs: number
  /** Nobody waits for the answer any more. */
  isGone(): boolean
  /** Called once, with the failure or the reply. */
  answer(failure: unknown, reply: string, rows: number): void
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
  const { deployment, variant, version, session, sink, ids, clock, log } = options
  const { model, version: number } = version
  const writer = createReplyWriter(session.signature, { deployment, model, version: number, variant })
  const validator = createRequestValidator(session.signature, session.layout, createInputPolicies(options.rules))
  const batcher = createBatcher<BoundOutputs>({ session, rowsWaitingMax: options.rowsWaitingMax, bind: writer.bind })

  /** Writes all instances into their places; throws what is wrong with them, together. */
  function validate(body: RequestBody, ticket: Ticket<BoundOutputs>, report: ValidationReport): void {
    for (const { batch, row, rows, from } of ticket.segments)
      validator.write(body.instances, from, rows, batch.tensors, row, report)
    if (report.problemCount === 0) refuseDuplicates(body, report)
    if (report.problemCount === 0) return
    batcher.abandon(ticket)
    throw invalid(report)
  }
  const invalid = ({ problems, problemCount }: ValidationReport) => new InstancesInvalid({ deployment, problems, problemCount })

  function replyOf(request: PredictionRequest, ticket: Ticket<BoundOutputs>, report: ValidationReport): string {
    const { flags } = report
    let text = writer.head(request.requestId)
    for (const { batch, row, rows, from } of ticket.segments)
      for (let i = 0; i < rows; i++) {
        if (from + i > 0) text += ','
        text += writer.prediction(ids(), batch.outputs!, row + i, flags?.get(from + i))
      }
    return text + REPLY_TAIL
  }

  function deliver(request: PredictionRequest, body: RequestBody, rows: number, reply: string): void {
    const latencyMs = performance.now() - request.startMs
    const timeMs = Math.round(clock.now() - latencyMs)
    const { requestId, caller } = request
    const served = {
      requestId,
      deployment,
      model,
      version: number,
      variant,
      timeMs,
      latencyMs,
      caller,
      instances: body.text,
      reply,
    }
    const kept = accept(served)
    if (kept === undefined) return request.answer(undefined, reply, rows)
    // Who waits for the disk was promised that an answer is a kept one: then a sink that cannot keep it is a failure.
    kept.then(
      () => request.answer(undefined, reply, rows),
      (failure: unknown) => request.answer(failure, '', 0),
    )
  }
  /** A sink that throws must not take predictions down with it: what it loses, it tells in its own health. */
  function accept(served: Parameters<PredictionSink['accept']>[0]): Promise<void> | undefined {
    try {
      return sink?.accept(served)
    } catch (failure) {
      reportSink(failure)
      return undefined
    }
  }
  const reportSink = (failure: unknown) =>
    log.error('a served prediction was not kept', {
      deployment,
      error: failure instanceof Error ? failure.message : String(failure),
    })

  return Object.freeze({
    version,
    variant,
    rules: options.rules,
    session,
    batcher,
    predict(request: PredictionRequest) {
      try {
        const report = createValidationReport()
        const body = parseRequestBody(request.body, options, report)
        if (report.problemCount > 0) throw invalid(report)
        const ticket = batcher.place(body.instances.length)
        validate(body, ticket, report)
        batcher.submit(ticket, request.isGone, (failure) => {
          if (request.isGone()) return request.answer(undefined, '', 0)
          if (failure !== undefined) return request.answer(failure, '', 0)
          try {
            deliver(request, body, ticket.rows, replyOf(request, ticket, report))
          } catch (cause) {
            request.answer(cause, '', 0)
          }
        })
      } catch (failure) {
        request.answer(failure, '', 0)
      }
    },
  })
}

/**
 * What one answered request leaves behind. The texts are the ones that crossed the wire, so keeping them costs a copy
 * of bytes and no second serialisation, and a replay starts from exactly what was asked.
 */
export interface ServedRequest {
  readonly requestId: string
  readonly deployment: string
  readonly model: string
  readonly version: number
  readonly variant: string
  /** When the request arrived, milliseconds since 1970 in UTC. */
  readonly timeMs: number
  readonly latencyMs: number
  /** Who asked, as far as is known: the `x-caller` header, else empty. */
  readonly caller: string
  /** JSON text `{"instances":[...]}`. */
  readonly instances: string
  /** JSON text of the reply, with `predictions[i].id` and `predictions[i].output`. */
  readonly reply: string
}

/**
 * Where served requests go; the journal implements it. Returns a promise only when the answer has to wait for the disk
 * (`sync: always`), and undefined when it is only buffered, so that the usual request awaits nothing.
 */
export interface PredictionSink {
  accept(served: ServedRequest): Promise<void> | undefined
}

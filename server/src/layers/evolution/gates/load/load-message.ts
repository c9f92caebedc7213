/** What a load run and its two processes, the server and the one that asks it, say to each other. */
import type { ServableVersion } from '../../../model/index.ts'
import type { InputRules } from '../../../serving/data-plane.ts'
import type { ServingSettings } from '../contract.ts'

export interface ServeOrder {
  readonly version: ServableVersion
  readonly rules: InputRules
  readonly serving: ServingSettings
}
export type ServeReply =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly reason: string }

export interface LoadOrder {
  readonly port: number
  /** Path of the prediction address. */
  readonly path: string
  /** Bodies, sent in turn. */
  readonly bodies: readonly string[]
  readonly requestsPerSecond: number
  /** Requests that are measured. */
  readonly requests: number
  /** Requests before them, at the same rate, that are not. */
  readonly warmUpRequests: number
  readonly seed: number
}
export type LoadReply =
  | { readonly kind: 'progress'; readonly sent: number }
  | { readonly kind: 'refused'; readonly explanation: string }
  | ({ readonly kind: 'done' } & LoadMeasurement)

export interface LoadMeasurement {
  /** From the moment a request was due to the end of its answer, in milliseconds; Infinity: not answered with 200. Shape [n]. */
  readonly latenciesMs: Float64Array
  /** How long after it was due each request was really sent, in milliseconds. Shape [n]. */
  readonly delaysMs: Float64Array
  /** What was really sent of the stated rate, in requests per second. */
  readonly requestsPerSecond: number
  /** Bodies that the version takes; the others were left out. */
  readonly bodiesTaken: number
}

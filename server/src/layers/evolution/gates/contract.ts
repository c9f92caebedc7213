/**
 * One line of the contract that a version is held to before it goes out. A file beside this one that declares a gate makes it
 * part of every check: it says when it applies, measures here and now, and gives a verdict with the numbers behind it.
 */
import type { Contract } from '../../../contract/contract.ts'
import type { Table } from '../../../kernel/table.ts'
import type { ModelSession, OpenedPackage, Scorer } from '../../model/index.ts'
import type { OutcomePairing } from '../../operations/index.ts'
import type { DataPlaneOptions } from '../../serving/data-plane.ts'
import type { GateResult } from '../check/check.ts'

/** Confidence of every interval of a check. Shown with each result. */
export const CONFIDENCE = 0.95

/** How requests are served on this installation: what latency is measured with. */
export type ServingSettings = Omit<DataPlaneOptions, 'sink' | 'log' | 'clock' | 'moreMetrics'>

/** The evaluation snapshot and what the version says of it. */
export interface Evaluation {
  readonly table: Table
  readonly outputs: Table
  /** Absent when the contract names no outcome. */
  readonly pairing?: OutcomePairing | undefined
}

/** The version that serves now. */
export interface Champion {
  readonly version: number
  /** Throws what scoring throws. */
  score(table: Table): Promise<{ readonly outputs: Table; readonly signature: OpenedPackage['signature'] }>
}

export interface GateContext {
  readonly contract: Contract
  readonly contractText: string
  /** The version under check. */
  readonly opened: OpenedPackage
  /** Document `environment.json` of its package. */
  readonly environment: unknown
  readonly session: ModelSession
  readonly scorer: Scorer
  /** Present when a gate that applies needs outcomes or rows. */
  readonly evaluation?: Evaluation | undefined
  /** Rows as the model meets them: of the evaluation snapshot, or of the package's sample when there is none. */
  readonly realRows: { readonly table: Table; readonly origin: string }
  readonly champion?: Champion | undefined
  readonly serving: ServingSettings
  readonly signal: AbortSignal
  /** Tells the people who wait what is being done. */
  note(text: string): Promise<void>
}

export interface Gate {
  readonly id: string
  readonly title: string
  /** Rows of data: with outcomes, without, `real-rows` for which the package's sample will do, or none. */
  readonly needs: 'outcomes' | 'rows' | 'real-rows' | 'nothing'
  applies(contract: Contract): boolean
  /** At least one result. Throws only what makes the whole check meaningless, such as a metric that does not exist. */
  measure(context: GateContext): Promise<readonly GateResult[]>
}

export function defineGate(gate: Gate): Gate {
  return Object.freeze(gate)
}

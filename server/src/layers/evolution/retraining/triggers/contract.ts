/**
 * One reason to train a new version. A file beside this one that declares a trigger makes it a part of every answer to "why
 * is, or why is not, a retraining due?". A trigger looks, and changes nothing.
 */
import type { Contract } from '../../../../contract/contract.ts'
import type { OpenIncident } from '../../../operations/index.ts'

export interface TriggerContext {
  readonly contract: Contract
  readonly now: number
  /** When the version that serves went live. */
  readonly launchedAt: number
  /** The cut-off of the last retraining that came to a decision, else when the version went live: what is newer is news. */
  readonly since: number
  /** Incidents that the last retraining has answered, with whatever decision but not-enough-data, were opened before this. */
  readonly answeredUntil: number
  /** Somebody asks now. */
  readonly request?:
    | { readonly via: 'manual' | 'webhook'; readonly actor: string; readonly reason?: string | undefined }
    | undefined
  openIncidents(): Promise<readonly OpenIncident[]>
  /** Predictions whose outcome was told after this moment. */
  countOutcomes(since: number): Promise<number>
}

export interface TriggerAnswer {
  readonly due: boolean
  /** One sentence, with the numbers in it. */
  readonly reason: string
  readonly numbers: Readonly<Record<string, number | string>>
}

export interface Trigger {
  readonly id: string
  readonly title: string
  /** Does the contract name it? */
  applies(contract: Contract): boolean
  /** Asked only where it applies. */
  due(context: TriggerContext): TriggerAnswer | Promise<TriggerAnswer>
}

export const defineTrigger = (trigger: Trigger): Trigger => Object.freeze(trigger)

/** Does `maintenance.retrain.on` name it? */
export const isNamed = ({ maintenance }: Contract, trigger: string): boolean =>
  maintenance.retrain?.on.some((name) => name === trigger) ?? false

/** 2026-03-01 14:05 UTC */
export const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`

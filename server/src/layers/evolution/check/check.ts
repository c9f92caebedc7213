/** A check: every gate of a contract against one version, its verdict and the numbers behind it. */
import type { Page, PageRequest } from '../../../kernel/page.ts'

export type Verdict = 'pass' | 'fail' | 'not-enough-data'

/** What one gate found. */
export interface GateResult {
  /** Id of the gate: `quality`, `slices`, `latency` ... */
  readonly gate: string
  /** Path in the contract of the line that it enforces: `sufficient.quality.roc-auc`. */
  readonly path: string
  /** What was measured, in words: `roc-auc`, `roc-auc where origin = ATL`, `p99 at 200 requests/s`. */
  readonly measured: string
  readonly verdict: Verdict
  readonly value?: number
  /** Confidence interval of the value. */
  readonly interval?: readonly [number, number]
  readonly confidence?: number
  readonly bound?: { readonly min?: number; readonly max?: number }
  readonly unit?: string
  /** Rows, requests or repetitions behind the value. */
  readonly rows?: number
  /** One sentence: why this verdict. */
  readonly explanation: string
  /** How it was computed, with the constants that decided. */
  readonly method?: string
}

/** The document that is signed and stored. */
export interface CheckReport {
  readonly format: 'seaworthy-check/1'
  readonly id: string
  readonly model: string
  readonly version: number
  readonly versionDigest: string
  readonly contractDigest: string
  /** 64 zeros when the contract asks for nothing that needs data. */
  readonly snapshotDigest: string
  readonly snapshotRows: number
  readonly verdict: Verdict
  readonly gates: readonly GateResult[]
  /** Where it was measured: processor, cores, memory, Node, engine. */
  readonly machine: Readonly<Record<string, string | number>>
  readonly createdAt: number
  readonly createdBy: string
}

export interface CheckRecord {
  readonly id: string
  readonly model: string
  readonly version: number
  readonly contractDigest: string
  readonly snapshotDigest: string
  readonly verdict: Verdict
  readonly createdAt: number
  readonly createdBy: string
}
export interface CheckDetail extends CheckRecord {
  readonly report: CheckReport
  /** The report for a terminal, a line an entry. */
  readonly text: readonly string[]
  readonly signature: string
  readonly keyId: string
  /** The signature belongs to exactly this report and to the key of this installation. */
  readonly genuine: boolean
}

export interface CheckRepository {
  /** Newest first. */
  list(model: string, version: number, page: PageRequest): Promise<Page<CheckRecord>>
  /** Throws CheckNotFound. */
  get(id: string): Promise<CheckDetail>
  /** The newest passing, genuine check of this version under this contract. */
  findPassing(model: string, version: number, contractDigest: string): Promise<CheckRecord | undefined>
  /** The newest failed check of the same version and contract that came after this one. */
  findFailureAfter(check: CheckRecord): Promise<CheckRecord | undefined>
}

/** What a deployment's windows are held against: the baseline and signature of its champion, and its contract. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Contract } from '../../../contract/contract.ts'
import { durationMs } from '../../../contract/duration.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import { Baseline, type ModelRegistry, type Signature } from '../../model/index.ts'
import type { DeploymentRecord } from '../../serving/index.ts'
import { createOutlierScore, type OutlierScore } from '../anomaly/outlier-score.ts'
import type { ProfileColumn } from '../profile/profile-column.ts'
import { type ProfileReference, profileReferenceOf } from '../profile/profile-reference.ts'

export interface MonitorReference {
  readonly deployment: string
  readonly version: number
  readonly contract: Contract
  readonly signature: Signature
  /** Absent when the version was pushed without data: then nothing can drift, because nobody knows from what. */
  readonly baseline: Baseline | undefined
  readonly reference: ProfileReference | undefined
  /** Says how far out a row lies; absent without a baseline. */
  readonly outliers: OutlierScore | undefined
  /** Inputs whose values are watched apart. */
  readonly sliceInputs: readonly string[]
  /** Inputs that are profiled. */
  readonly columns: readonly ProfileColumn[]
  readonly windowMs: number
  /** How late outcomes usually are, in milliseconds. */
  readonly outcomesWithinMs: number
}

/** A day, for outcomes of which the contract does not say when they come. */
const OUTCOMES_WITHIN = '1d'

/** Verifies and opens the package of the champion; keep the result while deployment and revision are the same. */
export async function openReference(deployment: DeploymentRecord, registry: ModelRegistry): Promise<MonitorReference> {
  const { version } = deployment.variants[0]!
  const opened = await registry.openVersion(deployment.model, version)
  const contract = parseContract(deployment.contractText)
  const baseline = await readBaseline(opened.folder)
  const byName = new Map(baseline?.columns.map((column) => [column.name, column.type]))
  return Object.freeze<MonitorReference>({
    deployment: deployment.name,
    version,
    contract,
    signature: opened.signature,
    baseline,
    reference: baseline && profileReferenceOf(baseline),
    outliers: baseline && createOutlierScore(baseline, opened.signature),
    sliceInputs: [...new Set(contract.monitoring.slices ?? contract.sufficient.slices?.by ?? [])],
    columns: opened.signature.inputs.flatMap(({ name, type }): ProfileColumn[] =>
      type === 'tensor' ? [] : [{ name, type: byName.get(name) ?? type }],
    ),
    windowMs: durationMs(contract.monitoring.window),
    outcomesWithinMs: durationMs(contract.outcome?.['arrives-within'] ?? OUTCOMES_WITHIN),
  })
}

async function readBaseline(folder: string): Promise<Baseline | undefined> {
  try {
    return Baseline.parse(JSON.parse(await readFile(path.join(folder, 'baseline.json'), 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

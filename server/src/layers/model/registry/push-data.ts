/** What the data of a push tells: its profile, a sample, the signature that it gives the graph. */
import path from 'node:path'
import type { Contract } from '../../../contract/contract.ts'
import type { Instance } from '../../../kernel/table.ts'
import { type DataFile, openDataFile } from '../../../platform/tables/open-data-file.ts'
import type { Baseline } from '../baseline/baseline.ts'
import { profileData } from '../baseline/profile-data.ts'
import { sampleInstances } from '../baseline/sample-instances.ts'
import type { GraphDescription } from '../formats/contract.ts'
import { inferSignature } from '../signature/infer-signature.ts'
import type { Signature } from '../signature/signature.ts'
import type { PushRequest, PushServices, UploadedFile } from './push-request.ts'

/** Rows of the training data that warm a version up and show in its documentation. */
const SAMPLE_ROWS = 20

export interface DescribedData {
  readonly signature: Signature
  /** Column that holds the outcome, when one is known. */
  readonly outcome: string | undefined
  readonly warnings: readonly string[]
  readonly baseline?: Baseline | undefined
  readonly sample: readonly Instance[]
  readonly rows?: number | undefined
}

export async function describeTraining(
  request: PushRequest,
  services: PushServices,
  given: { readonly graph: GraphDescription; readonly contract: Contract | undefined; readonly work: string },
  signal: AbortSignal,
): Promise<DescribedData> {
  const { graph, contract, work } = given
  const infer = (baseline: Baseline | undefined) => inferSignature(graph, baseline, { outcome: request.outcome, contract })
  if (request.data === undefined) return { ...infer(undefined), sample: [] }
  return withData(request.data, services, path.join(work, 'training-data'), async (file) => {
    const baseline = await profileData(file, { signal })
    const inferred = infer(baseline)
    const columns = inferred.signature.inputs.map(({ name }) => name).filter((name) => hasColumn(file, name))
    return { ...inferred, baseline, sample: await sampleInstances(file, columns, SAMPLE_ROWS), rows: file.rowCount }
  })
}

export interface DescribedEvaluation {
  readonly rows: number
  readonly warnings: readonly string[]
}

/** Throws what opening the file throws; a column that is missing is a warning, because the checks that need it will say so. */
export async function describeEvaluation(
  evaluation: UploadedFile,
  services: PushServices,
  { signature, outcome }: Pick<DescribedData, 'signature' | 'outcome'>,
  work: string,
): Promise<DescribedEvaluation> {
  return withData(evaluation, services, path.join(work, 'evaluation-data'), async (file) => {
    const missing = signature.inputs.filter(({ name, nullable }) => !nullable && !hasColumn(file, name)).map(({ name }) => name)
    const warnings = []
    if (missing.length > 0)
      warnings.push(`The evaluation data lacks ${missing.slice(0, 10).join(', ')}, which the model needs; no check can score it.`)
    if (outcome !== undefined && !hasColumn(file, outcome))
      warnings.push(`The evaluation data has no column "${outcome}" with outcomes; no check can measure quality on it.`)
    return { rows: file.rowCount, warnings }
  })
}

const hasColumn = (file: DataFile, name: string) => file.columns.some((column) => column.name === name)

async function withData<T>(
  { digest, name }: UploadedFile,
  { blobs, sqlEngine }: PushServices,
  place: string,
  work: (file: DataFile) => Promise<T>,
): Promise<T> {
  await blobs.materialise(digest, place)
  const file = await openDataFile(sqlEngine, { path: place, name })
  try {
    return await work(file)
  } finally {
    file.close()
  }
}

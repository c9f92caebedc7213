/** One prediction asked again, while somebody waits: on the version that made it, to the bit, or on any other. */
import type { JournaledPrediction } from '../../operations/index.ts'
import type { DeploymentRecord } from '../../serving/index.ts'
import { createAnswerers } from './answerers.ts'
import { replayElsewhere } from './cross-replay.ts'
import { ReplayBusy } from './errors.ts'
import { replayExactly } from './exact-replay.ts'
import { emptyTally } from './exact-tally.ts'
import { createPastContracts } from './past-contracts.ts'
import type { ReplayServices } from './run-replay.ts'

/** A version is loaded for each, so few are done at once; the rest are told to come again. */
const AT_ONCE_MAX = 2

export interface ReplayedPrediction {
  readonly version: number
  /** Absent where it was refused. */
  readonly output?: unknown
  readonly refusal?: string
  /** The answer is the one that was journaled, to the last digit. */
  readonly identical: boolean
  /** Nothing is known of the contract of that time: that of today was used. */
  readonly contractAssumed: boolean
  readonly tookMs: number
}
export type ReplayOne = (
  deployment: DeploymentRecord,
  prediction: JournaledPrediction,
  on: number | undefined,
) => Promise<ReplayedPrediction>

type Services = Pick<ReplayServices, 'registry' | 'deployments' | 'contractHistory' | 'blobs' | 'serving'>

/** Throws ReplayBusy, VersionNotFound, and what opening and loading a version throw. */
export function createReplayOne(services: Services): ReplayOne {
  let running = 0
  return async (deployment, prediction, on) => {
    if (running >= AT_ONCE_MAX) throw new ReplayBusy({ running })
    running += 1
    try {
      return await replay(deployment, prediction, on, services)
    } finally {
      running -= 1
    }
  }
}

async function replay(
  deployment: DeploymentRecord,
  prediction: JournaledPrediction,
  on: number | undefined,
  services: Services,
): Promise<ReplayedPrediction> {
  const startMs = performance.now()
  const { registry, serving } = services
  const { session, nestingMax } = serving
  const answerers = createAnswerers({ deployment: deployment.name, registry, session, nestingMax })
  try {
    const contracts = await createPastContracts(deployment, services)
    const isSame = on === undefined || on === prediction.version
    const { answers, contractsAssumed } = isSame
      ? await replayExactly([prediction], { answerers, contracts, tally: emptyTally() })
      : await replayElsewhere([prediction], { model: deployment.model, version: on }, { answerers, contracts })
    const { output, refusal } = answers[0]!
    return {
      version: on ?? prediction.version,
      ...(output === undefined ? { refusal: refusal! } : { output: JSON.parse(output) as unknown }),
      identical: output === JSON.stringify(prediction.output),
      contractAssumed: contractsAssumed > 0,
      tookMs: performance.now() - startMs,
    }
  } finally {
    await answerers.close()
  }
}

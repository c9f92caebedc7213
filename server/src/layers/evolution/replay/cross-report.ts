/** The report of a replay on another version, from its file of differences. */
import { parseContract } from '../../../contract/parse-contract.ts'
import type { DeploymentRecord } from '../../serving/index.ts'
import { judgedOutput } from '../check/judged-output.ts'
import type { Answerers } from './answerers.ts'
import type { DifferenceSpool } from './difference-spool.ts'
import { EXAMPLES_MAX } from './replay-example.ts'
import type { ReplayState } from './replay-state.ts'
import type { CrossReport, ReplayHead } from './replay.ts'
import { summariseDifferences } from './summarise-differences.ts'

interface Given {
  readonly on: number
  readonly head: ReplayHead
  readonly deployment: DeploymentRecord
  readonly answerers: Answerers
  readonly spool: DifferenceSpool | undefined
  readonly state: ReplayState
  readonly watch: { readonly signal: AbortSignal }
}

/** Compares the output that the contract names, else the first. */
export async function crossReport({ on, head, deployment, answerers, spool, state, watch }: Given): Promise<CrossReport> {
  const { model } = deployment
  const contract = parseContract(deployment.contractText)
  const after = judgedOutput(await answerers.signatureOf({ model, version: on }), contract)
  const before = judgedOutput(await answerers.signatureOf({ model, version: state.newestVersion ?? on }), contract)
  const metrics = Object.keys(contract.sufficient.quality)
  const summary = await summariseDifferences({ spool: spool!, rows: state.spooled, before, after, metrics, signal: watch.signal })
  return { ...head, kind: 'cross', on, ...summary, examples: [...summary.examples, ...state.refusals].slice(0, EXAMPLES_MAX) }
}

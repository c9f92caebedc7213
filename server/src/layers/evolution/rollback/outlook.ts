/** What a change of traffic will do, told before it is done, by the same rules that do it. Nothing is changed. */
import { contractDifferences, type ContractDifference } from '../../../contract/contract-diff.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import { AppError } from '../../../kernel/errors.ts'
import type { DeploymentRecord } from '../../serving/index.ts'
import type { ReleaseRecord } from '../release/release.ts'
import { createReleaseRepository } from '../release/release-repository.ts'
import { findRollbackTarget, type RollbackServices } from './roll-back.ts'

export interface OutlookRequest {
  readonly deployment: string
  readonly action: 'rollback' | 'promote' | 'abort' | 'hold'
  readonly to?: number | undefined
}
export interface Outlook {
  readonly possible: boolean
  readonly explanation?: string
  readonly from?: number
  readonly to?: number
  readonly former?: readonly number[]
  readonly atOnce: boolean
  readonly endsRelease?: string
  readonly skips?: readonly string[]
  readonly differences: readonly ContractDifference[]
  readonly sentences: readonly string[]
}

/** Throws DeploymentNotFound. */
export async function outlookOf(request: OutlookRequest, services: RollbackServices): Promise<Outlook> {
  const deployment = await services.deployments.get(request.deployment)
  const open = await createReleaseRepository(services.db).findOpen(deployment.name)
  return request.action === 'rollback' ? ofRollback(request, deployment, open, services) : ofRelease(request, deployment, open)
}

const impossible = (explanation: string): Outlook => ({
  possible: false,
  explanation,
  atOnce: false,
  differences: [],
  sentences: [],
})

async function ofRollback(
  { to }: OutlookRequest,
  deployment: DeploymentRecord,
  open: ReleaseRecord | undefined,
  services: RollbackServices,
): Promise<Outlook> {
  const { name } = deployment
  const former = (await services.deployments.listFormer(name)).map(({ version }) => version)
  try {
    const target = await findRollbackTarget({ deployment: name, to, actor: '' }, services)
    const loaded = services.traffic.find(name)?.variants ?? []
    const atOnce = loaded.some(({ role, predictor }) => role === 'answer' && predictor.version.version === target.version)
    const text = target.contractText ?? (await contractOf(name, target.version, services)) ?? deployment.contractText
    return {
      ...{ possible: true, from: target.from, to: target.version, former, atOnce },
      ...(open === undefined ? {} : { endsRelease: open.id }),
      differences: contractDifferences(parseContract(deployment.contractText), parseContract(text)),
      sentences: [
        `Version ${target.version} answers every request, instead of version ${target.from}.`,
        atOnce
          ? 'It is loaded and warm: it takes effect between two requests, and none fails.'
          : `Version ${target.version} is not loaded here. It is loaded first, and until then version ${target.from} goes on answering.`,
        'No gate and no approval stand before it; it is recorded in the audit log with the reason that is given.',
        ...(open === undefined ? [] : [`The release of version ${open.version} ends as rolled back.`]),
        `Version ${target.from} stays, and can be launched again.`,
      ],
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { ...impossible(error.message), former }
  }
}

async function contractOf(name: string, version: number, { deployments }: RollbackServices): Promise<string | undefined> {
  const found = (await deployments.listFormer(name)).find((one) => one.version === version)
  return found?.contractText
}

function ofRelease({ action }: OutlookRequest, deployment: DeploymentRecord, open: ReleaseRecord | undefined): Outlook {
  if (open === undefined) return impossible(`No release of "${deployment.name}" is open.`)
  const { id, version, champion, state, steps, contractText } = open
  const step = 'step' in state ? state.step : -1
  if (action === 'hold') {
    if (state.kind !== 'running') return impossible('Only a step that runs can be held.')
    const share = `${100 * steps[step]!.share} %`
    const sentence = `The step ${steps[step]!.text} stays as it is, with ${share} of the requests, and is watched all the same; nothing moves on until it is resumed.`
    return { possible: true, from: champion, to: champion, atOnce: true, differences: [], sentences: [sentence] }
  }
  if (action === 'abort')
    return {
      ...{ possible: true, from: version, to: champion, atOnce: true, endsRelease: id, differences: [] },
      sentences: [
        `Version ${champion} answers every request again; version ${version} gets none.`,
        'The release ends as aborted. Another launch begins a new one from its first step.',
      ],
    }
  if (state.kind === 'waiting-for-approval')
    return impossible('The release waits for approval; what waits is approved or aborted.')
  const skips = steps.slice(step + 1).map(({ text }) => text)
  return {
    ...{ possible: true, from: champion, to: version, atOnce: true, endsRelease: id, skips },
    differences: contractDifferences(parseContract(deployment.contractText), parseContract(contractText)),
    sentences: [
      `Version ${version} answers every request, instead of version ${champion}.`,
      ...(skips.length === 0 ? [] : [`Steps that are not run: ${skips.join(', ')}. That is an override, and recorded as one.`]),
      `Version ${champion} stays loaded, so that a rollback to it takes effect at once.`,
    ],
  }
}

/**
 * The rule of launch: a version goes live only on the evidence of a passing, genuine check of exactly this version under exactly
 * this contract that no later one contradicts, or on the responsibility of somebody who says why; the reason is recorded.
 *
 * The version is loaded and warmed before anything is written, so that one which cannot serve never becomes live, and the
 * record is written before traffic moves, so that no prediction is made by a version that nobody finds in the record. If
 * loading fails after all (memory that was there a moment ago), the version before goes on answering, the caller is told,
 * and the loader tries again until the data plane is what the record says.
 *
 * Where another version answers already and the contract has steps, a launch begins a release and moves nothing yet.
 */
import { type Contract, contractDigest } from '../../../contract/contract.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import type { Authorship } from '../../../kernel/page.ts'
import type { BlobStore } from '../../../platform/blobs/blob-store.ts'
import type { Tx } from '../../../platform/db/database.ts'
import type { ModelRegistry, SessionOptions } from '../../model/index.ts'
import type { DeploymentLoader, DeploymentRecord } from '../../serving/index.ts'
import type { CheckRecord, CheckRepository } from '../check/check.ts'
import { shortcomingsOf } from '../check/check-text.ts'
import { withVersion } from '../check/opened-version.ts'
import { keepContract } from '../replay/past-contracts.ts'
import { LaunchContractMissing, LaunchRefused, LaunchTargetElsewhere, ReleaseRunning } from './errors.ts'
import type { ReleaseRecord } from './release.ts'
import { createRelease, endOpenRelease, type ReleaseStore } from './release-changes.ts'
import { readOpen } from './release-records.ts'

const CHAMPION = 'champion'
/** Checks that are looked at to say what is missing. */
const CHECKS_SEEN_MAX = 100

export interface LaunchRequest extends Authorship {
  /** Name of the deployment. */
  readonly name: string
  readonly model: string
  readonly version: number
  /** Default: the contract in the package. */
  readonly contractText?: string | undefined
  /** Launch without a passing check, and why. Has no effect where there is one. */
  readonly overrideReason?: string | undefined
  /** Skip the contract's steps and approvals, and why; ends a release that is under way. */
  readonly nowReason?: string | undefined
}

/** What is live now, and the release that the launch began instead of moving traffic. */
export interface LaunchedDeployment extends DeploymentRecord {
  readonly release?: ReleaseRecord
  /** What the contract asks for and does not get. */
  readonly warnings: readonly string[]
}

export interface LaunchServices extends ReleaseStore {
  readonly registry: ModelRegistry
  readonly checks: CheckRepository
  readonly blobs: Pick<BlobStore, 'put'>
  readonly loader: Pick<DeploymentLoader, 'reload'>
  readonly session: SessionOptions
  /** What the contract may name under monitoring.alert: a channel that leads nowhere is found now, and not by the first incident. */
  readonly channels: { verify(names: readonly string[]): void }
}

/**
 * Resolves when the version answers, or its release has begun. Throws the errors beside this file, DeploymentOfOtherModel,
 * and what loading throws.
 */
export async function launchVersion(request: LaunchRequest, services: LaunchServices): Promise<LaunchedDeployment> {
  const { name, model, version, actor, reason, nowReason } = request
  const { registry, deployments, blobs, loader, session } = services
  const contractText = request.contractText ?? (await registry.getVersionDetail(model, version)).contractText
  if (contractText === undefined) throw new LaunchContractMissing({ model, version })
  const contract = parseContract(contractText)
  const { target } = contract.serving
  if (target !== 'local') throw new LaunchTargetElsewhere({ target })
  services.channels.verify(contract.monitoring.alert)
  await registry.getVersion(model, version)
  const evidence = await evidenceFor(request, contract, services.checks)
  await withVersion(registry, { model, version }, session, async () => undefined)
  const digest = contractDigest(contract)
  await keepContract(contract, blobs)
  const served = { version, contractText, contractDigest: digest, ...evidence }
  const live = await deployments.find(name)
  const steps = stepsOf(contract, live, request)
  const warnings = warningsOf(contract)
  if (steps !== undefined && nowReason === undefined) {
    const release = await createRelease({ ...served, ...steps, deployment: name, model, actor, reason }, services)
    await loader.reload(name)
    return { ...(await deployments.get(name)), release, warnings }
  }
  const [open] = await readOpen(services.db.kysely, name)
  if (open !== undefined && nowReason === undefined)
    throw new ReleaseRunning({ deployment: name, release: open.id, version: open.version })
  const launch = { ...{ name, model, target, actor, reason }, ...served }
  const record = await deployments.launch(launch, async (tx) => {
    await skipSteps(tx, request, steps?.steps ?? [], services)
    await registry.setAlias({ model, alias: CHAMPION, version, actor, reason }, tx)
  })
  await loader.reload(name)
  return { ...record, warnings }
}

/** The mode is decided first, so whoever decided otherwise than what is done has to hear of it. */
const warningsOf = ({ serving: { mode } }: Contract): readonly string[] =>
  mode === 'realtime'
    ? []
    : [`The contract says serving.mode: ${mode}, which this version does not serve yet: it answers request by request.`]

/**
 * The release that the contract wants; undefined where there is nobody to take over from, or nothing on the way. Approvals that
 * the live contract asks for are asked for once more: otherwise whoever launches could write himself free of them.
 */
function stepsOf({ maintenance }: Contract, live: DeploymentRecord | undefined, { model, version }: LaunchRequest) {
  const champion = live?.variants.find(({ name }) => name === CHAMPION)?.version
  if (live?.state !== 'live' || live.model !== model || champion === undefined || champion === version) return undefined
  const { steps = ['full'], approvals = 0 } = maintenance.release ?? {}
  const approvalsNeeded = Math.max(approvals, parseContract(live.contractText).maintenance.release?.approvals ?? 0)
  return steps.length > 1 || approvalsNeeded > 0 ? { steps, champion, approvalsNeeded } : undefined
}

/** Ends the release that a launch overtakes, and records what was skipped under the name of who gave the reason. */
async function skipSteps(
  tx: Tx,
  { name, version, actor, nowReason }: LaunchRequest,
  skipped: readonly string[],
  services: LaunchServices,
): Promise<void> {
  if (nowReason === undefined) return
  const by = { actor, reason: nowReason }
  await endOpenRelease(tx, name, { state: 'aborted', outcome: 'aborted', by }, services)
  if (skipped.length === 0) return
  const event = { action: 'deployment.override', subject: `deployment/${name}`, after: { version, skipped } }
  await services.audit.append(tx, { ...event, ...by })
}

type Evidence = { readonly checkId: string } | { readonly overrideReason: string }

async function evidenceFor(
  { model, version, overrideReason }: LaunchRequest,
  contract: Contract,
  checks: CheckRepository,
): Promise<Evidence> {
  const digest = contractDigest(contract)
  const passing = await checks.findPassing(model, version, digest)
  // What is known now counts, and not what was known once.
  const failed = passing && (await checks.findFailureAfter(passing))
  if (passing !== undefined && failed === undefined) return { checkId: passing.id }
  if (overrideReason !== undefined && overrideReason.trim() !== '') return { overrideReason }
  throw new LaunchRefused({ model, version, explanation: await missingEvidence({ model, version, digest, failed }, checks) })
}

interface Wanted extends Pick<LaunchRequest, 'model' | 'version'> {
  /** Of the contract. */
  readonly digest: string
  /** What contradicts the passing check, if there is one. */
  readonly failed: CheckRecord | undefined
}

/** What there is instead of a passing check, as a clause. */
async function missingEvidence({ model, version, digest, failed }: Wanted, checks: CheckRepository): Promise<string> {
  const { items } = await checks.list(model, version, { limit: CHECKS_SEEN_MAX })
  const under = items.filter(({ contractDigest }) => contractDigest === digest)
  const newest = failed ?? under.find(({ verdict }) => verdict === 'fail') ?? under[0]
  if (newest !== undefined) {
    const { report, genuine, verdict } = await checks.get(newest.id)
    if (!genuine) return `its check ${newest.id} was not signed by this installation, or was changed afterwards`
    if (verdict === 'pass') return `its check ${newest.id} is no evidence`
    return `its check under this contract did not pass (${shortcomingsOf(report)})`
  }
  if (items.length === 0) return 'it was never checked'
  const passed = items.filter(({ verdict }) => verdict === 'pass').length
  return `its ${items.length === 1 ? 'check was' : `${items.length} checks were`} under another contract${passed > 0 ? '; a check counts only for the contract it was made under' : ''}`
}

/** Takes a deployment down, here at once and elsewhere when they look. Its journal stays. Throws DeploymentNotFound. */
export async function stopDeployment(
  name: string,
  by: Authorship,
  { deployments, loader }: Pick<LaunchServices, 'deployments' | 'loader'>,
): Promise<DeploymentRecord> {
  const record = await deployments.stop(name, by)
  await loader.reload(name)
  return record
}

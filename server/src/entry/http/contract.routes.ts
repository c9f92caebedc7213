import {
  changeContract,
  getContract,
  getContractSchema,
  getOutlook,
  listApprovals,
  validateContract,
} from '@seaworthy/api/contract'
import { contractDigest } from '../../contract/contract.ts'
import { contractDifferences } from '../../contract/contract-diff.ts'
import { ContractInvalid, type ContractProblem } from '../../contract/errors.ts'
import { contractJsonSchema } from '../../contract/json-schema.ts'
import { parseContract } from '../../contract/parse-contract.ts'
import type { DeploymentRecord } from '../../layers/serving/index.ts'
import { wireRelease } from './release.routes.ts'
import { type ControlServices, route } from './services.ts'
import { wireDeployment } from './serving.routes.ts'

const NOW_MS = 10_000
const CHECKS_MAX = 100

export const contractRoutes = [
  route(validateContract, async ({ body }, services) => {
    const deployment = body.deployment === undefined ? undefined : await services.deployments.get(body.deployment)
    try {
      const contract = parseContract(body.contract)
      const digest = contractDigest(contract)
      const known = { valid: true, problems: [], contract, digest }
      if (deployment === undefined) return known
      const differences = [...contractDifferences(parseContract(deployment.contractText), contract)]
      const check = await lastCheck(deployment, digest, services)
      return { ...known, differences, ...(check === undefined ? {} : { check }) }
    } catch (error) {
      if (!(error instanceof ContractInvalid)) throw error
      const { problems } = error.details as { readonly problems: readonly ContractProblem[] }
      return { valid: false, problems: problems.map((problem) => ({ ...problem })) }
    }
  }),
  route(getContractSchema, async () => ({ ...contractJsonSchema() })),
  route(getContract, async ({ params }, { deployments, agreements }) => {
    const { name, contractText: text, contractDigest: digest } = await deployments.get(params.deployment)
    const found = await agreements(name)
    return {
      ...{ deployment: name, text, contract: parseContract(text), digest },
      agreements: found.map(({ contractDigest: own, contractText, checkId, overrideReason, approvals, ...rest }, i) => {
        const before = found[i + 1]
        const changed = before && contractDifferences(parseContract(before.contractText), parseContract(contractText))
        return {
          ...{ ...rest, digest: own, text: contractText, differences: [...(changed ?? [])] },
          ...(checkId === undefined ? {} : { check: checkId }),
          ...(overrideReason === undefined ? {} : { override: overrideReason }),
          approvals: approvals.map((approval) => ({ ...approval })),
        }
      }),
    }
  }),
  route(changeContract, async ({ params, body, actor }, { deployments, launch }) => {
    parseContract(body.contract)
    const { name, model, variants } = await deployments.get(params.deployment)
    const version = championOf(variants)
    const { contract: contractText, override: overrideReason, reason } = body
    const { release: _, ...deployment } = await launch({ name, model, version, contractText, overrideReason, actor, reason })
    return wireDeployment(deployment)
  }),
  route(listApprovals, async ({ query: { limit, cursor }, actor }, { releases, deployments }) => {
    const open = (await releases.listOpen()).filter(({ state }) => state.kind === 'waiting-for-approval')
    const after = open.toSorted((a, b) => (a.id < b.id ? -1 : 1)).filter(({ id }) => cursor === undefined || id > cursor)
    const items = []
    for (const { id } of after.slice(0, limit)) {
      const { approvals, stepRecords: _, ...release } = await releases.get(id)
      const { contractText } = await deployments.get(release.deployment)
      items.push({
        release: wireRelease(release),
        approvals: approvals.map((approval) => ({ ...approval })),
        left: Math.max(0, release.approvalsNeeded - approvals.length),
        mayApprove: actor !== release.createdBy && !approvals.some((one) => one.actor === actor),
        differences: [...contractDifferences(parseContract(contractText), parseContract(release.contractText))],
      })
    }
    return after.length > limit ? { items, next: items.at(-1)!.release.id } : { items }
  }),
  route(getOutlook, async ({ params: { deployment }, query }, { outlook, recorder, clock }) => {
    const { former, skips, differences, sentences, ...found } = await outlook({ deployment, ...query })
    const spans = recorder.spans(deployment, 'second', { from: clock.now() - NOW_MS, to: Number.POSITIVE_INFINITY })
    const answering = spans.flatMap(({ versions }) => versions.filter(({ role }) => role === 'answer'))
    const concerned = answering.filter(({ version }) => version === found.from)
    return {
      ...{ deployment, action: query.action, ...found },
      ...(former === undefined ? {} : { former: [...former] }),
      ...(skips === undefined ? {} : { skips: [...skips] }),
      requestsPerSecond: concerned.reduce((sum, { cell }) => sum + cell.requests, 0) / (NOW_MS / 1_000),
      differences: [...differences],
      sentences: [...sentences],
    }
  }),
]

const championOf = (variants: DeploymentRecord['variants']): number =>
  (variants.find(({ name }) => name === 'champion') ?? variants[0])?.version ?? 1

async function lastCheck({ model, variants }: DeploymentRecord, digest: string, { checks }: ControlServices) {
  const { items } = await checks.list(model, championOf(variants), { limit: CHECKS_MAX })
  const found = items.find((check) => check.contractDigest === digest)
  return found && { id: found.id, verdict: found.verdict }
}

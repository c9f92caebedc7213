import { type Check, getCheck, listChecks, runCheck } from '@seaworthy/api/evolution'
import { parseContract } from '../../contract/parse-contract.ts'
import type { CheckRecord } from '../../layers/evolution/index.ts'
import { route } from './services.ts'
import { wirePage } from './wire-page.ts'

export const evolutionRoutes = [
  route(runCheck, async ({ params, body, actor }, { registry, enqueue, alerts }) => {
    await registry.getVersion(params.model, params.version)
    const contractText = body.contract ?? (await registry.getVersionDetail(params.model, params.version)).contractText
    if (contractText !== undefined) alerts.channels.verify(parseContract(contractText).monitoring.alert)
    const input = { ...params, contractText: body.contract, evaluation: body.evaluation, actor }
    return { job: (await enqueue('version.check', input)).id }
  }),
  route(listChecks, async ({ params, query }, { registry, checks }) => {
    await registry.getVersion(params.model, params.version)
    return wirePage(await checks.list(params.model, params.version, query), wireCheck)
  }),
  route(getCheck, async ({ params }, { checks }) => {
    const { report, text, signature, keyId, genuine, ...check } = await checks.get(params.check)
    const gates = report.gates.map((gate) => ({ ...gate }))
    const document = { ...report, gates, machine: { ...report.machine } }
    return { ...wireCheck(check), report: document, text: [...text], signature, keyId, genuine }
  }),
]

const wireCheck = (check: CheckRecord): Check => ({
  id: check.id,
  model: check.model,
  version: check.version,
  contractDigest: check.contractDigest,
  snapshotDigest: check.snapshotDigest,
  verdict: check.verdict,
  createdAt: check.createdAt,
  createdBy: check.createdBy,
})

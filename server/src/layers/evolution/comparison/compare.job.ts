import { z } from 'zod'
import { parseContract } from '../../../contract/parse-contract.ts'
import { defineJob } from '../../../kernel/job.ts'
import { compareVersions, type ComparisonServices } from './compare-versions.ts'
import type { ComparisonReport } from './comparison-report.ts'
import { EVALUATION, evaluationRows, journalRows, type ComparisonRowsServices } from './comparison-rows.ts'
import { comparisonText } from './comparison-text.ts'
import { ComparisonImpossible } from './errors.ts'

export type CompareServices = ComparisonServices & ComparisonRowsServices
/** Two are a champion and a challenger; with more, chance has more to choose from, and the intervals grow. */
const CHALLENGERS_MAX = 4

/** Holds versions against each other on the same rows. Changes nothing, so it needs no checkpoint. */
export const compareJob = defineJob<CompareServices>()({
  kind: 'version.compare',
  input: z.strictObject({
    model: z.string().min(1).max(63),
    champion: z.int().min(1),
    challengers: z.array(z.int().min(1)).min(1).max(CHALLENGERS_MAX),
    on: z.string().max(20),
    /** Whose journal, when the rows are of one. Default: the name in the contract. */
    deployment: z.string().max(63).optional(),
    contractText: z.string().max(262_144).optional(),
  }),
  checkpoint: z.null(),
  attemptsMax: 2,
  async run({ input, signal, progress }, services): Promise<{ report: ComparisonReport; text: string[] }> {
    const { model, champion, challengers, on } = input
    const { registry } = services
    const versions = await Promise.all([champion, ...challengers].map((version) => registry.getVersionDetail(model, version)))
    const contractText = input.contractText ?? versions[0]!.contractText
    if (contractText === undefined)
      throw new ComparisonImpossible({ model, reason: `${model}@${champion} came without a contract` })
    const contract = parseContract(contractText)
    const note = (text: string) => progress({ done: 0, total: 0, note: text })
    await note('reading the rows')
    const deployment = input.deployment ?? contract.name
    const rows =
      on === EVALUATION
        ? await evaluationRows(versions, services, signal)
        : await journalRows({ deployment, span: on, contract, versions }, services, signal)
    if (rows === undefined) throw new ComparisonImpossible({ model, reason: 'no evaluation snapshot is pinned' })
    const asked = { model, champion, challengers: challengers.map((version) => ({ version })), contract, rows }
    const report = await compareVersions(asked, services, { signal, note })
    return { report, text: comparisonText(report) }
  },
})

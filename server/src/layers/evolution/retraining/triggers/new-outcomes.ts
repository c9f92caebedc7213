import type { Contract } from '../../../../contract/contract.ts'
import { defineTrigger, moment } from './contract.ts'

/** There is more to learn from: so many predictions whose outcome was not known the last time. */
export const newOutcomesTrigger = defineTrigger({
  id: 'new-outcomes',
  title: 'Outcomes since the last one',
  applies: (contract) => wantedOutcomes(contract) !== undefined,
  async due({ contract, since, countOutcomes }) {
    const wanted = wantedOutcomes(contract)!
    const outcomes = await countOutcomes(since)
    const counted = `${outcomes.toLocaleString('en-US')} new outcomes since ${moment(since)}`
    return {
      due: outcomes >= wanted,
      reason: outcomes >= wanted ? counted : `${counted}, of ${wanted.toLocaleString('en-US')}`,
      numbers: { outcomes, wanted, since },
    }
  },
})

/** The smallest count of `100k-new-outcomes` in the contract. */
function wantedOutcomes({ maintenance }: Contract): number | undefined {
  const counts = (maintenance.retrain?.on ?? []).flatMap((name) => {
    const [, digits, thousands] = /^(\d+)(k?)-new-outcomes$/.exec(name) ?? []
    return digits === undefined ? [] : [Number(digits) * (thousands === 'k' ? 1_000 : 1)]
  })
  return counts.length === 0 ? undefined : Math.min(...counts)
}

import { expect, test } from 'vitest'
import { contractDifferences } from './contract-diff.ts'
import { parseContract } from './parse-contract.ts'

test('differences are told by the path of the file, whatever the spelling', () => {
  const before = parseContract('name: a\noutcome: { name: late }\nsufficient: { quality: { roc-auc: { min: 0.6 } } }\n')
  const after = parseContract(
    'name: a\nowners: { science: kim }\nsufficient: { quality: { roc-auc: { min: 0.7 } } }\noutcome: { name: late, join: prediction-id }\nmaintenance: { rollback: automatic }\n',
  )
  expect(contractDifferences(before, after)).toEqual([
    { path: 'owners.science', after: 'kim' },
    { path: 'sufficient.quality.roc-auc.min', before: 0.6, after: 0.7 },
    { path: 'maintenance.rollback', before: 'manual', after: 'automatic' },
  ])
  expect(contractDifferences(before, before)).toEqual([])
})

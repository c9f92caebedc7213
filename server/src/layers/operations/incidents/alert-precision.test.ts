import type { KyselyPlugin } from 'kysely'
import { expect, test } from 'vitest'
import { createDesk, findingAt } from '../../../../test/fixtures/incidents.ts'
import { openDatabase } from '../../../platform/db/open-database.ts'
import { alertPrecision } from './alert-precision.ts'

test('precision counts every incident by its measures without reading the evidence of each', async () => {
  const db = await openDatabase({ file: ':memory:', busyMsMax: 1_000 })
  const { desk, observe } = createDesk(db)
  const evidence = { predictions: [], note: 'x'.repeat(30_000) }
  for (let at = 0; at < 40; at++) {
    const measure = at % 2 === 0 ? 'missing' : 'rescaled'
    await observe([findingAt(at, 'breach', { kind: 'data-quality', measure, evidence })], { sustained: 1 })
    await desk.resolve(at + 1, { actor: 'kim', verdict: at < 10 ? 'false-alarm' : 'real' })
  }
  let read = 0
  const counting: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      read += JSON.stringify(result.rows).length
      return result
    },
  }
  const found = await alertPrecision({ ...db, kysely: db.kysely.withPlugin(counting) })
  expect(found).toEqual([
    { kind: 'data-quality', measure: 'missing', incidents: 20, real: 15, falseAlarms: 5, unknown: 0, precision: 0.75 },
    { kind: 'data-quality', measure: 'rescaled', incidents: 20, real: 15, falseAlarms: 5, unknown: 0, precision: 0.75 },
  ])
  expect(read).toBeLessThan(100_000)
  await db.close()
})

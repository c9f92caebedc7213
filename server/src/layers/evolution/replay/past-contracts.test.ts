import { expect, test } from 'vitest'
import { contractDigest } from '../../../contract/contract.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import type { DeploymentRecord } from '../../serving/index.ts'
import { createPastContracts, keepContract } from './past-contracts.ts'

const textOf = (purpose: string) => `name: gate\npurpose: ${purpose}\n`
const digestOf = (text: string) => contractDigest(parseContract(text))
const [first, second, today] = ['first', 'second', 'today'].map(textOf) as [string, string, string]
const HOUR = 3_600_000

async function contracts(kept: readonly string[] = [first, second]) {
  const blobs = new Map<string, Buffer>()
  for (const text of kept)
    await keepContract(parseContract(text), {
      async put(content) {
        const bytes = content as Buffer
        const digest = digestOf(bytes.toString())
        blobs.set(digest, bytes)
        return { digest, bytes: bytes.length }
      },
    })
  const changes = [1, 7].flatMap((version) =>
    [first, second, today].map((text, i) => ({ atMs: (i + 1) * HOUR, version, digest: digestOf(text) })),
  )
  const deployment = { name: 'gate', model: 'm', contractText: today, contractDigest: digestOf(today), variants: [] }
  return createPastContracts(deployment as unknown as DeploymentRecord, {
    contractHistory: { list: async () => changes },
    blobs: {
      find: async (digest) => (blobs.has(digest) ? { digest, bytes: 1 } : undefined),
      read: async (digest) => blobs.get(digest)!,
    },
    deployments: { listChampions: async () => ({ items: [] }) },
    registry: { getVersionDetail: async (_, version) => ({ contractText: version === 7 ? second : undefined }) as never },
  })
}
const purposes = async (found: Awaited<ReturnType<typeof contracts>>, timeMs: number, version = 1) =>
  (await found.at(timeMs, version)).map(({ text, isAssumed }) => [parseContract(text).purpose, isAssumed])

test('a time has the contract of the last change before it', async () => {
  const found = await contracts()
  expect(await purposes(found, 1.5 * HOUR)).toEqual([['first', false]])
  expect(await purposes(found, 2.5 * HOUR)).toEqual([['second', false]])
  expect(await purposes(found, 9 * HOUR)).toEqual([['today', false]])
})

test('a version that did not serve then has no contract of that time', async () => {
  expect(await purposes(await contracts(), 2.5 * HOUR, 3)).toEqual([['today', true]])
})

test('near a change the contract on its other side may have answered', async () => {
  const found = await contracts()
  expect((await purposes(found, 2 * HOUR + 1_000)).map(([purpose]) => purpose)).toEqual(['second', 'first'])
  expect((await purposes(found, 2 * HOUR - 10)).map(([purpose]) => purpose)).toEqual(['first', 'second'])
  expect(await purposes(found, HOUR - 10)).toEqual([['first', false]])
})

test('a text that is not kept is that of the package, or the one of today is assumed', async () => {
  const found = await contracts([])
  expect(await purposes(found, 2.5 * HOUR)).toEqual([['today', true]])
  expect(await purposes(found, 2.5 * HOUR, 7)).toEqual([['second', false]])
  expect(await purposes(found, 0.5 * HOUR)).toEqual([['today', true]])
})

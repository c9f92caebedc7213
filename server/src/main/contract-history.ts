/** Which contract a deployment was under since when, read from the audit log: what a replay asks of it. */
import type { AuditLog } from '../layers/collaboration/index.ts'
import type { ContractChange, ContractHistory } from '../layers/evolution/index.ts'

const PAGE = 1_000

export function contractHistoryOf(auditLog: Pick<AuditLog, 'list'>): ContractHistory {
  return Object.freeze<ContractHistory>({
    async list(deployment) {
      const subject = `deployment/${deployment}`
      const changes: ContractChange[] = []
      let cursor: string | undefined
      do {
        const page = await auditLog.list({ subject, limit: PAGE, cursor })
        for (const entry of page.items) if (entry.subject === subject) changes.push(...changesOf(entry.time, entry.after))
        cursor = page.next
      } while (cursor !== undefined)
      return changes.toReversed()
    },
  })
}

interface Recorded {
  readonly contract?: unknown
  readonly versions?: readonly { readonly version?: unknown; readonly contract?: unknown }[]
}

/** Entries about a deployment keep the digest of its contract, and those of versions that serve under another. */
function changesOf(atMs: number, after: unknown): ContractChange[] {
  const { contract, versions } = (typeof after === 'object' && after !== null ? after : {}) as Recorded
  if (!Array.isArray(versions)) return []
  return (versions as NonNullable<Recorded['versions']>).flatMap(({ version, contract: own = contract }) =>
    typeof version === 'number' && typeof own === 'string' ? [{ atMs, version, digest: own }] : [],
  )
}

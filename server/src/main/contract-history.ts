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
        for (const entry of page.items) {
          const digest = entry.subject === subject ? contractOf(entry.after) : undefined
          if (digest !== undefined) changes.push({ atMs: entry.time, digest })
        }
        cursor = page.next
      } while (cursor !== undefined)
      return changes.toReversed().filter(({ digest }, i, all) => digest !== all[i - 1]?.digest)
    },
  })
}

/** Entries about a deployment keep the digest of its contract. */
function contractOf(after: unknown): string | undefined {
  const { contract } = (typeof after === 'object' && after !== null ? after : {}) as { readonly contract?: unknown }
  return typeof contract === 'string' ? contract : undefined
}

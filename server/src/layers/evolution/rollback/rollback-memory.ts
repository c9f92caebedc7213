/**
 * Rollbacks that hold although no database knows of them yet: in memory from the first moment, in one small file as soon as
 * the disk takes it, and gone from both when they are recorded. What a data plane loads obeys them before the record.
 */
import { readFileSync, renameSync } from 'node:fs'
import { z } from 'zod'
import type { Log } from '../../../kernel/log.ts'
import { writeFileAtomic } from '../../../platform/files/atomic-file.ts'
import type { PinnedVersion } from '../../serving/index.ts'

const PendingRollback = z.object({
  id: z.string(),
  deployment: z.string(),
  /** The version that answers now, and the one that did before. */
  version: z.int(),
  from: z.int(),
  contractText: z.string().optional(),
  actor: z.string(),
  reason: z.string().optional(),
  at: z.number(),
})
export type PendingRollback = Readonly<z.infer<typeof PendingRollback>>
const File = z.object({ rollbacks: z.array(PendingRollback) })

export interface RollbackMemory {
  /** The version that has to answer, while a rollback to it is not recorded. */
  pinOf(deployment: string): PinnedVersion | undefined
  list(): readonly PendingRollback[]
  /** Holds from now on; a later one of the same deployment takes its place. */
  hold(rollback: PendingRollback): void
  /** Holds no longer. */
  forget(id: string): void
  /** Runs the work that records a rollback; who asks while it runs waits for the same. */
  recording(id: string, work: () => Promise<void>): Promise<void>
  /** Puts what holds onto the disk. Throws what the disk says. */
  save(): Promise<void>
}

/** A file that cannot be read is set aside and told: a server that does not start helps nobody. */
export function openRollbackMemory(file: string, log: Log): RollbackMemory {
  const held = new Map(readFile(file, log).map((rollback) => [rollback.deployment, rollback]))
  const recordings = new Map<string, Promise<void>>()
  let saving: Promise<void> = Promise.resolve()
  let saved = held.size
  return Object.freeze<RollbackMemory>({
    pinOf: (deployment) => held.get(deployment),
    list: () => [...held.values()],
    hold: (rollback) => void held.set(rollback.deployment, rollback),
    forget(id) {
      for (const rollback of held.values()) if (rollback.id === id) held.delete(rollback.deployment)
    },
    recording(id, work) {
      const running = recordings.get(id) ?? work().finally(() => void recordings.delete(id))
      recordings.set(id, running)
      return running
    },
    save() {
      const save = async () => {
        if (held.size === 0 && saved === 0) return
        await writeFileAtomic(file, `${JSON.stringify({ rollbacks: [...held.values()] })}\n`, 0o600)
        saved = held.size
      }
      const turn = saving.then(save, save)
      saving = turn.catch(() => {})
      return turn
    },
  })
}

function readFile(file: string, log: Log): readonly PendingRollback[] {
  try {
    return File.parse(JSON.parse(readFileSync(file, 'utf8'))).rollbacks
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    log.error('remembered rollbacks cannot be read and are set aside', { file, error: String(cause) })
    try {
      renameSync(file, `${file}.unreadable`)
    } catch {
      // It stays where it is, and the next save replaces it.
    }
    return []
  }
}

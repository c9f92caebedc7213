import type { Database } from './database.ts'

export interface CommitSignal {
  /** The store, of which each commit is told. */
  readonly db: Database
  /** Calls after every transaction of this process that was committed. */
  onCommit(call: () => void): void
}

/** Tells of commits, so that what shows the store need not wait until it asks again. Single statements are not told. */
export function createCommitSignal(db: Database): CommitSignal {
  const calls: (() => void)[] = []
  return Object.freeze<CommitSignal>({
    db: Object.freeze<Database>({
      ...db,
      async transaction(work) {
        const result = await db.transaction(work)
        for (const call of calls) call()
        return result
      },
    }),
    onCommit: (call) => void calls.push(call),
  })
}

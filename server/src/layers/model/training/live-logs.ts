import type { TrainingLog } from './training-log.ts'

/** What trainings of this process print while they run, for those who look on. */
export interface LiveLogs {
  add(run: string, log: TrainingLog): void
  remove(run: string, log: TrainingLog): void
  find(run: string): TrainingLog | undefined
}

export function createLiveLogs(): LiveLogs {
  const logs = new Map<string, TrainingLog>()
  return Object.freeze<LiveLogs>({
    add: (run, log) => void logs.set(run, log),
    remove(run, log) {
      if (logs.get(run) === log) logs.delete(run)
    },
    find: (run) => logs.get(run),
  })
}

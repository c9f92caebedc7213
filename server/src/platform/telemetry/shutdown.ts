/**
 * Ends the program in order: each step in turn, all within one time limit. The first signal starts it, a second one ends the
 * program at once, because somebody means it.
 */
import type { Log } from '../../kernel/log.ts'

export interface Shutdown {
  /** Aborted when the end begins. */
  readonly signal: AbortSignal
  /** Adds a step; the one added last runs first, as what was opened last closes first. */
  onEnd(name: string, step: () => Promise<unknown> | unknown): void
  /**
   * Begins the end; resolves when all is done or the time is over, to whether it was done. Without a reason nothing is logged:
   * what never began does not stop.
   */
  end(reason?: string): Promise<boolean>
}

export function createShutdown({ msMax, log }: { msMax: number; log: Log }): Shutdown {
  const steps: { name: string; step: () => Promise<unknown> | unknown }[] = []
  const ending = new AbortController()
  let ended: Promise<boolean> | undefined
  const run = async (reason?: string): Promise<boolean> => {
    if (reason !== undefined) log.info('stopping', { reason })
    ending.abort(reason)
    for (const { name, step } of steps.toReversed()) {
      try {
        await step()
      } catch (error) {
        log.error('could not stop', { step: name, error: error instanceof Error ? error.stack : String(error) })
      }
    }
    return true
  }
  const limited = async (reason?: string): Promise<boolean> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), msMax)))
    const done = await Promise.race([run(reason), late])
    clearTimeout(timer)
    if (!done) log.error('stopping took too long and is cut short', { msMax })
    return done
  }
  return Object.freeze<Shutdown>({
    signal: ending.signal,
    onEnd: (name, step) => void steps.push({ name, step }),
    end: (reason) => (ended ??= limited(reason)),
  })
}

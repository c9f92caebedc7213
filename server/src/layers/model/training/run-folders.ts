/**
 * Where trainings work: `runs/<run>/<attempt>/` below the folder for work, with data, contract, output and `process.json`.
 * An attempt has a folder of its own, so that one which ends late cannot take away that of its successor.
 */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { endLeftovers, GRACE_MS } from './process-group.ts'

const RUNS = 'runs'
export const OUTPUT = 'output'

/**
 * A new folder for an attempt of this run. What an earlier attempt left behind, whose program was killed, is ended and removed
 * first; `left` says how many processes that were.
 */
export async function openAttempt(workFolder: string, run: string, graceMs = GRACE_MS) {
  const folder = path.join(workFolder, RUNS, run)
  const left = await clearRun(folder, graceMs)
  await mkdir(folder, { recursive: true })
  const attempt = await mkdtemp(path.join(folder, 'attempt-'))
  await mkdir(path.join(attempt, OUTPUT))
  return { folder: attempt, left }
}

/** Removes the folder of an attempt that is over, and that of its run when it was the last. */
export async function removeAttempt(attempt: string): Promise<void> {
  await rm(attempt, { recursive: true, force: true })
  const run = path.dirname(attempt)
  if ((await namesIn(run)).length === 0) await rm(run, { recursive: true, force: true })
}

/**
 * Ends and removes what trainings left that nobody will take up again. For the start of a program, before its jobs run: it has
 * the folder for itself, so whatever works there is of a program that is no more.
 */
export async function clearRuns(workFolder: string, graceMs = GRACE_MS): Promise<number> {
  let left = 0
  for (const run of await namesIn(path.join(workFolder, RUNS))) left += await clearRun(path.join(workFolder, RUNS, run), graceMs)
  return left
}

async function clearRun(folder: string, graceMs: number): Promise<number> {
  let left = 0
  for (const name of await namesIn(folder)) {
    const attempt = path.join(folder, name)
    left += await endLeftovers(attempt, path.join(attempt, OUTPUT), graceMs)
  }
  await rm(folder, { recursive: true, force: true })
  return left
}

const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => [])

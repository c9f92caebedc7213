/**
 * What was said before and what is said now, a line a prediction, in a file beside the job while it runs: a million predictions
 * cost a file and not memory, and a job that was killed goes on at the byte that its checkpoint names.
 */
import { createReadStream } from 'node:fs'
import { mkdir, open, rm, stat, truncate } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'

export interface SpooledDifference {
  readonly id: string
  readonly time: number
  readonly version: number
  /** Outputs as JSON has them. */
  readonly before: unknown
  readonly after: unknown
  readonly outcome?: number | string | boolean | undefined
  /** Inputs by whose value the traffic is cut. */
  readonly parts: Readonly<Record<string, unknown>>
  /** Text of all inputs, cut. */
  readonly inputs: string
}

export interface DifferenceSpool {
  /** Bytes of the file once these lines are on the disk. */
  append(differences: readonly SpooledDifference[]): Promise<number>
  read(): AsyncGenerator<SpooledDifference>
}

const fileOf = (folder: string, job: string): string => path.join(folder, `replay-${job}.jsonl`)

/** Opens the file at a length, cutting what was written after it; undefined when so much is not there any more. */
export async function openSpool(folder: string, job: string, bytes: number): Promise<DifferenceSpool | undefined> {
  const file = fileOf(folder, job)
  const size = await stat(file).then(
    (found) => found.size,
    () => -1,
  )
  if (bytes > 0 && size < bytes) return undefined
  await mkdir(folder, { recursive: true })
  if (size < 0) await (await open(file, 'a')).close()
  else await truncate(file, bytes)
  let length = bytes
  return Object.freeze<DifferenceSpool>({
    async append(differences) {
      if (differences.length === 0) return length
      const text = differences.map((difference) => `${JSON.stringify(difference)}\n`).join('')
      const handle = await open(file, 'a')
      try {
        await handle.writeFile(text)
        await handle.datasync()
      } finally {
        await handle.close()
      }
      length += Buffer.byteLength(text)
      return length
    },
    async *read() {
      const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })
      for await (const line of lines) if (line !== '') yield JSON.parse(line) as SpooledDifference
    },
  })
}

export const removeSpool = (folder: string, job: string): Promise<void> => rm(fileOf(folder, job), { force: true })

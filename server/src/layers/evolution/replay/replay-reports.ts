/** Reports of replays, found again by their digest. */
import type { BlobStore } from '../../../platform/blobs/blob-store.ts'
import { ReplayNotFound } from './errors.ts'
import type { ReplayReport } from './replay.ts'

/** No report is longer: fifty examples of four texts, and lists that have a bound. */
const REPORT_BYTES_MAX = 2_000_000

/** The report of this digest. Any other file that is kept here is not shown. Throws ReplayNotFound, BlobCorrupt. */
export async function readReplayReport(digest: string, blobs: Pick<BlobStore, 'find' | 'read'>): Promise<ReplayReport> {
  const found = await blobs.find(digest)
  if (found === undefined || found.bytes > REPORT_BYTES_MAX) throw new ReplayNotFound({ digest })
  const report = parse((await blobs.read(digest)).toString('utf8'))
  if (report === undefined) throw new ReplayNotFound({ digest })
  return report
}

function parse(text: string): ReplayReport | undefined {
  try {
    const report = JSON.parse(text) as Partial<ReplayReport> | null
    return report?.format === 'seaworthy-replay/1' ? (report as ReplayReport) : undefined
  } catch {
    return undefined
  }
}

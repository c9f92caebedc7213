/** Findings carry names of columns and values of data, which may be anything; here they become text that every store keeps. */
import { createHash } from 'node:crypto'
import { EVIDENCE_BYTES_MAX, readEvidence } from './evidence.ts'
import { type Finding, findingKey } from './finding.ts'

const NAME_LENGTH_MAX = 200
const SLICE_LENGTH_MAX = 500
const SENTENCE_LENGTH_MAX = 1_000
const EXAMPLES_MAX = 10

/** Identity of a finding as it is stored: sha256 of `findingKey`, whose parts may be of any length. */
export const storedKeyOf = (finding: Finding): string => createHash('sha256').update(findingKey(finding)).digest('hex')

/** The same finding with bounded texts, finite numbers and evidence that fits. */
export function cleanFinding(finding: Finding): Finding {
  const { deployment, kind, state, window, suggestedAction } = finding
  const slice = finding.slice === undefined ? undefined : plainText(finding.slice, SLICE_LENGTH_MAX)
  const unit = finding.unit === undefined ? undefined : plainText(finding.unit, NAME_LENGTH_MAX)
  return {
    ...{ deployment, kind, state, window: { from: Math.floor(window.from), to: Math.ceil(window.to) } },
    subject: plainText(finding.subject, NAME_LENGTH_MAX),
    measure: plainText(finding.measure, NAME_LENGTH_MAX),
    sentence: plainText(finding.sentence, SENTENCE_LENGTH_MAX),
    ...defined({ slice, unit, suggestedAction }),
    ...defined({
      value: finite(finding.value),
      bound: finite(finding.bound),
      rows: finite(finding.rows),
      weight: finite(finding.weight),
    }),
    // What did not breach needs no proof, and is most of what is stored.
    ...(finding.evidence === undefined || state !== 'breach' ? {} : { evidence: fitting(finding.evidence) }),
  }
}

/** Text that SQLite and PostgreSQL give back unchanged: no NUL, no half of a surrogate pair, bounded. */
export function plainText(text: string, lengthMax: number): string {
  const plain = text.toWellFormed().replaceAll('\0', '\u{fffd}')
  return plain.length > lengthMax ? `${plain.slice(0, lengthMax - 1).toWellFormed()}…` : plain
}

const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : undefined)

const defined = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never

function fitting(evidence: unknown): unknown {
  const text = JSON.stringify(evidence)?.replaceAll('\\u0000', '\\ufffd')
  if (text === undefined) return {}
  if (Buffer.byteLength(text) <= EVIDENCE_BYTES_MAX) return JSON.parse(text) as unknown
  return { tooLarge: true, predictions: (readEvidence(evidence).predictions ?? []).slice(0, EXAMPLES_MAX) }
}

/** Where a version comes from, in words: the documents of its package are written by whoever made it, so nothing in them is sure. */
import { readableObject, readableValue } from './readable.ts'

type Pair = readonly [name: string, value: string]

const VALUE_LENGTH_MAX = 120
const DIGEST_SHOWN = 16
const LINEAGE: Readonly<Record<string, string>> = {
  runId: 'run',
  snapshotDigest: 'trained on',
  evaluationDigest: 'checked on',
  parentVersion: 'goes on from',
}

export const pairsOfLineage = (lineage: unknown): Pair[] =>
  entriesOf(lineage).map(([name, value]) => {
    const isDigest = name.endsWith('Digest') && typeof value === 'string'
    return [LINEAGE[name] ?? name, isDigest ? `${value.slice(0, DIGEST_SHOWN)}…` : short(value)]
  })

export const pairsOfEnvironment = (environment: unknown): Pair[] =>
  entriesOf(environment)
    .map(([name, value]): Pair => [name === 'irVersion' ? 'ONNX IR' : name, environmentText(name, value)])
    .filter(([, text]) => text !== '')

function environmentText(name: string, value: unknown): string {
  if (name === 'opsets' && Array.isArray(value))
    return value.map((opset) => `${field(opset, 'domain') || 'ai.onnx'} ${field(opset, 'version')}`).join(', ')
  if (name === 'lock' && Array.isArray(value)) return value.map((file) => field(file, 'name')).join(', ')
  if (name === 'lock') return field(value, 'name')
  if (name === 'producer') return `${field(value, 'name')} ${field(value, 'version')}`.trim()
  return short(value)
}

const short = (value: unknown) => readableObject(value, VALUE_LENGTH_MAX)
const entriesOf = (document: unknown) => (typeof document === 'object' && document !== null ? Object.entries(document) : [])
const field = (of: unknown, name: string): string => {
  const found = typeof of === 'object' && of !== null ? (of as Readonly<Record<string, unknown>>)[name] : undefined
  return found === undefined ? '' : readableValue(found)
}

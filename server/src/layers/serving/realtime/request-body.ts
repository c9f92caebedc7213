/** What a request's body must be before any value in it is looked at: UTF-8, JSON, not too deep, `{"instances":[...]}`. */
import { isAscii, isUtf8 } from 'node:buffer'
import { countMembers, findDuplicateKeys } from '../../../kernel/json-scan.ts'
import { PredictionBodyMalformed } from './errors.ts'
import { PROBLEMS_MAX, refuse, type ValidationReport } from './validation-report.ts'

export interface RequestBody {
  readonly text: string
  readonly instances: readonly unknown[]
  /** Members of all objects in the text, duplicates counted. */
  readonly members: number
}

export interface BodyLimits {
  readonly nestingMax: number
  readonly instancesMax: number
}

/**
 * Reads the body. Throws PredictionBodyMalformed for what is not JSON; puts into the report what is JSON of another
 * form, and then `instances` is empty.
 */
export function parseRequestBody(bytes: Buffer, limits: BodyLimits, report: ValidationReport): RequestBody {
  const text = textOf(bytes)
  const { nestingMax } = limits
  const members = countMembers(text, nestingMax)
  if (members === undefined) throw new PredictionBodyMalformed({ reason: `it nests brackets more than ${nestingMax} deep` })
  const parsed = parseJson(text)
  return { text, members, instances: instancesOf(parsed, limits.instancesMax, report) }
}

/** Puts keys that stand twice into the report. JSON.parse has dropped the first of them: which one was meant, nobody knows. */
export function refuseDuplicates({ text, members }: RequestBody, report: ValidationReport): void {
  if (members === report.members) return
  for (const path of findDuplicateKeys(text, PROBLEMS_MAX))
    refuse(report, path.slice(0, 100), 'DUPLICATE_KEY', { expected: 'each key once', value: path.split('.').at(-1) })
}

function textOf(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1')
  if (!isUtf8(bytes)) throw new PredictionBodyMalformed({ reason: 'it is not UTF-8' })
  return bytes.toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = text === '' ? 'it is empty' : cause instanceof Error ? cause.message.slice(0, 200) : 'it is not JSON'
    throw new PredictionBodyMalformed({ reason }, { cause })
  }
}

function instancesOf(parsed: unknown, instancesMax: number, report: ValidationReport): readonly unknown[] {
  const expected = 'an object {"instances":[...]}'
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    refuse(report, 'body', 'WRONG_TYPE', { expected, value: parsed })
    return []
  }
  const keys = Object.keys(parsed)
  report.members += keys.length
  for (const key of keys)
    if (key !== 'instances')
      refuse(report, key.slice(0, 60), 'UNKNOWN_FIELD', { expected, value: key, candidates: ['instances'] })
  const instances = (parsed as { readonly instances?: unknown }).instances
  if (!Array.isArray(instances) || instances.length === 0) {
    const code = instances === undefined ? 'MISSING' : 'WRONG_TYPE'
    refuse(report, 'instances', code, { expected: 'a list of at least one instance', value: instances })
    return []
  }
  if (instances.length <= instancesMax) return instances
  refuse(report, 'instances', 'TOO_MANY', { expected: `at most ${instancesMax} instances`, value: instances })
  return []
}

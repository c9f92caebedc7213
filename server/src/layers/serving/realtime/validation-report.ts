/** What validation has to say about one request: the problems that refuse it, and the flags that travel with the answer. */
import { nearest } from '../../../kernel/nearest.ts'
import type { InputProblem } from './errors.ts'

/** Problems told in one answer; more would bury the first. */
export const PROBLEMS_MAX = 20
const GOT_LENGTH_MAX = 60
/** Spelling suggestions are looked for only where it is cheap: the sender decides how long the word is. */
const NEAREST_WORD_LENGTH_MAX = 64
const NEAREST_CANDIDATES_MAX = 5_000

/** A value that was let through although it is not what the contract expects. */
export interface InputFlag {
  readonly field: string
  readonly code: InputProblem['code']
  readonly message: string
}

export interface ProblemFacts {
  readonly expected: string
  readonly value: unknown
  readonly candidates?: readonly string[]
  /** A sentence more, where the mistake is a well-known one. */
  readonly remark?: string | undefined
}

/** Plain fields and no methods: one is made for every request, and nearly all stay empty. */
export interface ValidationReport {
  readonly problems: InputProblem[]
  /** How many there are in all; `problems` holds the first twenty. */
  problemCount: number
  /** By index of the instance. */
  flags: Map<number, InputFlag[]> | undefined
  /** Members of objects seen, to be compared with those in the text. */
  members: number
}

export function createValidationReport(): ValidationReport {
  return { problems: [], problemCount: 0, flags: undefined, members: 0 }
}

/** Notes something that refuses the request. */
export function refuse(report: ValidationReport, path: string, code: InputProblem['code'], facts: ProblemFacts): void {
  report.problemCount += 1
  if (report.problems.length < PROBLEMS_MAX) report.problems.push(problemOf(path, code, facts))
}

/** Notes something about one instance that travels with its prediction. */
export function addFlag(report: ValidationReport, index: number, flag: InputFlag): void {
  report.flags ??= new Map()
  const known = report.flags.get(index)
  if (known === undefined) report.flags.set(index, [flag])
  else known.push(flag)
}

function problemOf(
  path: string,
  code: InputProblem['code'],
  { expected, value, candidates, remark }: ProblemFacts,
): InputProblem {
  const got = describe(value)
  const near = nearestOf(value, candidates)
  const suggestion = near === undefined ? '' : `; did you mean "${near}"?`
  const message = `${path}: expected ${expected}, got ${got}${remark === undefined ? '' : `; ${remark}`}${suggestion}`
  return { path, code, expected, got, ...(near === undefined ? {} : { nearest: near }), message }
}

function nearestOf(value: unknown, candidates: readonly string[] | undefined): string | undefined {
  if (candidates === undefined || typeof value !== 'string' || value.length > NEAREST_WORD_LENGTH_MAX) return undefined
  return nearest(value, candidates.slice(0, NEAREST_CANDIDATES_MAX))
}

/** A value as the sender would recognise it, shortened; lists and objects only by their size. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > GOT_LENGTH_MAX ? `${value.slice(0, GOT_LENGTH_MAX)}…` : value)
}

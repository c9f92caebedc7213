/** One part of a request against its schema, and what is wrong with it in the words of who sent it. */
import { z } from 'zod'
import { nearest } from '../../kernel/nearest.ts'
import { RequestInvalid } from './errors.ts'

const PROBLEMS_MAX = 20

/** `place` is the part: path, query or body. Throws RequestInvalid with every problem, each with its path. */
export function parsePart(schema: z.ZodType, value: unknown, place: 'path' | 'query' | 'body'): unknown {
  const parsed = schema.safeParse(value ?? {}, { reportInput: true })
  if (parsed.success) return parsed.data
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape as object) : []
  const problems = parsed.error.issues.flatMap((issue) => {
    const at = [place, ...issue.path.map(String)].join('.').slice(0, 200)
    return messagesOf(issue, issue.path.length === 0 ? known : []).map((message) => `${at}: ${message}`)
  })
  throw new RequestInvalid({ problems: problems.slice(0, PROBLEMS_MAX) })
}

function messagesOf(issue: z.core.$ZodIssue, known: readonly string[]): readonly string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, PROBLEMS_MAX).map((key) => {
      const meant = nearest(key, known)
      return `there is no ${JSON.stringify(key.slice(0, 60))} here${meant === undefined ? '' : `; did you mean "${meant}"?`}`
    })
  if (issue.code === 'invalid_union') return [`expected ${kindsOf(issue).join(' or ')}, got ${wordFor(issue.input)}`]
  if (issue.code === 'invalid_type')
    return [issue.input === undefined ? 'it is missing' : `expected ${issue.expected}, got ${wordFor(issue.input)}`]
  return [issue.message.replace(/^Invalid input: /, '')]
}

const kindsOf = ({ errors }: z.core.$ZodIssueInvalidUnion) => [
  ...new Set(errors.flat().map((error) => (error.code === 'invalid_type' ? error.expected : error.message))),
]

function wordFor(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number') return Number.isNaN(value) ? 'something else' : String(value)
  return typeof value === 'object' ? 'an object' : typeof value
}

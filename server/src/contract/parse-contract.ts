/**
 * From the text of `seaworthy.yaml` to a contract, or to every problem that it has, each with line, column, the path of the
 * key, and the key that was probably meant. The text may come from anyone: its size, its aliases and its tags are bounded.
 */
import { isAlias, isMap, isPair, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { nearest } from '../kernel/nearest.ts'
import { type Contract, ContractSchema } from './contract.ts'
import { ContractInvalid, type ContractProblem } from './errors.ts'
import { keysAt } from './schema-keys.ts'

const TEXT_BYTES_MAX = 256 * 1_024
const PROBLEMS_MAX = 30
/** Brackets and dashes inside each other; a contract has three, and the parser of YAML recurs. */
const NESTING_MAX = 100

/** `file` is only a name for messages. Throws ContractInvalid. */
export function parseContract(text: string, file = 'seaworthy.yaml'): Contract {
  const lines = new LineCounter()
  const problems: ContractProblem[] = []
  const refuse = () =>
    new ContractInvalid({ file, problems: problems.slice(0, PROBLEMS_MAX), excerpt: excerptOf(text, file, problems) })
  if (Buffer.byteLength(text) > TEXT_BYTES_MAX) {
    problems.push({ line: 1, column: 1, path: '', message: `the file is larger than ${TEXT_BYTES_MAX} bytes` })
    throw refuse()
  }
  const add = (offset: number, path: string, message: string) => {
    const { line, col } = lines.linePos(offset)
    problems.push({ line: Math.max(1, line), column: Math.max(1, col), path, message })
  }
  const deep = findDeepNesting(text)
  if (deep !== undefined) {
    lines.addNewLine(0)
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
    add(deep, '', `it nests more than ${NESTING_MAX} deep`)
    throw refuse()
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    version: '1.2',
    schema: 'core',
    prettyErrors: false,
  })
  for (const error of [...document.errors, ...document.warnings]) add(error.pos[0], '', messageOf(error.message))
  visit(document, {
    Node(_, node) {
      if (isAlias(node) || ('anchor' in node && node.anchor !== undefined))
        add(node.range?.[0] ?? 0, '', 'anchors and aliases are not used in a contract')
    },
  })
  if (problems.length > 0) throw refuse()
  const parsed = ContractSchema.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {}, { reportInput: true })
  if (parsed.success) return Object.freeze(parsed.data)
  for (const issue of parsed.error.issues)
    for (const { path, message } of told(issue))
      add(offsetOf(document.contents, path, issue.code === 'unrecognized_keys'), path.join('.'), message)
  problems.sort((a, b) => a.line - b.line || a.column - b.column)
  throw refuse()
}

/** Where nesting passes the limit. Brackets in comments and texts are counted too; no honest ones are that many. */
function findDeepNesting(text: string): number | undefined {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') depth -= 1
    if (depth > NESTING_MAX) return i
  }
  return new RegExp(`^[ \\t]*(?:[-?][ \\t]+){${NESTING_MAX}}`, 'm').exec(text)?.index
}

type Path = readonly (string | number)[]

function told(issue: z.core.$ZodIssue): { path: Path; message: string }[] {
  const at = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(at)
    return issue.keys.map((key) => {
      const meant = nearest(key, known)
      const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean "${meant}"?`
      return { path: [...at, key], message: `there is no key "${key}"; ${hint}` }
    })
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    const given = typeof issue.input === 'string' ? nearest(issue.input, values) : undefined
    return [
      { path: at, message: `expected one of ${values.join(', ')}${given === undefined ? '' : `; did you mean "${given}"?`}` },
    ]
  }
  if (issue.code === 'invalid_type') {
    const missing = issue.input === undefined ? ' and is missing' : ''
    return [
      {
        path: at,
        message: missing === '' ? issue.message.replace(/^Invalid input: /, '') : `${at.at(-1) ?? 'this'} is needed${missing}`,
      },
    ]
  }
  return [{ path: at, message: issue.message.replace(/^Invalid (input|key in record): ?/, '') }]
}

/** Where the value at `path` begins, or its key; where the path leaves the document, the last part of it that is there. */
function offsetOf(contents: Node | null, path: Path, wantsKey: boolean): number {
  let node: unknown = contents
  let offset = contents?.range?.[0] ?? 0
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && String(item.key) === String(part))
      if (pair === undefined) break
      const keyAt = (pair.key as Node | null)?.range?.[0] ?? offset
      node = pair.value
      offset = wantsKey && depth === path.length - 1 ? keyAt : ((node as Node | null)?.range?.[0] ?? keyAt)
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part]
      offset = (node as Node | undefined)?.range?.[0] ?? offset
    } else break
  }
  return offset
}

const messageOf = (message: string) => (/unique/i.test(message) ? 'this key is there twice' : message.split('\n')[0]!)

/** Each problem with its line of the file and a mark under the place, as compilers do. */
function excerptOf(text: string, file: string, problems: readonly ContractProblem[]): string {
  const lines = text.split('\n')
  const shown = problems.slice(0, PROBLEMS_MAX).map(({ line, column, path, message }) => {
    const source = (lines[line - 1] ?? '').replaceAll('\t', ' ').slice(0, 160)
    const number = String(line)
    const mark = `${' '.repeat(number.length)} | ${' '.repeat(Math.min(column - 1, 160))}^`
    return `${file}:${line}:${column}${path === '' ? '' : ` ${path}`}: ${message}\n${number} | ${source}\n${mark}`
  })
  const more = problems.length - shown.length
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
}

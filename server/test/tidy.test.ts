/**
 * The house, as one test. Each rule is a function from a source file to complaints.
 * A rule that cannot be checked here belongs in docs/style.md, not in anyone's memory.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from 'vite'
import { expect, test } from 'vitest'

const SOURCE = path.resolve(import.meta.dirname, '../src')
const WEB = path.resolve(import.meta.dirname, '../../web/src')
const FLOORS = ['kernel', 'stats', 'config', 'platform', 'contract', 'layers', 'entry', 'main', 'main.ts']
const LAYERS = ['model', 'serving', 'infrastructure', 'operations', 'evolution', 'collaboration']
/** Of the pages. `theme` has only constants; a page belongs to a feature, and the frame knows all of them. */
const WEB_FLOORS = ['kernel', 'theme', 'format', 'api', 'ui', 'draw', 'features', 'app', 'main.tsx']
const FILE_LINES_MAX = 400
const FUNCTION_LINES_MAX = 70
const NAME_BANNED = /^(utils?|helpers?|common|misc|types|shared)\.tsx?$/
const NAME_SHAPE = /^[a-z0-9]+(-[a-z0-9]+)*(\.(routes?|command|job|test|contract\.test|e2e\.test|gen))?\.tsx?$/

type Complain = (line: number, text: string) => void
interface Import {
  readonly to: string
  /** Loaded when it is needed: `import()`. */
  readonly isLazy: boolean
  readonly line: number
}
interface Source {
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
  readonly functions: readonly { readonly line: number; readonly lines: number }[]
}

const floorOf = (file: string, floors = FLOORS) => floors.indexOf(file.split('/')[0]!)
const layerOf = (file: string) => (file.startsWith('layers/') ? LAYERS.indexOf(file.split('/')[1]!) : -1)
const isTest = (file: string) => /\.test\.tsx?$/.test(file)

function read(root: string, file: string): Source {
  const text = readFileSync(path.join(root, file), 'utf8')
  const { program, module, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]!.message}`)
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length
  const specifiers = [
    ...module.staticImports.map((found) => found.moduleRequest),
    ...module.staticExports.flatMap((found) => found.entries.flatMap((entry) => entry.moduleRequest ?? [])),
    ...module.dynamicImports.map(({ moduleRequest: at }) => ({
      ...at,
      value: text.slice(at.start + 1, at.end - 1),
      isLazy: true,
    })),
  ]
  const imports = specifiers
    .filter(({ value }) => value.startsWith('.'))
    .map(({ value, start, ...more }) => ({
      to: path.posix.join(path.posix.dirname(file), value),
      isLazy: 'isLazy' in more,
      line: lineOf(start),
    }))
  const functions: { line: number; lines: number }[] = []
  visit(program, (node) => {
    if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return
    const line = lineOf(node.start)
    functions.push({ line, lines: lineOf(node.end) - line + 1 })
  })
  return { path: file, text, imports, functions }
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
}
function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) return value.forEach((item) => visit(item, see))
  if (typeof value !== 'object' || value === null) return
  if ('type' in value && 'start' in value) see(value as Node)
  for (const child of Object.values(value)) visit(child, see)
}

const rules: Record<string, (source: Source, complain: Complain) => void> = {
  'a file stays under 400 lines'({ text }, complain) {
    const lines = text.split('\n').length - 1
    if (lines > FILE_LINES_MAX) complain(1, `${lines} lines; split it by noun, not by size`)
  },
  'a function stays under 70 lines'({ functions }, complain) {
    for (const { line, lines } of functions) if (lines > FUNCTION_LINES_MAX) complain(line, `function of ${lines} lines`)
  },
  'a file is named after a thing'({ path: file }, complain) {
    const name = path.posix.basename(file)
    if (NAME_BANNED.test(name) || !NAME_SHAPE.test(name)) complain(1, 'name the file after what is in it, in kebab-case')
  },
  'imports go down, never up'(source, complain) {
    for (const { to, line } of source.imports) {
      if (floorOf(to) > floorOf(source.path)) complain(line, `may not import ${to}: that floor is above`)
      const [from, target] = [layerOf(source.path), layerOf(to)]
      if (from >= 0 && target > from) complain(line, `may not import ${to}: the order is ${LAYERS.join(' < ')}`)
    }
  },
  'a layer is entered by its door'(source, complain) {
    if (isTest(source.path)) return
    for (const { to, line } of source.imports) {
      if (layerOf(to) < 0 || layerOf(to) === layerOf(source.path)) continue
      const inside = to.split('/').slice(2).join('/')
      if (!/^(index|[a-z-]+-plane)\.ts$/.test(inside))
        complain(line, `import layers/${to.split('/')[1]}/index.ts instead of ${to}`)
    }
  },
  'training and inference never meet'(source, complain) {
    const side = (file: string) => /layers\/model\/(training|inference)\//.exec(file)?.[1]
    for (const { to, line } of source.imports) {
      const [from, target] = [side(source.path), side(to)]
      if (isTest(source.path)) continue
      if (from && target && from !== target) complain(line, 'meet in layers/model/registry instead')
      if (layerOf(source.path) === 1 && target === 'training') complain(line, 'serving may not load training code')
    }
  },
  'a TODO names an issue'({ text }, complain) {
    text.split('\n').forEach((line, i) => /\bTODO\b(?! ?\(#\d+\))/.test(line) && complain(i + 1, 'write TODO(#123)'))
  },
}

const OF_LAYERS = /imports go down|its door|never meet/
/** Pages have the rules that make sense without layers; a page knows of the frame that it hangs in it, and no more. */
const webRules: typeof rules = {
  ...Object.fromEntries(Object.entries(rules).filter(([rule]) => !OF_LAYERS.test(rule))),
  'imports go down, never up'(source, complain) {
    for (const { to, line } of source.imports)
      if (floorOf(to, WEB_FLOORS) > floorOf(source.path, WEB_FLOORS) && to !== 'app/root.route.ts')
        complain(line, `may not import ${to}: that floor is above`)
  },
}

function check(root: string, floors = FLOORS, checked = rules): string[] {
  const complaints: string[] = []
  const edges = new Map<string, readonly string[]>()
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((file) => file.split(path.sep).join('/'))
  for (const file of files.filter((name) => /\.tsx?$/.test(name))) {
    if (floorOf(file, floors) < 0) complaints.push(`${file}: lives on no floor; the floors are ${floors.join(', ')}`)
    const source = read(root, file)
    // A route loads its page when it is opened, and the page knows the search keys of its route.
    edges.set(
      file,
      source.imports.filter(({ isLazy }) => !isLazy || checked === rules).map(({ to }) => to),
    )
    if (file.endsWith('.gen.ts')) continue
    for (const [rule, run] of Object.entries(checked))
      run(source, (line, text) => complaints.push(`${file}:${line}: ${rule}: ${text}`))
  }
  return [...complaints, ...cyclesOf(edges)]
}

function cyclesOf(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const walk = (at: string, trail: readonly string[]): void => {
    if (state.get(at) === 'done') return
    if (state.get(at) === 'open') return void found.push(`import cycle: ${[...trail.slice(trail.indexOf(at)), at].join(' -> ')}`)
    state.set(at, 'open')
    for (const next of edges.get(at) ?? []) walk(next, [...trail, at])
    state.set(at, 'done')
  }
  for (const file of edges.keys()) walk(file, [])
  return found
}

test('the house is tidy', () => expect(check(SOURCE)).toEqual([]), 30_000)

test('so are the pages', () => expect(check(WEB, WEB_FLOORS, webRules)).toEqual([]), 30_000)

test('an import cycle is found, types included', () => {
  const edges = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['a']],
    ['d', ['a']],
  ])
  expect(cyclesOf(edges)).toEqual(['import cycle: a -> b -> c -> a'])
})

/**
 * What may stand at a place of a YAML text, out of its JSON Schema: the keys of the mapping that the place is in, without those
 * that are there already, or the values of a key. The text is half written while one types, so it is read by its indentation and
 * its braces, and not parsed.
 */
export interface Suggestion {
  readonly text: string
  readonly kind: 'key' | 'value'
  /** What the schema says of it. */
  readonly about: string
}
export interface Suggestions {
  /** Offset in the line at which what was typed so far begins. */
  readonly from: number
  readonly items: readonly Suggestion[]
}

type Schema = Readonly<Record<string, unknown>>

/** `lines` up to and with the line of the cursor; that one is cut at the cursor. */
export function suggest(schema: Schema, lines: readonly string[]): Suggestions {
  const line = lines.at(-1) ?? ''
  if (/#|"[^"]*$/.test(line)) return { from: line.length, items: [] }
  const { path, key } = placeOf(lines)
  const word = /[\w.$-]*$/.exec(line)![0]
  const found = path.reduce<readonly Schema[]>((at, step) => at.flatMap((each) => below(schema, each, step)), [schema])
  const items =
    key === undefined
      ? keysOf(schema, found)
      : found.flatMap((each) => below(schema, each, key)).flatMap((each) => valuesOf(schema, each))
  const unique = new Map(items.map((item) => [item.text, item]))
  return { from: line.length - word.length, items: [...unique.values()].filter(({ text }) => text.startsWith(word)) }
}

/** The keys that lead to the mapping of the cursor, and the key whose value is being written, if it is one. */
function placeOf(lines: readonly string[]): { readonly path: readonly string[]; readonly key: string | undefined } {
  const line = lines.at(-1) ?? ''
  const parents: string[] = []
  let indent = indentOf(line)
  for (const above of lines.slice(0, -1).toReversed()) {
    if (above.trim() === '' || above.trim().startsWith('#') || indentOf(above) >= indent) continue
    indent = indentOf(above)
    const name = KEY.exec(above.trim())?.[1]
    if (name !== undefined) parents.unshift(name)
  }
  const { path, key } = placeInLine(line)
  return { path: [...parents, ...path], key }
}

/** The same within a line, where mappings and lists stand in braces and brackets. */
function placeInLine(line: string) {
  const open: { readonly sign: string; readonly name: string | undefined }[] = []
  let key: string | undefined
  for (const [, sign, name] of line.matchAll(/([{}[\],])|([\w.$-]+)\s*:(?=\s|$)/g)) {
    if (name !== undefined) {
      key = name
      continue
    }
    if (sign === '{' || sign === '[') open.push({ sign, name: key })
    else if (sign !== ',') open.pop()
    const inside = open.at(-1)
    key = sign !== '}' && sign !== ']' && inside?.sign === '[' ? inside.name : undefined
  }
  return { path: open.flatMap(({ sign, name }) => (sign === '{' && name !== undefined ? [name] : [])), key }
}
const KEY = /^(?:- )?["']?([\w.$-]+)["']?\s*:/
const indentOf = (line: string) => /^\s*/.exec(line)![0].length

/** The schemas of a key: a name of its own, or any name that is allowed; through references and alternatives. */
function below(root: Schema, schema: Schema, key: string): readonly Schema[] {
  return alternatives(root, schema).flatMap((each) => {
    const own = (each['properties'] as Readonly<Record<string, Schema>> | undefined)?.[key]
    const any = each['additionalProperties']
    return own === undefined ? (isSchema(any) ? [any] : []) : [own]
  })
}

function alternatives(root: Schema, schema: Schema): readonly Schema[] {
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    const name = /^#\/\$defs\/(.+)$/.exec(reference)?.[1]
    const target = name === undefined ? undefined : (root['$defs'] as Readonly<Record<string, Schema>> | undefined)?.[name]
    return target === undefined ? [] : alternatives(root, target)
  }
  const choices = [schema['anyOf'], schema['oneOf'], schema['allOf']].flatMap((list) =>
    Array.isArray(list) ? (list as Schema[]) : [],
  )
  return [schema, ...choices.flatMap((choice) => alternatives(root, choice))]
}

const keysOf = (root: Schema, schemas: readonly Schema[]): readonly Suggestion[] =>
  schemas
    .flatMap((schema) => alternatives(root, schema))
    .flatMap((schema) => Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Schema>>))
    .map(([text, schema]) => ({ text, kind: 'key', about: aboutOf(schema) }))

function valuesOf(root: Schema, schema: Schema): readonly Suggestion[] {
  return alternatives(root, schema).flatMap((each) => {
    if (isSchema(each['items'])) return valuesOf(root, each['items'])
    const values = [...((each['enum'] as readonly unknown[] | undefined) ?? []), ...('const' in each ? [each['const']] : [])]
    const shown = each['type'] === 'boolean' ? [true, false] : values
    return shown.map((value): Suggestion => ({ text: String(value), kind: 'value', about: aboutOf(schema) }))
  })
}

const aboutOf = (schema: Schema): string => (typeof schema['description'] === 'string' ? schema['description'] : '')
const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null

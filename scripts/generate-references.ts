/** References that are read off the program: every expected failure, every setting, every call, every command, the contract. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { configJsonSchema } from '../server/src/config/config.ts'
import { routes } from '../server/src/entry/http/routes.ts'
import { openApiOf } from '../server/src/entry/http/openapi.ts'
import { contractJsonSchema } from '../server/src/contract/json-schema.ts'
import { commandReference } from '../server/src/entry/cli/command-reference.ts'

const MADE = '<!-- Made by `npm run generate`. Do not edit. -->\n'
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

export async function referenceFiles(root: string): Promise<[string, string][]> {
  const { version } = JSON.parse(readFileSync(path.join(root, 'server/package.json'), 'utf8')) as { version: string }
  const endpoints = routes.map(({ endpoint }) => endpoint)
  return [
    ['docs/reference/errors.md', await errorsPage(path.join(root, 'server/src'))],
    ['docs/reference/config.md', configPage()],
    ['docs/reference/commands.md', MADE + (await commandReference())],
    ['docs/reference/openapi.json', json(openApiOf(endpoints, version))],
    ['docs/reference/seaworthy.schema.json', json(contractJsonSchema())],
  ]
}

interface ErrorEntry {
  readonly code: string
  readonly status: number
  readonly about: string
  readonly file: string
}

/** Reads each class from its module, so that what is listed is what is thrown, and its sentence from the source. */
async function errorsPage(source: string): Promise<string> {
  const entries: ErrorEntry[] = []
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' }).toSorted()) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue
    const text = readFileSync(path.join(source, file), 'utf8')
    const names = [...text.matchAll(/^export const (\w+) = defineError\(/gm)].map((found) => found[1]!)
    if (names.length === 0) continue
    const module = (await import(pathToFileURL(path.join(source, file)).href)) as Record<string, { code: string; status: number }>
    for (const name of names) {
      const { code, status } = module[name]!
      entries.push({ code, status, about: sentenceBefore(text, name), file: file.split(path.sep).join('/') })
    }
  }
  const codes = entries.map(({ code }) => code)
  const double = codes.find((code, index) => codes.indexOf(code) !== index)
  if (double !== undefined) throw new Error(`Two failures have the code ${double}.`)
  const rows = entries
    .toSorted((a, b) => a.code.localeCompare(b.code))
    .map(({ code, status, about, file }) => `| \`${code}\` | ${status} | ${about} | \`${file}\` |`)
  return `${MADE}# Errors\n\nEvery expected failure: its code never changes its meaning. On the wire it is \`application/problem+json\`; the message says what happened to which thing, the hint what to do.\n\n| code | HTTP | when | declared in |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

function sentenceBefore(text: string, name: string): string {
  const before = text.slice(0, text.indexOf(`export const ${name} = defineError(`))
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(before)?.[1] ?? ''
  return comment
    .replaceAll(/^\s*\*\s?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .trim()
}

function configPage(): string {
  const schema = configJsonSchema() as {
    properties: Record<string, { description?: string; default?: unknown; minimum?: number; maximum?: number; enum?: unknown[] }>
  }
  const rows = Object.entries(schema.properties).map(([name, of]) => {
    const bounds =
      of.enum?.join(', ') ??
      (of.minimum === undefined && of.maximum === undefined ? '' : `${of.minimum ?? ''} to ${of.maximum ?? ''}`)
    return `| \`${name}\` | ${of.default === undefined ? '' : `\`${String(of.default)}\``} | ${bounds} | ${of.description ?? ''} |`
  })
  return `${MADE}# Settings\n\nRead once from the environment when the program starts; all problems are told together, a misspelt name included.\n\n| name | default | bounds | what |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

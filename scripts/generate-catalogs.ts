/**
 * A folder is a folder of parts when its `contract.ts` exports a `defineX`. Every file beside or below it that declares a
 * part by that function goes into `catalog.gen.ts`, so that adding a part is adding a file.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const SOURCE = 'server/src'

export function catalogFiles(root: string): [string, string][] {
  const source = path.join(root, SOURCE)
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'contract.ts')
    .toSorted()
    .flatMap((file) => catalogOf(source, path.dirname(file).split(path.sep).join('/')))
}

function catalogOf(source: string, folder: string): [string, string][] {
  const contract = readFileSync(path.join(source, folder, 'contract.ts'), 'utf8')
  const define = /export (?:const|function) (define([A-Z]\w+))/.exec(contract)
  if (define === null) return []
  const [, name, noun] = define as unknown as [string, string, string]
  const parts = readdirSync(path.join(source, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => file.endsWith('.ts') && !/(^|\/)(contract|catalog\.gen)\.ts$|\.test\.ts$/.test(file))
    .toSorted()
    .flatMap((file) => {
      const text = readFileSync(path.join(source, folder, file), 'utf8')
      return [...text.matchAll(new RegExp(`^export const (\\w+)[^=\\n]*=\\s*${name}\\b`, 'gm'))].map((found) => ({
        file,
        id: found[1]!,
      }))
    })
  if (parts.length === 0 && !existsSync(path.join(source, folder, 'catalog.gen.ts'))) return []
  const up = '../'.repeat(folder.split('/').length)
  const words = noun.replaceAll(/(?<=[a-z])([A-Z])/g, ' $1').toLowerCase()
  const plural = `${noun[0]!.toLowerCase()}${noun.slice(1)}${noun.endsWith('s') ? 'es' : 's'}`
  const text = [
    '/* Made by `npm run generate` from the files beside it. Do not edit. */',
    `import { createCatalog } from '${up}kernel/catalog.ts'`,
    ...[...Map.groupBy(parts, ({ file }) => file)].map(
      ([file, inside]) => `import { ${inside.map(({ id }) => id).join(', ')} } from './${file}'`,
    ),
    '',
    `export const ${plural} = createCatalog('${words}', [${parts.map(({ id }) => id).join(', ')}])`,
    '',
  ].join('\n')
  return [[`${SOURCE}/${folder}/catalog.gen.ts`, text]]
}

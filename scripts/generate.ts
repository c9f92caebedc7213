/**
 * Everything in the repository that is derived: catalogues of parts, references of errors, settings and commands, the
 * schema of the contract and the OpenAPI document. `npm run generate` writes them; with `--check` it only says which are stale, and a test
 * fails when one is.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { catalogFiles } from './generate-catalogs.ts'
import { referenceFiles } from './generate-references.ts'

const ROOT = path.resolve(import.meta.dirname, '..')

/** Paths and texts of what is generated and differs from what is on disk. */
async function staleFiles(): Promise<[string, string][]> {
  const files = [...catalogFiles(ROOT), ...(await referenceFiles(ROOT))]
  return files.filter(([file, text]) => readOrEmpty(file) !== text)
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(path.join(ROOT, file), 'utf8')
  } catch {
    return ''
  }
}

const isCheck = process.argv.includes('--check')
for (const [file, text] of await staleFiles()) {
  if (!isCheck) {
    mkdirSync(path.dirname(path.join(ROOT, file)), { recursive: true })
    writeFileSync(path.join(ROOT, file), text)
  }
  console.log(`${isCheck ? 'stale:' : 'wrote'} ${file}`)
  if (isCheck) process.exitCode = 1
}

import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const ROOT = path.resolve(import.meta.dirname, '../..')

test('what is generated is fresh: `npm run generate` would change nothing', async () => {
  const check = promisify(execFile)(process.execPath, ['scripts/generate.ts', '--check'], { cwd: ROOT })
  await expect(check.then(({ stdout }) => stdout)).resolves.toBe('')
}, 60_000)

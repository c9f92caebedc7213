/**
 * Finds a Python that can train and export with the libraries of requirements.txt: SEAWORTHY_TEST_PYTHON, the environment that
 * `npm run interop:prepare` makes, or the one on the path. Without one the suite is skipped, and says so loudly.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

export const VENV = path.resolve(import.meta.dirname, '../../../node_modules/.cache/interop-python')
const IMPORTS = 'import lightgbm, onnxmltools, pandas, skl2onnx, sklearn'

export function findPython(): string | undefined {
  const candidates = [process.env['SEAWORTHY_TEST_PYTHON'], path.join(VENV, 'bin/python'), 'python3']
  return candidates.find((python) => python !== undefined && python !== '' && canTrain(python))
}

function canTrain(python: string): boolean {
  if (path.isAbsolute(python) && !existsSync(python)) return false
  try {
    execFileSync(python, ['-c', IMPORTS], { stdio: 'ignore', timeout: 60_000 })
    return true
  } catch {
    return false
  }
}

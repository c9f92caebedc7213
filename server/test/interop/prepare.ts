/** Makes the Python environment of the interop suite: `npm run interop:prepare`. Needs python3 with venv, and its registry. */
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { findPython, VENV } from './python.ts'

if (findPython() === undefined) {
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: 'inherit' })
  run('python3', '-m', 'venv', VENV)
  run(
    path.join(VENV, 'bin/pip'),
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    path.join(import.meta.dirname, 'requirements.txt'),
  )
}
console.log(`interop python: ${findPython() ?? 'none'}`)

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findCommit } from './git-commit.ts'
import { readLockFiles } from './lock-files.ts'
import { findLanguage, mergeEnvironment, recordEnvironment } from './training-environment.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-environment-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const put = (name: string, content: string) => writeFileSync(path.join(folder, name), content)
const never = new AbortController().signal

test('the language of a command is found, also behind what prepares its way', () => {
  expect(findLanguage(['node', 'train.ts'])).toEqual({ language: 'node', words: ['node'] })
  expect(findLanguage(['/opt/venv/bin/python3.12', 'train.py'])).toMatchObject({ language: 'python' })
  expect(findLanguage(['uv', 'run', 'python', 'train.py'])).toEqual({ language: 'python', words: ['uv', 'run', 'python'] })
  expect(findLanguage(['Rscript', 'train.R'])).toMatchObject({ language: 'r' })
  expect(findLanguage(['./train.sh', 'python'])).toBeUndefined()
})

test('a program that is unknown is never run for its version', async () => {
  put('train.sh', '#!/bin/sh\ntouch ran\n')
  const { environment } = await recordEnvironment(['sh', 'train.sh'], folder, {}, never)
  expect(environment).not.toHaveProperty('language')
  expect(environment).toMatchObject({ platform: process.platform, cpus: expect.any(Number) as number, lock: [] })
})

test('Node tells its own version, others are asked', async () => {
  const { environment } = await recordEnvironment(['node', 'x'], folder, {}, never)
  expect(environment).toMatchObject({ language: 'node', languageVersion: process.versions.node })
  const asked = await recordEnvironment([process.execPath, 'x'], folder, {}, never)
  expect(asked.environment.languageVersion).toBe(process.versions.node)
})

test('lock files are noted by their digest, and their libraries are read', async () => {
  const requirements = 'scikit-learn==1.6.1\nnumpy[mkl] == 2.1.0 ; python_version > "3"\n# pandas==1\nonnx>=1.17\n'
  put('requirements.txt', requirements)
  put('uv.lock', 'version = 1\n\n[[package]]\nname = "skl2onnx"\nversion = "1.18.0"\nsource = { }\n')
  put(
    'package-lock.json',
    JSON.stringify({
      packages: { '': { version: '1.0.0' }, 'node_modules/@a/b': { version: '2.0.0' }, 'node_modules/c/node_modules/d': {} },
    }),
  )
  put('environment.yml', 'dependencies:\n  - conda-forge::lightgbm=4.5.0=h1\n  - pip\n')
  put('renv.lock', 'not json')
  const { files, libraries } = await readLockFiles(folder)
  expect(libraries).toEqual({ 'scikit-learn': '1.6.1', numpy: '2.1.0', skl2onnx: '1.18.0', '@a/b': '2.0.0', lightgbm: '4.5.0' })
  expect(files.map(({ name }) => name).toSorted()).toEqual([
    'environment.yml',
    'package-lock.json',
    'renv.lock',
    'requirements.txt',
    'uv.lock',
  ])
  expect(files.find(({ name }) => name === 'requirements.txt')).toEqual({
    name: 'requirements.txt',
    sha256: createHash('sha256').update(requirements).digest('hex'),
    bytes: requirements.length,
  })
})

test('what the training says of itself wins, and libraries are joined', async () => {
  put('requirements.txt', 'a==1\nb==1\n')
  const { environment } = await recordEnvironment(['node'], folder, {}, never)
  const merged = mergeEnvironment(environment, { language: 'node with wasm', libraries: { b: '2' }, seedless: true })
  expect(merged).toMatchObject({ language: 'node with wasm', libraries: { a: '1', b: '2' }, seedless: true })
})

test('the commit is the one that git would name, in a folder inside, packed, detached and in a worktree', async () => {
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], {
      cwd: folder,
      encoding: 'utf8',
    }).trim()
  expect(await findCommit(folder)).toBeUndefined()
  git('init', '-q', '-b', 'main', '.')
  expect(await findCommit(folder)).toBeUndefined()
  git('commit', '-q', '--allow-empty', '-m', 'one')
  const first = git('rev-parse', 'HEAD')
  mkdirSync(path.join(folder, 'a/b'), { recursive: true })
  expect(await findCommit(path.join(folder, 'a/b'))).toBe(first)
  git('worktree', 'add', '-q', '-b', 'side/branch', 'other')
  expect(await findCommit(path.join(folder, 'other'))).toBe(first)
  git('pack-refs', '--all')
  expect(await findCommit(folder)).toBe(first)
  expect(await findCommit(path.join(folder, 'other'))).toBe(first)
  git('commit', '-q', '--allow-empty', '-m', 'two')
  expect(await findCommit(folder)).toBe(git('rev-parse', 'HEAD'))
  git('checkout', '-q', '--detach', first)
  expect(await findCommit(folder)).toBe(first)
})

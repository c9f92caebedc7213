/** `seaworthy serve`: who signed what is served, and whether that key is trusted. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSigningKey, type SigningKey } from '../../src/platform/keys/signing-key.ts'
import { runProgram, spawnProgram } from '../fixtures/program.ts'
import { writePackage } from '../fixtures/sealed-package.ts'

let folder = ''
let key: SigningKey
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-serve-'))
  key = await openSigningKey(path.join(folder, 'key'))
  writePackage(path.join(folder, 'package'), key)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What it prints before it is ended. */
async function serve(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawnProgram(['serve', 'package', '--port', '0', ...args], { cwd: folder, env })
  let text = ''
  await new Promise<void>((resolve) => {
    child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()).includes('/docs') && resolve())
    child.once('exit', () => resolve())
  })
  child.kill('SIGTERM')
  await new Promise<void>((resolve) => (child.exitCode === null ? child.once('exit', () => resolve()) : resolve()))
  return text
}
const OTHER = '0123456789abcdef'

test('serving says where it answers and which key signed', async () => {
  const text = await serve([])
  expect(text).toMatch(/flight-delay version 1 answers at http:\/\/127\.0\.0\.1:\d+\/v1\/deployments\/flight-delay\/predict/)
  expect(text).toMatch(new RegExp(`Signed by key ${key.keyId}, which was not compared`))
})

test('only what a trusted key signed is served, by option or by setting', async () => {
  expect(await serve(['--trust-key', `${OTHER},${key.keyId}`])).toMatch(new RegExp(`key ${key.keyId}, which is trusted`))
  expect(await serve([], { SEAWORTHY_TRUSTED_KEYS: key.keyId })).toMatch(/trusted here/)
  const refused = { code: 1, stderr: expect.stringMatching(`signed by the key ${key.keyId}; trusted here: ${OTHER}`) as string }
  expect(await runProgram(['serve', 'package', '--trust-key', OTHER], { cwd: folder })).toMatchObject(refused)
  const env = { SEAWORTHY_TRUSTED_KEYS: OTHER }
  expect(await runProgram(['serve', 'package'], { cwd: folder, env })).toMatchObject(refused)
  expect(await runProgram(['serve', 'package', '--trust-key', 'me'], { cwd: folder })).toMatchObject({ code: 2 })
})

/** Secrets of an installation stay in it: keys and state are their owner's alone, and no password is ever told. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runProgram, runWell } from '../fixtures/program.ts'
import { createProject } from '../fixtures/project.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-secrets-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const modeOf = (file: string) => (statSync(path.join(folder, '.seaworthy', file)).mode & 0o777).toString(8)

test('the state folder, the signing key and the log of a server are for their owner only', async () => {
  await createProject(folder, { name: 'secret', rounds: 2 })
  await runWell(['push', 'model.onnx', '--data', 'train.parquet'], { cwd: folder })
  await runWell(['launch', 'secret@1', '--override', 'a test looks at its log', '--port', '0'], { cwd: folder })
  try {
    expect([modeOf('.'), modeOf('keys/signing-key.pem'), modeOf('server.log')]).toEqual(['700', '600', '600'])
  } finally {
    await runWell(['stop'], { cwd: folder })
  }
}, 60_000)

test('a signing key that cannot be used is said so, and is not replaced', async () => {
  const file = path.join(folder, '.seaworthy/keys/signing-key.pem')
  const key = readFileSync(file)
  for (const bad of ['', 'not a key', key.subarray(0, 60)]) {
    writeFileSync(file, bad)
    const { code, stderr } = await runProgram(['models'], { cwd: folder })
    expect([code, stderr]).toEqual([1, expect.stringMatching(/signing-key\.pem cannot be used[\s\S]*Restore it from a backup/)])
    expect(readFileSync(file)).toEqual(Buffer.from(bad))
    expect(stderr).not.toContain(key.toString().split('\n')[1])
  }
  writeFileSync(file, key)
  await runWell(['models'], { cwd: folder })
}, 60_000)

const PASSWORD = 'hunter2-s3cret'
test.each([
  [
    'nobody answers',
    `postgres://me:${PASSWORD}@127.0.0.1:1/metadata`,
    /me@127\.0\.0\.1:1\/metadata cannot be used.*SEAWORTHY_DATABASE_URL/s,
  ],
  ['no such host', `postgres://me:${PASSWORD}@nowhere.invalid/metadata`, /nowhere\.invalid.*cannot be used/],
  ['another kind of database', `mysql://me:${PASSWORD}@127.0.0.1/metadata`, /SEAWORTHY_DATABASE_URL/],
  ['no address', `me:${PASSWORD}`, /SEAWORTHY_DATABASE_URL/],
])('a database that cannot be used is told without its password: %s', async (_, url, said) => {
  for (const debug of [{}, { DEBUG: '1', SEAWORTHY_LOG_LEVEL: 'debug' }]) {
    const { code, stdout, stderr } = await runProgram(['models'], { cwd: folder, env: { SEAWORTHY_DATABASE_URL: url, ...debug } })
    expect(code).not.toBe(0)
    expect(stderr).toMatch(said)
    expect(stdout + stderr).not.toContain(PASSWORD)
  }
})

/** `npm start` to its end, half a year of real flights, stopped in the middle once. Minutes long, so only where a build asks. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { cleanEnvironment, outputOf, runProgram } from '../fixtures/program.ts'

const VOYAGE = path.resolve(import.meta.dirname, '../../../examples/flight-delay/voyage.ts')
/** Beside that of whoever works here: a retraining runs in the folder of the project. */
const HOME = path.join(path.dirname(VOYAGE), `.seaworthy-${process.pid}`)
const env = { SEAWORTHY_HOME: HOME, SEAWORTHY_HTTP_PORT: '0', SEAWORTHY_ACTOR: undefined }
afterAll(() => rmSync(HOME, { recursive: true, force: true }))

const start = (...args: string[]) =>
  spawn(process.execPath, [VOYAGE, ...args], { env: cleanEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] })

describe.runIf(process.env['CI'] === 'true')('the whole voyage', () => {
  test('Ctrl-C in the middle leaves nothing running and nothing broken', { timeout: 300_000 }, async () => {
    const child = start()
    let said = ''
    child.stdout.on('data', (text: Buffer) => {
      const isReached = /^8 /m.test(said)
      said += text.toString()
      if (!isReached && /^8 /m.test(said)) child.kill('SIGINT')
    })
    const { code, stderr } = await outputOf(child)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(said).toMatch(/Stopped\. Nothing is broken/)
    expect(existsSync(path.join(HOME, 'server.json'))).toBe(false)
  })

  test('it goes on where it was, and comes home', { timeout: 600_000 }, async () => {
    const { code, stdout, stderr } = await outputOf(start('--continue', '--exit'))
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' })
    const inOrder = [
      /version 1 has a passing check already/,
      /✓ calibration-error 0\.03[^✓]*100 % of 38,\d+ outcomes\s+have come/,
      /! incident 1, critical/,
      /calibration-error 0\.0[67]/,
      /log-loss +0\.\d{4} +0\.\d{4} better/,
      /✓ Promote flight-delay@2 \(warm\)/,
      /✓ .*shadow 20%/,
      /✓ .*canary 50%/,
      /! incident 2, warning/,
      /converted from miles to kilometres/,
      /explains drift of distance/,
      /may not go live: it was never checked/,
      /held by itself/,
      /canary 20% +ends by loss/,
      /is back at version 2, from 4/,
      /The voyage/,
    ]
    let from = 0
    for (const pattern of inOrder) {
      const found = pattern.exec(stdout.slice(from))
      expect(found, `${pattern} after ${stdout.slice(Math.max(0, from - 200), from)}`).not.toBeNull()
      from += found!.index
    }
    expect(stdout).not.toMatch(/[1-9]\d* requests failed/)
    expect(stdout).not.toMatch(/! incident 3/)
    const { entries } = JSON.parse(readFileSync(path.join(HOME, 'voyage.json'), 'utf8')) as { entries: object }
    expect(Object.keys(entries)).toHaveLength(8)
    const audit = await runProgram(['audit', 'verify'], { cwd: path.dirname(VOYAGE), env })
    expect(audit).toMatchObject({ code: 0, stdout: expect.stringMatching(/is whole/) as string })
  })
})

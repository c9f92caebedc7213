import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createServerLog } from './server-log.ts'
import { createTerminalLog } from './terminal-log.ts'

let folder = ''
let shown = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-log-'))
  shown = ''
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const person = (level: 'info' | 'error' | 'silent' = 'info') =>
  createTerminalLog({ level, color: false, to: { write: (line) => (shown += line) } })

test('a person reads warnings and errors in words, without stacks and control characters', () => {
  const log = person()
  log.info('listening')
  log.warn('disk is filling', { path: '/x', share: 0.9, nothing: undefined })
  log.error('job failed', { error: 'Error: no\u001B[31m such\n    at somewhere.ts:1' })
  expect(shown).toBe('! disk is filling: path /x, share 0.9\n✗ job failed: error Error: no [31m such\n')
  shown = ''
  log.warn('Incident 3: the value \u001B]0;owned\u0007\u009B2J of\norigin is new')
  expect(shown).toBe('! Incident 3: the value  ]0;owned 2J of origin is new\n')
  person('error').warn('not shown')
  person('silent').error('not shown')
  expect(shown).not.toMatch(/not shown/)
})

test('a server whose terminal is read logs everything into a file, and a long file is set aside', () => {
  const file = path.join(folder, 'server.log')
  const log = createServerLog(file, 'info', person())
  log.info('listening', { url: 'http://x' })
  log.warn('slow')
  log.debug('not logged')
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['listening', 'slow'])
  expect(shown).toBe('! slow\n')
  truncateSync(file, 17 * 1_024 * 1_024)
  createServerLog(file, 'info', person()).info('listening again')
  expect(statSync(`${file}.1`).size).toBe(17 * 1_024 * 1_024)
  expect(readFileSync(file, 'utf8')).toMatch(/listening again/)
})

test('a log that cannot be written is told once and stops nothing', () => {
  mkdirSync(path.join(folder, 'server.log'))
  writeFileSync(path.join(folder, 'server.log/in-the-way'), '')
  const log = createServerLog(path.join(folder, 'server.log'), 'info', person())
  log.info('one')
  log.info('two')
  expect(shown).toMatch(/^! the log cannot be written: .*EISDIR.*\n$/)
})

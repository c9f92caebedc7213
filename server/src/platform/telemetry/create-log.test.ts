import { expect, test } from 'vitest'
import { createLog } from './create-log.ts'

test('a line is an event with its facts, and secrets are hidden by name and in addresses', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => lines.push(line) })
  log.info('opened', { url: 'postgres://me:hunter2@db/x', headers: { authorization: 'Bearer abc' }, token: 't0ken' })
  log.debug('not shown')
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'info', event: 'opened', url: 'postgres://me:[hidden]@db/x' })
  expect(lines[0]).not.toMatch(/hunter2|abc|t0ken/)
  log.error('failed', { error: 'at postgres://me:p@ss:hunter2@db/x and http://host:8080/a@b' })
  expect(lines[1]).toContain('postgres://me:[hidden]@db/x and http://host:8080/a@b')
})

import { expect, test } from 'vitest'
import { loadConfig } from './load-config.ts'

test('defaults need no environment at all', () => {
  expect(loadConfig({ PATH: '/bin' }).SEAWORTHY_HTTP_PORT).toBe(8080)
})

test('all problems are reported together, with the name that was meant', () => {
  const load = () => loadConfig({ SEAWORTHY_HTTP_PORT: 'eighty', SEAWORTHY_JOURNAL_SYNC: 'sometimes', SEAWORTHY_HTPP_HOST: 'x' })
  expect(load).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', status: 422 }))
  expect(load).toThrow('SEAWORTHY_HTTP_PORT: expected a number, got "eighty"')
  expect(load).toThrow(/SEAWORTHY_HTTP_PORT.*[\s\S]*SEAWORTHY_JOURNAL_SYNC.*[\s\S]*did you mean SEAWORTHY_HTTP_HOST/)
})

test('an address that is none is told by an example, and never shown: it may hold a password', () => {
  const load = (url: string) => () => loadConfig({ SEAWORTHY_DATABASE_URL: url, SEAWORTHY_SERVER: 'localhost:8080' })
  for (const url of ['me:hunter2@db', 'mysql://me:hunter2@db/x', 'postgres:/me:hunter2']) {
    expect(load(url)).toThrow(/write http:\/\/HOST:PORT/)
    expect(load(url)).not.toThrow(/hunter2/)
  }
  expect(load('me:hunter2@db')).toThrow(/write postgres:\/\/USER:PASSWORD@HOST\/DATABASE/)
})

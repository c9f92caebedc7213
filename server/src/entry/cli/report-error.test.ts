import { createClient } from '@seaworthy/api/client'
import { listModels } from '@seaworthy/api/model'
import { expect, test } from 'vitest'
import { reportError } from './report-error.ts'

const told = (error: unknown, json = false, showsStacks = false) => {
  const lines: string[] = []
  const out = { write: (text: string) => lines.push(text) }
  const code = reportError(error, { json, stdout: out, stderr: out, color: false, showsStacks })
  return { code, text: lines.join('') }
}
const failureOf = (client: ReturnType<typeof createClient>) =>
  client.call(listModels).then(
    () => undefined,
    (error: unknown) => error,
  )

test('a server that does not answer is told with the reason and exit code 6', async () => {
  for (const [baseUrl, reason] of [
    ['http://127.0.0.1:1', /does not answer: bad port/],
    ['http://127.0.0.1:59999', /does not answer: .*ECONNREFUSED/],
    ['http://nowhere.invalid', /does not answer: .*nowhere\.invalid/],
  ] as const) {
    const { code, text } = told(await failureOf(createClient({ baseUrl })))
    expect([code, text]).toEqual([6, expect.stringMatching(reason)])
    expect(text).toMatch(/Is SEAWORTHY_SERVER right/)
  }
})

test('an answer of somebody else is no bug of ours, and its pages are not shown', async () => {
  for (const [status, body] of [
    [200, '<html>login</html>'],
    [502, '<html>bad gateway</html>'],
    [200, '{"models":[]}'],
    [404, 'not found'],
  ] as const) {
    const fetch = async () => new Response(body, { status })
    const { text } = told(await failureOf(createClient({ baseUrl: 'http://x', fetch })))
    expect(text).toMatch(new RegExp(`status ${status} and something that this program does not understand[\\s\\S]*same version`))
    expect(text).not.toMatch(/html|bug/)
  }
})

test('a bug is told with its stack to those who ask for it', () => {
  expect(told(new Error('no way')).text).not.toMatch(/report-error\.test/)
  expect(told(new Error('no way'), false, true).text).toMatch(/no way\n.*report-error\.test/)
})

test('names of others do not steer the terminal, and lines of a message stay lines', () => {
  const { code, text } = told(new Error('a\u001B[2Jb \u202Egnp.exe\nnext'))
  expect([code, text]).toEqual([1, expect.stringContaining('ab \\u202egnp.exe\n  next')])
})

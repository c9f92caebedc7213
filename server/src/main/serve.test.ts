import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { treesModel, treesSample, treesSignature } from '../../test/fixtures/synthetic-trees.ts'
import { ConfigSchema } from '../config/config.ts'
import { silentLog } from '../kernel/log.ts'
import { type OpenedPackage, serve } from './serve.ts'

let folder = ''
let opened: OpenedPackage
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-serve-'))
  const modelFile = path.join(folder, 'model.onnx')
  writeFileSync(modelFile, treesModel(5, 3))
  opened = { manifest: { model: 'delay', version: 4 }, digest: 'd', signature: treesSignature, modelFile, sample: treesSample }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const config = ConfigSchema.parse({ SEAWORTHY_HTTP_PORT: '0' })
const start = (changes: Partial<Parameters<typeof serve>[0]> = {}) =>
  serve({ open: () => Promise.resolve(opened), config, log: silentLog, ...changes })
const predict = (url: string, instance: object, deployment = 'delay') =>
  fetch(`${url}/v1/deployments/${deployment}/predict`, { method: 'POST', body: JSON.stringify({ instances: [instance] }) })

test('a package is served under its name, by the rules of its contract, with a journal', async () => {
  const journalFolder = path.join(folder, 'journal')
  const contractText = 'name: delay\ninputs:\n  hour: { type: integer, max: 23, on-invalid: flag }\n'
  opened = { ...opened, contractText }
  const serving = await start({ journalFolder })
  const response = await predict(serving.url, { ...treesSample[0], hour: 30 })
  expect(await response.json()).toMatchObject({
    model: 'delay',
    version: 4,
    predictions: [{ flags: [{ field: 'hour', code: 'OUT_OF_RANGE' }] }],
  })
  expect((await fetch(`${serving.url}/nowhere`)).status).toBe(404)
  await serving.close()
  await serving.closed
  expect(readdirSync(path.join(journalFolder)).length).toBeGreaterThan(0)
  await expect(fetch(serving.url)).rejects.toThrow()
})

test('a port in use is told with what to do, and nothing is left running', async () => {
  const first = await start({ deploymentName: 'other' })
  const second = start({ config: { ...config, SEAWORTHY_HTTP_PORT: first.port } })
  await expect(second).rejects.toMatchObject({ code: 'PORT_IN_USE', hint: expect.stringContaining('SEAWORTHY_HTTP_PORT') })
  expect((await predict(first.url, treesSample[0]!, 'other')).status).toBe(200)
  await first.close()
})

test('a page from elsewhere cannot ask a server of this machine', async () => {
  const serving = await start()
  const ask = (headers: string) =>
    new Promise<string>((resolve) => {
      let seen = ''
      const body = JSON.stringify({ instances: [treesSample[0]] })
      const socket = connect(serving.port, '127.0.0.1', () =>
        socket.write(
          `POST /v1/deployments/delay/predict HTTP/1.1\r\n${headers}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
        ),
      )
      socket.on('data', (chunk) => (seen += chunk.toString())).on('close', () => resolve(seen))
    })
  expect(await ask('host: evil.example')).toMatch(/^HTTP\/1\.1 403 [\s\S]*"code":"HOST_REFUSED"/)
  expect(await ask('host: localhost\r\norigin: http://evil.example')).toMatch(/^HTTP\/1\.1 403 [\s\S]*"code":"ORIGIN_REFUSED"/)
  expect(await ask('host: localhost')).toMatch(/^HTTP\/1\.1 200 /)
  await serving.close()
})

test('a model that cannot be loaded ends serving with its reason', async () => {
  writeFileSync(opened.modelFile, 'not a model')
  await expect(start()).rejects.toMatchObject({ code: 'MODEL_UNREADABLE' })
})

test('bytes that are not HTTP and headers that trickle get their answer here too', async () => {
  const serving = await start({ config: { ...config, SEAWORTHY_HTTP_TIMEOUT_MS_MAX: 300 } })
  const answerTo = (bytes: string) =>
    new Promise<string>((resolve) => {
      let seen = ''
      const socket = connect(serving.port, '127.0.0.1', () => socket.write(bytes))
      socket.on('data', (chunk) => (seen += chunk.toString())).on('close', () => resolve(seen))
    })
  expect(await answerTo('HELLO\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"HTTP_MALFORMED"/)
  expect(await answerTo('GET / HTTP/1.1\r\nx-a: ')).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"HEADERS_TOO_SLOW"/)
  expect((await predict(serving.url, treesSample[0]!)).status).toBe(200)
  await serving.close()
})

test('an aborted signal drains and stops', async () => {
  const abort = new AbortController()
  const serving = await start({ signal: abort.signal })
  const answer = predict(serving.url, treesSample[0]!)
  await new Promise((resolve) => setTimeout(resolve, 20))
  abort.abort()
  expect((await answer).status).toBe(200)
  await serving.closed
  expect(existsSync(opened.modelFile)).toBe(true)
})

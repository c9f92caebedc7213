/** What a stranger may send to the real server: each is answered in its own words, and the next honest request as ever. */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { runProgram, runWell, type RunningProgram, startProgram } from '../fixtures/program.ts'
import { createProject } from '../fixtures/project.ts'

const MiB = 1_048_576
const LIMITS = {
  SEAWORTHY_HTTP_TIMEOUT_MS_MAX: '700',
  SEAWORTHY_UPLOAD_BYTES_MAX: String(2 * MiB),
  SEAWORTHY_HTTP_BODY_BYTES_MAX: String(MiB),
}
const GOOD = { hour: 1, weekday: 1, distance: 100, origin: 'LAS', destination: 'SFO' }
const ONE = JSON.stringify({ instances: [GOOD] })
const PREDICT = '/v1/deployments/luck/predict'

let folder: string
let server: RunningProgram
let port: number
let log = ''
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-hostile-'))
  await createProject(folder, { name: 'luck' })
  server = await startProgram({ cwd: folder, env: LIMITS })
  server.child.stderr?.on('data', (text: string) => (log += text))
  port = Number(new URL(server.url).port)
  await runWell(['push', 'model.onnx', '--data', 'train.parquet'], { cwd: folder })
  await runWell(['launch', 'luck@1', '--override', 'a test attacks it'], { cwd: folder })
}, 60_000)
afterAll(async () => {
  expect(await server.stop()).toBe(0)
  rmSync(folder, { recursive: true, force: true })
})
afterEach(async () => {
  const reply = await fetch(server.url + PREDICT, { method: 'POST', body: ONE })
  expect([reply.status, (await fetch(`${server.url}/v1/models`)).status]).toEqual([200, 200])
  expect(log).not.toMatch(/request failed|job failed|uncaught/i)
})

interface Answer {
  readonly status: number
  readonly code: string
  readonly text: string
}
const answerOf = (text: string): Answer => ({
  status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]),
  code: /"code":"([A-Z_]+)"/.exec(text)?.[1] ?? '',
  text,
})
/** Writes bytes to the socket and gives all that comes back until it closes, or nothing new comes after `quietMs`. */
function exchange(bytes: string | Buffer, more?: (write: (text: string) => void) => void, quietMs = 3_000): Promise<Answer> {
  return new Promise((resolve) => {
    let seen = ''
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(bytes)
      more?.((text) => void (socket.destroyed || socket.write(text)))
    })
    socket.setTimeout(quietMs, () => socket.destroy())
    socket.on('data', (chunk) => (seen += chunk.toString())).on('error', () => {})
    socket.on('close', () => resolve(answerOf(seen)))
  })
}
const request = (method: string, address: string, headers: readonly string[] = [], body: string | Buffer = '') =>
  Buffer.concat([
    Buffer.from(
      [
        `${method} ${address} HTTP/1.1`,
        'host: localhost',
        'connection: close',
        ...(body.length > 0 ? [`content-length: ${Buffer.byteLength(body)}`] : []),
        ...headers,
        '\r\n',
      ].join('\r\n'),
      'latin1',
    ),
    Buffer.from(body),
  ])
const json = (method: string, address: string, body: string | Buffer, headers: readonly string[] = []) =>
  exchange(request(method, address, ['content-type: application/json', ...headers], body))
/** A problem says what happened and what to do, leaks no path of ours, and is no bug. */
function expectProblem({ status, code, text }: Answer, expected: number, codeExpected: string): void {
  expect([status, code], text.slice(0, 600)).toEqual([expected, codeExpected])
  expect(text).toContain('content-type: application/problem+json')
  expect(text).toMatch(/"hint":"[^"]{10}/)
  expect(text.length).toBeLessThan(6_000)
  expect(text).not.toMatch(/node_modules|\.ts:\d/)
}

describe('predictions', () => {
  const withValue = (field: string, value: string) => ONE.replace(new RegExp(`"${field}":[^,}]+`), `"${field}":${value}`)
  test.each<[string, string | Buffer, number, string]>([
    ['10,000 nested brackets', '['.repeat(10_000), 400, 'PREDICTION_BODY_MALFORMED'],
    ['10,000 nested objects', `{"instances":${'{"a":'.repeat(10_000)}`, 400, 'PREDICTION_BODY_MALFORMED'],
    ['NaN', withValue('hour', 'NaN'), 400, 'PREDICTION_BODY_MALFORMED'],
    ['broken UTF-8', Buffer.concat([Buffer.from(ONE.slice(0, -3)), Buffer.from([0xff, 0x22])]), 400, 'PREDICTION_BODY_MALFORMED'],
    ['1e400', withValue('distance', '1e400'), 422, 'INSTANCES_INVALID'],
    ['2^60', withValue('hour', '1152921504606846976'), 422, 'INSTANCES_INVALID'],
    ['a wrong type', withValue('hour', '"9"'), 422, 'INSTANCES_INVALID'],
    ['a list for a number', withValue('hour', '[[1]]'), 422, 'INSTANCES_INVALID'],
    ['a key twice', ONE.replace('"hour"', '"hour":2,"hour"'), 422, 'INSTANCES_INVALID'],
    ['__proto__', ONE.replace('"hour"', '"__proto__":{"admin":true},"hour"'), 422, 'INSTANCES_INVALID'],
    ['constructor', ONE.replace('"hour"', '"constructor":{"prototype":{"admin":true}},"hour"'), 422, 'INSTANCES_INVALID'],
    ['a category with control characters', withValue('hour', '"\\u001b[2J\\u0000"'), 422, 'INSTANCES_INVALID'],
  ])('a body with %s is refused', async (_, body, status, code) => {
    const answer = await json('POST', PREDICT, body)
    expectProblem(answer, status, code)
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  test('100 MB are refused by their announcement, in pieces, and sent whole by a client that does not look up', async () => {
    expectProblem(await exchange(request('POST', PREDICT, ['content-length: 104857600'])), 413, 'PREDICTION_BODY_TOO_LARGE')
    const piece = `10000\r\n${' '.repeat(65_536)}\r\n`
    const chunked = await exchange(request('POST', PREDICT, ['transfer-encoding: chunked']), (write) => {
      for (let i = 0; i < 40; i++) write(piece)
    })
    expectProblem(chunked, 413, 'PREDICTION_BODY_TOO_LARGE')
    const whole = await fetch(server.url + PREDICT, { method: 'POST', body: new Uint8Array(100 * MiB) })
    expect(whole.status).toBe(413)
  })

  test('ids and callers of any content are kept harmless', async () => {
    const hostile = ['a b\tc', '../../x', 'é'.repeat(3_000), 'x'.repeat(7_000), '"};{"', '%0d%0aset-cookie: a']
    for (const value of hostile) {
      const answer = await exchange(request('POST', PREDICT, [`x-request-id: ${value}`, `x-caller: ${value}`], ONE))
      expect(answer.status).toBe(200)
      expect(answer.text).toMatch(/"requestId":"[a-z0-9]{24}"/)
      expect(answer.text).not.toMatch(/^set-cookie/im)
    }
    for (const bytes of ['a\r\nb', 'a\nb', 'a\0b', 'a\rb'])
      expect([200, 400]).toContain((await exchange(request('POST', PREDICT, [`x-caller: ${bytes}`], ONE))).status)
    const { stdout } = await runProgram(['predictions', 'luck', '--limit', '100'], { cwd: folder })
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })
})

describe('connections', () => {
  test('bytes that are not HTTP are told so, and the connection ends', async () => {
    for (const bytes of ['\0\x01\x02\r\n\r\n', 'HELLO\r\n\r\n', '\x16\x03\x01\x02\0\x01', 'GET / HTTP/9.9\r\n\r\n'])
      expectProblem(await exchange(bytes), 400, 'HTTP_MALFORMED')
    const twoLengths = request('POST', PREDICT, ['content-length: 5', 'transfer-encoding: chunked'])
    for (const bad of [
      twoLengths,
      request('POST', PREDICT, ['content-length: -1']),
      request('POST', PREDICT, ['content-length: 1', 'content-length: 2']),
    ])
      expectProblem(await exchange(bad), 400, 'HTTP_MALFORMED')
    expectProblem(await exchange('GET /v1/models HTTP/1.1\r\nconnection: close\r\n\r\n'), 400, 'HOST_MISSING')
  })

  test('headers beyond 16 KB are refused', async () => {
    expectProblem(await exchange(request('GET', '/v1/models', [`x-a: ${'a'.repeat(20_000)}`])), 431, 'HEADERS_TOO_LARGE')
    expectProblem(await exchange(request('GET', `/${'a'.repeat(20_000)}`)), 431, 'HEADERS_TOO_LARGE')
    const many = Array.from({ length: 3_000 }, (_, i) => `x-${i}: 1`)
    expectProblem(await exchange(request('GET', '/v1/models', many)), 431, 'HEADERS_TOO_LARGE')
  })

  test('garbage behind a good request costs only what came behind it', async () => {
    const good = request('GET', '/health/live').toString().replace('connection: close\r\n', '')
    const { text } = await exchange(`${good}\0garbage\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 200 [\s\S]*\{"status":"live"\}/)
  })

  test('headers and bodies that trickle are given up', async () => {
    const drip = (write: (text: string) => void) => {
      const timer = setInterval(() => write('a'), 50)
      setTimeout(() => clearInterval(timer), 2_500)
    }
    const [headers, prediction, call, short] = await Promise.all([
      exchange('GET /v1/models HTTP/1.1\r\nx-a: ', drip),
      exchange(request('POST', PREDICT, ['content-length: 10000']), drip),
      exchange(request('PUT', '/v1/models/luck/aliases/a', ['content-type: application/json', 'content-length: 10000']), drip),
      exchange(request('PUT', '/v1/models/luck/aliases/a', ['content-type: application/json', 'content-length: 50']), (write) =>
        write('{"version":1}'),
      ),
    ])
    expectProblem(headers, 408, 'HEADERS_TOO_SLOW')
    expectProblem(prediction, 408, 'PREDICTION_BODY_TIMEOUT')
    expectProblem(call, 408, 'BODY_TOO_SLOW')
    expectProblem(short, 408, 'BODY_TOO_SLOW')
  })

  test('who asks by another name, or from another page, is refused before a model runs', async () => {
    for (const [method, address] of [
      ['POST', PREDICT],
      ['GET', '/v1/models'],
      ['GET', '/metrics'],
    ] as const) {
      const asked = request(method, address, [], method === 'POST' ? ONE : '').toString()
      expectProblem(await exchange(asked.replace('host: localhost', 'host: evil.example')), 403, 'HOST_REFUSED')
      if (method === 'POST')
        expectProblem(await exchange(asked.replace('\r\n', '\r\norigin: https://evil.example\r\n')), 403, 'ORIGIN_REFUSED')
    }
  })
})

describe('addresses', () => {
  test.each([
    ['/v1/deployments/../..', 404],
    ['/v1/deployments/%00', 404],
    ['/v1/deployments/%zz/predict', 404],
    ['/%2e%2e/%2e%2e/etc/passwd', 404],
    ['/docs/../../package.json', 404],
    [`/v1/models/${'a'.repeat(8_000)}`, 404],
    ['/v1/models/..%2f..%2fetc', 422],
    ['/v1/models/__proto__', 422],
    ['/v1/models/luck/versions/1%00/package', 422],
    ['/v1/models/luck/versions/..%2f1/package', 422],
    ['/v1/models/luck/versions/1e999/package', 422],
    ['/v1/uploads/..%2f..%2fkeys%2fsigning-key.pem', 422],
    [`/v1/uploads/${'0'.repeat(63)}%2e`, 422],
    [`/v1/jobs/${'x'.repeat(65)}`, 422],
    ['/v1/jobs/%F0%9F%98%80', 404],
    ["/v1/jobs/'%20or%20'1'='1", 404],
    ["/v1/deployments/luck/predictions/x'%20or%201=1--", 404],
    ['/v1/deployments/luck/predictions/%00', 404],
    ['/v1/models?limit=1e400', 422],
    ['/v1/models?limit=2&limit=3', 422],
    ['/v1/models/luck/versions?cursor=1;drop%20table%20version', 400],
    ["/v1/audit?cursor='%20or%201=1", 422],
    ["/v1/deployments/luck/predictions?cursor='%3bdrop", 422],
    ['/v1/deployments/luck/predictions?from=NaN', 422],
  ])('GET %.60s is refused', async (address, status) => {
    const answer = await exchange(request('GET', address))
    expectProblem(answer, status, answer.code)
    expect(answer.code).not.toBe('')
  })

  test('text of SQL in a filter or cursor finds nothing and changes nothing', async () => {
    const sql = encodeURIComponent("'; drop table job; --")
    for (const address of [
      `/v1/audit?subject=${sql}`,
      `/v1/audit?action=${sql}`,
      `/v1/models?cursor=${sql}%00`,
      `/v1/jobs?cursor=${sql}`,
    ])
      expect((await exchange(request('GET', address))).status).toBe(200)
    expect(((await (await fetch(`${server.url}/v1/jobs`)).json()) as { items: unknown[] }).items).not.toEqual([])
    expect(await runWell(['audit', 'verify'], { cwd: folder })).toMatch(/whole/i)
  })

  test('methods that nobody asked for are answered too', async () => {
    for (const method of ['PROPFIND', 'TRACE', 'DELETE', 'PATCH', 'OPTIONS'])
      expectProblem(await exchange(request(method, '/v1/models')), 404, 'ADDRESS_UNKNOWN')
    expectProblem(await exchange(request('QUERY', '/v1/models')), 415, 'BODY_NOT_JSON')
  })
})

describe('calls', () => {
  const NOTHING = { digest: '0'.repeat(64), name: 'model.onnx' }
  const alias = (body: string | Buffer, headers: readonly string[] = []) =>
    json('PUT', '/v1/models/luck/aliases/a', body, headers)
  test.each<[string, string | Buffer, number, string]>([
    ['10,000 nested brackets', `{"version":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 400, 'BODY_MALFORMED'],
    ['nothing', '', 400, 'BODY_MALFORMED'],
    ['half of it', '{"version":', 400, 'BODY_MALFORMED'],
    ['NaN', '{"version":NaN}', 400, 'BODY_MALFORMED'],
    ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400, 'BODY_MALFORMED'],
    ['a key twice', '{"version":1,"version":2}', 400, 'BODY_MALFORMED'],
    ['__proto__', '{"version":1,"__proto__":{"admin":true}}', 400, 'BODY_MALFORMED'],
    ['constructor', '{"version":1,"constructor":{"prototype":{}}}', 422, 'REQUEST_INVALID'],
    ['null', 'null', 422, 'REQUEST_INVALID'],
    ['a list', '[]', 422, 'REQUEST_INVALID'],
    ['an unknown field', '{"version":1,"force":true}', 422, 'REQUEST_INVALID'],
    ['1e400', '{"version":1e400}', 422, 'REQUEST_INVALID'],
    ['2^60', '{"version":1152921504606846976}', 422, 'REQUEST_INVALID'],
    ['a long reason', JSON.stringify({ version: 1, reason: 'x'.repeat(3_000) }), 422, 'REQUEST_INVALID'],
  ])('a body with %s is refused', async (_, body, status, code) => {
    // A body of no bytes has its type all the same.
    const answer = body === '' ? await alias('', ['content-length: 0']) : await alias(body)
    expectProblem(answer, status, code)
  })

  test('100 MB are refused, and other types of content are not read at all', async () => {
    const headers = { 'content-type': 'application/json' }
    const whole = await fetch(`${server.url}/v1/models/luck/aliases/a`, {
      method: 'PUT',
      headers,
      body: new Uint8Array(100 * MiB),
    })
    expect([whole.status, await whole.json()]).toEqual([413, expect.objectContaining({ code: 'BODY_TOO_LARGE' })])
    for (const type of ['text/xml', 'text/plain', 'multipart/form-data; boundary=x', ';;;', 'application/jsonx'])
      expectProblem(
        await exchange(request('PUT', '/v1/models/luck/aliases/a', [`content-type: ${type}`], '{"version":1}')),
        415,
        'BODY_NOT_JSON',
      )
  })

  test('an author of any content is kept as harmless text', async () => {
    const names = ['a%0d%0ab%1b[31m%00', encodeURIComponent('‮é😀'.repeat(300)), '%zz', `${'a'.repeat(199)}%F0%9F%98%80`]
    for (const [i, name] of names.entries())
      expect((await json('PUT', `/v1/models/luck/aliases/n${i}`, '{"version":1}', [`x-actor: ${name}`])).status).toBe(200)
    expect(
      (await json('PUT', '/v1/models/luck/aliases/constructor', '{"version":1,"reason":"\\u001b]0;x\\u0007\\u0000\\ud800"}'))
        .status,
    ).toBe(200)
    const { items } = (await (await fetch(`${server.url}/v1/audit?limit=10`)).json()) as { items: { actor: string }[] }
    for (const { actor } of items) expect(actor).toMatch(/^\P{C}{1,200}$/u)
    const { stdout } = await runProgram(['audit'], { cwd: folder })
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    expect(await runWell(['audit', 'verify'], { cwd: folder })).toMatch(/whole/i)
  })

  test('a contract of any content is refused with its place', async () => {
    const launch = (contract: string) =>
      json('POST', '/v1/deployments/other/launch', JSON.stringify({ model: 'luck', version: 1, override: 'x', contract }))
    const bomb = `a: &a [x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: [*a,*a]`).join('\n')}`
    for (const contract of ['name: luck\nservng: {}', bomb, '\0', 'name: !!js/function "x"']) {
      const { status, code } = await launch(contract)
      expect([status, code]).toEqual([422, 'CONTRACT_INVALID'])
    }
    for (const contract of ['a: '.concat('['.repeat(10_000)), `a:\n${'- '.repeat(10_000)}`])
      expect((await launch(contract)).text).toMatch(/nests more than 100 deep/)
  })

  test('predictions and outcomes of any content are refused or kept, and can still be compacted', async () => {
    for (const origin of ['"\\ud800"', '"\\udfff\\u0000\\""', '"\\\\ud800"'])
      expect((await json('POST', PREDICT, ONE.replace('"LAS"', origin))).status).toBe(200)
    const send = (outcomes: string) => json('POST', '/v1/deployments/luck/outcomes', `{"outcomes":[${outcomes}]}`)
    for (const bad of [
      '{"id":"a","outcome":1e400}',
      '{"id":"a","outcome":[1]}',
      '{"id":"a","outcome":1,"observedAt":9007199254740991}',
      '{"id":"","outcome":1}',
    ])
      expectProblem(await send(bad), 422, 'REQUEST_INVALID')
    for (const odd of [
      '{"id":"a\\u0000b","outcome":"\\ud800"}',
      `{"id":"'; drop table x","outcome":"\\u001b[2J"}`,
      '{"id":"x","outcome":1e308}',
    ])
      expect((await send(odd)).status).toBe(200)
    expect(await runWell(['journal', 'luck', '--compact'], { cwd: folder })).toMatch(/3 outcomes/)
  })

  test('a push or training that names what is not there, or nothing, ends as a failure that says so', async () => {
    const cases: readonly (readonly [string, object, string])[] = [
      ['versions', { model: NOTHING }, 'BLOB_MISSING'],
      ['versions', { model: { ...NOTHING, name: '../../../etc/passwd' } }, 'BLOB_MISSING'],
      [
        'runs',
        { data: NOTHING, contract: 'name: luck\nmaintenance: { train: { command: "true" } }', folder: '/etc\0' },
        'TRAIN_FOLDER_UNUSABLE',
      ],
    ]
    for (const [what, body, code] of cases) {
      const reply = await fetch(`${server.url}/v1/models/luck/${what}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      const { job } = (await reply.json()) as { job: string }
      let ended: { readonly state: string }
      do ended = (await (await fetch(`${server.url}/v1/jobs/${job}?waitMs=500`)).json()) as { state: string }
      while (ended.state === 'queued' || ended.state === 'running')
      expect(ended).toMatchObject({ state: 'failed', error: { code, hint: expect.stringMatching(/.{10}/) as string } })
    }
  })
})

describe('uploads', () => {
  const BYTES = 'content-type: application/octet-stream'
  const incoming = () => readdirSync(path.join(folder, '.seaworthy/blobs/incoming'))
  const blobs = () => readdirSync(path.join(folder, '.seaworthy/blobs/sha256')).length

  test('what is cut off in the middle leaves nothing', async () => {
    const before = blobs()
    await exchange(request('POST', '/v1/uploads', [BYTES, 'content-length: 1000']), (write) => write('x'.repeat(500)), 200)
    await exchange(request('POST', '/v1/uploads', [BYTES, 'transfer-encoding: chunked']), (write) => write('5\r\nabcde\r\n'), 200)
    await expect.poll(incoming).toEqual([])
    expect(blobs()).toBe(before)
    const half = createHash('sha256').update('x'.repeat(500)).digest('hex')
    expect(await (await fetch(`${server.url}/v1/uploads/${half}`)).json()).toEqual({ found: false })
  })

  test('more than the limit is refused by its announcement, in pieces, and sent whole', async () => {
    const announced = await exchange(request('POST', '/v1/uploads', [BYTES, 'content-length: 99999999999']))
    expectProblem(announced, 413, 'BLOB_TOO_LARGE')
    const pieces = await exchange(request('POST', '/v1/uploads', [BYTES, 'transfer-encoding: chunked']), (write) => {
      for (let i = 0; i < 48; i++) write(`10000\r\n${'x'.repeat(65_536)}\r\n`)
    })
    expectProblem(pieces, 413, 'BLOB_TOO_LARGE')
    const headers = { 'content-type': 'application/octet-stream' }
    const whole = await fetch(`${server.url}/v1/uploads`, { method: 'POST', headers, body: new Uint8Array(20 * MiB) })
    expect([whole.status, await whole.json()]).toEqual([413, expect.objectContaining({ code: 'BLOB_TOO_LARGE' })])
    await expect.poll(incoming).toEqual([])
  })

  test('a file that is no stream of bytes is refused before it is read', async () => {
    for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/plain'])
      expectProblem(await exchange(request('POST', '/v1/uploads', [`content-type: ${type}`], '[1]')), 415, 'BODY_NOT_BYTES')
    expectProblem(await exchange(request('POST', '/v1/uploads', [], 'x')), 415, 'BODY_NOT_BYTES')
  })

  test('a temporary file that a kill left is swept at the next start', async () => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(request('POST', '/v1/uploads', [BYTES, 'content-length: 100000']))
      socket.write('x'.repeat(70_000))
    })
    socket.on('error', () => {})
    await expect.poll(() => incoming().length).toBe(1)
    await server.stop('SIGKILL')
    socket.destroy()
    expect(incoming()).toHaveLength(1)
    server = await startProgram({ cwd: folder, env: LIMITS })
    server.child.stderr?.on('data', (text: string) => (log += text))
    port = Number(new URL(server.url).port)
    expect(incoming()).toEqual([])
    expect(existsSync(path.join(folder, '.seaworthy/server.json'))).toBe(true)
  }, 30_000)
})

/** Files that mean harm, or had an accident, pushed through the real program: refused with a reason, and nothing is left. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  attribute,
  blob,
  external,
  graph,
  initializer,
  message,
  node,
  onnxFile,
  packed,
  tensor,
  text,
} from '../fixtures/onnx-bytes.ts'
import { runProgram, runWell, type RunningProgram, startProgram } from '../fixtures/program.ts'
import { createProject } from '../fixtures/project.ts'

let folder: string
let server: RunningProgram
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-files-'))
  await createProject(folder, { name: 'luck', rounds: 2 })
  server = await startProgram({ cwd: folder })
}, 60_000)
afterAll(async () => {
  expect(await server.stop()).toBe(0)
  rmSync(folder, { recursive: true, force: true })
})

const run = (...args: readonly string[]) => runProgram(args, { cwd: folder })
/** Pushes that must fail with exit code 1 and a hint, and leave no version, no work and no bug in the log. */
async function expectRefused(args: readonly string[], said: RegExp): Promise<void> {
  const { code, stdout, stderr } = await run('push', ...args)
  expect([code, stderr], stdout).toEqual([1, expect.stringMatching(said)])
  expect(stderr.trimEnd().split('\n').length, stderr).toBeGreaterThanOrEqual(2)
  // oxlint-disable-next-line no-control-regex
  expect(stderr).not.toMatch(/bug of the program|[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  expect(await (await fetch(`${server.url}/v1/models`)).json()).toEqual({ items: [] })
  const work = path.join(folder, '.seaworthy/work')
  expect(existsSync(work) ? readdirSync(work).filter((name) => name.startsWith('push-')) : []).toEqual([])
}
const modelOf = (bytes: string | Uint8Array, name = 'hostile.onnx') => {
  writeFileSync(path.join(folder, name), bytes)
  return [name, '--data', 'train.parquet']
}
const weights = (...location: readonly string[]) =>
  onnxFile(graph(...location.map((place) => initializer(...tensor('w', 1, [4], ...external(place))))))

test.each<[string, Uint8Array, RegExp]>([
  [
    'custom operators',
    onnxFile(graph(node('Magic', { domain: 'my.lab' }))),
    /custom operators: my\.lab\.Magic[\s\S]*com\.microsoft/,
  ],
  [
    'a claim of three gigabytes',
    onnxFile(graph(initializer(...tensor('w', 1, [805_306_368], blob(9, new Uint8Array(4)))))),
    /claims the shape \[805306368\], which is 3221225472 bytes[\s\S]*nothing was allocated/,
  ],
  ['weights above the folder', weights('../weights.bin'), /leads out of the folder[\s\S]*one file/],
  ['weights of the system', weights('/etc/passwd'), /not a relative path[\s\S]*one file/],
  ['weights behind a link', weights('link.bin'), /link\.bin[\s\S]*(no such file|a link)[\s\S]*one file/],
  [
    'functions without an end',
    onnxFile(
      graph(node('f', { domain: 'ours' })),
      message(25, text(1, 'f'), text(10, 'ours'), message(7, text(4, 'f'), text(7, 'ours'))),
    ),
    /functions inside each other/,
  ],
  [
    'weights as large as a number',
    onnxFile(
      graph(
        node('Constant', {
          outputs: ['c'],
          attributes: [attribute('value', message(5, ...tensor('c', 7, [2n ** 62n], packed(7, [1]))))],
        }),
      ),
    ),
    /claims the shape/,
  ],
])('%s', async (_, bytes, said) => {
  symlinkSync('/etc/passwd', path.join(folder, 'link.bin'), 'file')
  try {
    await expectRefused(modelOf(bytes), said)
  } finally {
    rmSync(path.join(folder, 'link.bin'))
  }
})

test('an operator that the runtime does not know', async () => {
  const model = readFileSync(path.join(folder, 'model.onnx'))
  model[model.indexOf('TreeEnsemble') + 'TreeEnsemble'.length]! ^= 1
  await expectRefused(modelOf(model), /model\.onnx cannot be loaded[\s\S]*(standard ONNX domains|onnx checker)/)
})

test('a file whose name would steer the terminal is told without steering it', async () => {
  await expectRefused(modelOf('<html>', '\u001B[2J\u001B]0;mine\u0007.onnx'), /XML or HTML/)
})

test('data that is none, is damaged, or has columns of strange names', async () => {
  const good = readFileSync(path.join(folder, 'train.parquet'))
  const files: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['cut.parquet', good.subarray(0, good.length / 2), /cut\.parquet/],
    ['noise.parquet', Buffer.from('PAR1 no more of it PAR1'), /noise\.parquet/],
    ['empty.csv', '', /empty\.csv/],
    ['head.csv', 'hour,weekday,distance,origin,destination,late\n', /head\.csv/],
    ['proto.csv', '__proto__,constructor,late\n1,2,0\n3,4,1\n', /hour/],
    ['twice.csv', 'hour,hour,weekday,distance,origin,destination,late\n1,1,1,1,LAS,SFO,0\n', /twice\.csv|hour/],
    ['control.csv', '"\u001B[2Jhour",weekday,distance,origin,destination,late\n1,1,1,LAS,SFO,0\n', /hour/],
    ['binary.json', Buffer.alloc(2_000, 0xff), /binary\.json/],
    ['other.xlsx', 'PK\u0003\u0004', /other\.xlsx/],
  ]
  for (const [name, content, said] of files) {
    writeFileSync(path.join(folder, name), content)
    await expectRefused(['model.onnx', '--data', name], said)
  }
}, 60_000)

test('what is no file at all', async () => {
  mkdirSync(path.join(folder, 'room.onnx'))
  const outside = [
    [['room.onnx'], 1, /it is a folder/],
    [['nowhere.onnx'], 4, /no file nowhere\.onnx/],
    [['model.onnx', '--data', 'nowhere.csv'], 4, /no file nowhere\.csv/],
    [['model.onnx', '--name', '../../etc'], 2, /lower-case letters/],
    [['model.onnx', '--name', 'A'], 2, /lower-case letters/],
  ] as const
  for (const [args, exitCode, said] of outside) {
    const { code, stderr } = await run('push', ...args)
    expect([code, stderr]).toEqual([exitCode, expect.stringMatching(said)])
  }
})

test('a package that was changed, cut or made by hand is not served', async () => {
  await runWell(['push', 'model.onnx', '--data', 'train.parquet'], { cwd: folder })
  await runWell(['pull', 'luck@1'], { cwd: folder })
  const original = readFileSync(path.join(folder, 'luck-1.seaworthy'))
  const flipped = Buffer.from(original)
  flipped[flipped.indexOf('TreeEnsemble') + 2]! ^= 1
  for (const [bytes, said] of [
    [original.subarray(0, original.length - 2_000), /seaworthy/],
    [flipped, /was changed/],
    [Buffer.from('no archive'), /not a valid package|was not unpacked/],
    [Buffer.alloc(0), /seaworthy/],
  ] as const) {
    writeFileSync(path.join(folder, 'bad.seaworthy'), bytes)
    const { code, stderr } = await run('serve', 'bad.seaworthy', '--port', '0')
    expect([code, stderr]).toEqual([1, expect.stringMatching(said)])
    expect(stderr).not.toMatch(/bug of the program/)
  }
}, 60_000)

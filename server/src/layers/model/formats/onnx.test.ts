import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  attribute,
  blob,
  encode,
  external,
  graph,
  initializer,
  message,
  node,
  onnxFile,
  opset,
  packed,
  type Part,
  raw,
  tensor,
  text,
  value,
  whole,
} from '../../../../test/fixtures/onnx-bytes.ts'
import { treesModel } from '../../../../test/fixtures/synthetic-trees.ts'
import { AppError } from '../../../kernel/errors.ts'
import { onnx } from './onnx.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-onnx-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const limits = { bytesMax: 100_000_000 }
const describe = (bytes: string | Uint8Array, bytesMax = limits.bytesMax) => {
  const file = path.join(folder, 'model.onnx')
  writeFileSync(file, bytes)
  return onnx.describe(file, { bytesMax })
}
/** The failure as `CODE message | hint`; a description where there should have been one is told, not passed over. */
const refusalOf = async (description: Promise<unknown>): Promise<string> => {
  const error = await description.then(
    () => new Error('it was described'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof AppError)) throw error
  return `${error.code} ${error.message} | ${error.hint}`
}
const weights = (...parts: readonly Part[]) => onnxFile(graph(initializer(...parts)))

test('what a file takes, gives and computes with is read without its weights', async () => {
  const file = onnxFile(
    text(2, 'hand'),
    text(3, '1.0'),
    graph(
      node('Identity'),
      node('Gemm', { domain: 'com.microsoft' }),
      initializer(...tensor('w', 1, [2, 3], blob(9, new Uint8Array(24)))),
    ),
    message(14, text(1, 'author'), text(2, 'Zoë')),
    opset('ai.onnx.ml', 3),
  )
  expect(await describe(file)).toMatchObject({
    bytes: file.length,
    irVersion: 8,
    producer: { name: 'hand', version: '1.0' },
    opsets: [
      { domain: 'ai.onnx.ml', version: 3 },
      { domain: '', version: 17 },
    ],
    inputs: [{ name: 'x', kind: 'tensor', element: 'float32', dims: ['rows', 2], text: 'float32 [rows, 2]' }],
    outputs: [{ name: 'y' }],
    operators: [
      { domain: '', type: 'Identity', count: 2 },
      { domain: 'com.microsoft', type: 'Gemm', count: 1 },
    ],
    metadata: new Map([['author', 'Zoë']]),
    weights: { tensors: 1, values: 6, bytes: 24 },
    externalFiles: [],
  })
})

test('a real ensemble is read, whole or not at all', async () => {
  const bytes = treesModel(3, 3)
  expect(await describe(bytes)).toMatchObject({ inputs: [{ name: 'features' }], outputs: [{ name: 'prediction' }] })
  for (const share of [0.999, 0.6, 0.3])
    expect(await refusalOf(describe(bytes.subarray(0, Math.floor(bytes.length * share))))).toMatch(
      /^MODEL_FILE_TRUNCATED .*model\.onnx is cut off: it has \d+ bytes.* \| .*sha256/,
    )
})

test('weights that old files list among the inputs are no inputs', async () => {
  const file = encode(
    whole(1, 3),
    graph(value(11, 'w', [2]), initializer(...tensor('w', 1, [2], blob(9, new Uint8Array(8))))),
    opset(),
  )
  expect((await describe(file)).inputs.map(({ name }) => name)).toEqual(['x'])
})

test('types of every kind are told in words', async () => {
  const typed = (field: number, name: string, ...type: readonly Part[]) => message(field, text(1, name), message(2, ...type))
  const floats = message(1, whole(1, 1))
  const file = onnxFile(
    graph(
      typed(12, 'any', floats),
      typed(12, 'zipmap', message(4, message(1, message(5, whole(1, 7), message(2, floats))))),
      typed(12, 'maybe', message(9, message(1, floats))),
      typed(12, 'few', message(8, whole(1, 11), message(2, message(1, whole(1, -1)), message(1)))),
      message(12, text(1, 'nothing')),
    ),
  )
  expect((await describe(file)).outputs.map(({ name, kind, text: words }) => [name, kind, words])).toEqual([
    ['any', 'tensor', 'float32 of any shape'],
    ['zipmap', 'sequence', 'sequence(map(int64, float32 of any shape))'],
    ['maybe', 'optional', 'optional(float32 of any shape)'],
    ['few', 'sparse', 'sparse float64 [?, ?]'],
    ['nothing', 'untyped', 'of no declared type'],
    ['y', 'tensor', 'float32 [rows, 2]'],
  ])
})

test('class names are found where a classifier has them, and where a label is picked from a list', async () => {
  const classifier = (...labels: readonly Part[]) =>
    node('LinearClassifier', {
      domain: 'ai.onnx.ml',
      outputs: ['label', 'scores'],
      attributes: [attribute(labels.length > 0 ? 'classlabels_strings' : 'none', ...labels)],
    })
  const outputs = [value(12, 'label', ['rows'], 8), value(12, 'p', ['rows', 2])]
  const softmax = node('Softmax', { inputs: ['scores'], outputs: ['p'] })
  const own = onnxFile(
    message(7, softmax, classifier(text(9, 'no'), text(9, 'yes')), ...outputs, value(11, 'x', ['rows', 2])),
    opset('ai.onnx.ml', 3),
  )
  expect((await describe(own)).classesByOutput).toEqual(
    new Map([
      ['label', ['no', 'yes']],
      ['p', ['no', 'yes']],
    ]),
  )
  const picked = (list: readonly Part[]) =>
    onnxFile(
      message(
        7,
        node('ArgMax', { inputs: ['x'], outputs: ['at'] }),
        node('Gather', { inputs: ['names', 'at'], outputs: ['label'] }),
        initializer(...list),
        outputs[0]!,
        value(11, 'x', ['rows', 2]),
      ),
    )
  const texts = tensor('names', 8, [2], text(6, 'blue'), text(6, 'red'))
  const little = new Uint8Array(new BigInt64Array([3n, -5n]).buffer)
  for (const [list, classes] of [
    [texts, ['blue', 'red']],
    [tensor('names', 7, [2], blob(9, little)), ['3', '-5']],
    [tensor('names', 7, [2], packed(7, [3, -5])), ['3', '-5']],
    [tensor('names', 7, [2], whole(7, 3), whole(7, -5)), ['3', '-5']],
  ] as const)
    expect((await describe(picked(list))).classesByOutput.get('label')).toEqual(classes)
})

test('operators that only a private library knows are refused by their names, wherever they are', async () => {
  const custom = node('Magic', { domain: 'my.lab' })
  const inBranch = node('If', { attributes: [attribute('then_branch', message(6, custom))] })
  const inFunction = message(25, text(1, 'f'), text(10, 'ours'), message(7, text(4, 'Magic'), text(7, 'my.lab')))
  for (const file of [onnxFile(graph(custom)), onnxFile(graph(inBranch)), onnxFile(graph(), inFunction)])
    expect(await refusalOf(describe(file))).toMatch(
      /^CUSTOM_OPERATORS model\.onnx uses custom operators: my\.lab\.Magic\. \| Export/,
    )
})

const fn = (name: string, ...uses: readonly string[]) =>
  message(25, text(1, name), text(10, 'ours'), ...uses.map((used) => message(7, text(4, used), text(7, 'ours'))))

test('operators that the file explains itself are fine, unless writing them out never ends', async () => {
  const used = graph(node('f0', { domain: 'ours' }))
  expect((await describe(onnxFile(used, fn('f0')))).operators).toContainEqual({ domain: 'ours', type: 'f0', count: 1 })
  const doubling = Array.from({ length: 40 }, (_, i) => fn(`f${i}`, ...(i < 39 ? [`f${i + 1}`, `f${i + 1}`] : [])))
  const chain = Array.from({ length: 100 }, (_, i) => fn(`f${i}`, ...(i < 99 ? [`f${i + 1}`] : [])))
  const bodies = Array.from({ length: 30 }, () => fn('f1', ...Array.from({ length: 100 }, () => 'f2')))
  expect(await refusalOf(describe(onnxFile(used, ...doubling, fn('f39', 'f39'))))).toMatch(/^MODEL_FILE_EXCESSIVE/)
  expect(await refusalOf(describe(onnxFile(used, ...doubling.slice(0, 39), fn('f39', 'f40'), fn('f40'))))).toMatch(/more nodes/)
  for (const circle of [[fn('f0', 'f0')], [fn('f0', 'f1'), fn('f1', 'f0')], chain])
    expect(await refusalOf(describe(onnxFile(used, ...circle)))).toMatch(/^MODEL_FILE_EXCESSIVE .*functions inside each other/)
  expect(await describe(onnxFile(used, fn('f0', 'f1'), ...bodies, fn('f2')))).toMatchObject({ format: 'onnx' })
})

test('weights that claim more than is there are refused before anything is allocated for them', async () => {
  const gigabytes = 3n * 1_024n ** 3n
  const before = process.memoryUsage().rss
  for (const parts of [
    tensor('w', 1, [gigabytes / 4n], blob(9, new Uint8Array(4))),
    tensor('w', 1, [1_024, 1_024, 768]),
    tensor('w', 8, [gigabytes]),
    tensor('w', 7, [gigabytes], packed(7, [1, 2])),
    tensor('w', 6, [gigabytes], packed(5, [1, 2])),
    tensor('w', 1, [2n ** 62n, 2n ** 62n]),
    [packed(1, [gigabytes]), whole(2, 2)],
  ]) {
    const inFunction = message(25, message(11, text(1, 'default'), message(5, ...parts)))
    for (const file of [
      weights(...parts),
      onnxFile(graph(node('Constant', { attributes: [attribute('value', message(5, ...parts))] }))),
      onnxFile(graph(message(15, message(1, ...parts)))),
      onnxFile(graph(), inFunction),
    ])
      expect(await refusalOf(describe(file))).toMatch(
        /^TENSOR_CLAIM_FALSE .*claims the shape \[.*\].* \| .*nothing was allocated/,
      )
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000)
})

test.each<[string, Uint8Array, RegExp]>([
  ['a negative size', weights(...tensor('w', 1, [-1])), /^MODEL_FILE_MALFORMED .*negative size.* \| .*check_model/],
  ['no output', onnxFile(message(7, node('Identity'), value(11, 'x', [1]))), /^MODEL_FILE_MALFORMED .*no output/],
  ['a wire type that ended with proto2', onnxFile(graph(raw(0x0b))), /^MODEL_FILE_MALFORMED .*wire type 3/],
  ['a field without a number', onnxFile(graph(raw(0x02, 0))), /^MODEL_FILE_MALFORMED .*field number 0/],
  ['a number of eleven bytes', encode(raw(8, ...Array(11).fill(0xff))), /^MODEL_FILE_MALFORMED .*ten bytes/],
  ['a size of eleven bytes', weights(raw(8, ...Array(11).fill(0xff))), /^MODEL_FILE_MALFORMED .*ten bytes/],
  [
    'a message longer than the one around it',
    onnxFile(graph(message(5, raw(0x4a, 99)), text(10, '.'.repeat(99)))),
    /^MODEL_FILE_MALFORMED .*around it/,
  ],
  ['a fixed number over the end', onnxFile(graph(message(1, raw(0x09, 1)))), /^MODEL_FILE_MALFORMED .*around it/],
  ['a dimension that is text', weights(raw(0x0d, 1, 1, 1, 1)), /^MODEL_FILE_MALFORMED .*wire type of something else/],
  ['a list that runs over its end', weights(raw(0x0a, 1, 0x80, 0x01)), /^MODEL_FILE_MALFORMED .*over its end/],
  [
    '65 dimensions',
    weights(...tensor('w', 1, Array(65).fill(1), blob(9, new Uint8Array(4)))),
    /^MODEL_FILE_EXCESSIVE .*dimensions/,
  ],
  ['65 axes', onnxFile(graph(value(11, 'z', Array(65).fill(1)))), /^MODEL_FILE_MALFORMED .*64 dimensions/],
  ['a long name', onnxFile(graph(node('N'.repeat(5_000)))), /^MODEL_FILE_EXCESSIVE .*bytes in a name.* \| Simplify/],
  ['a long key', onnxFile(graph(), message(14, text(1, 'k'.repeat(5_000)))), /^MODEL_FILE_EXCESSIVE .*bytes in a key/],
  ['many inputs', onnxFile(graph(...Array(20_001).fill(message(11)))), /^MODEL_FILE_EXCESSIVE .*inputs or outputs/],
])('a file with %s is refused', async (_, bytes, said) => {
  expect(await refusalOf(describe(bytes))).toMatch(said)
})

/** One message of millions of small parts. */
const repeated = (field: number, part: Uint8Array, times: number) =>
  blob(field, Uint8Array.from(Buffer.concat(Array<Uint8Array>(times).fill(part))))

test.each<[string, Part, RegExp]>([
  ['nodes', repeated(7, encode(message(1)), 1_000_000), /more nodes than the 500000/],
  ['tensors', repeated(7, encode(message(5)), 1_000_001), /more tensors/],
  ['inputs of a node', message(7, repeated(1, encode(text(1, '')), 200_000)), /more inputs of a node/],
  [
    'classes',
    message(7, message(1, message(5, text(1, 'classlabels_int64s'), blob(8, new Uint8Array(200_000))))),
    /more classes/,
  ],
])('%s beyond what any honest file has are refused, soon', async (_, part, said) => {
  const start = performance.now()
  expect(await refusalOf(describe(onnxFile(part)))).toMatch(said)
  expect(performance.now() - start).toBeLessThan(3_000)
})

test('messages inside each other are followed so far and no further', async () => {
  const nested = (depth: number) => {
    let body: Part = node('Identity')
    for (let i = 0; i < depth; i++) body = node('If', { attributes: [attribute('then_branch', message(6, body))] })
    return onnxFile(graph(body))
  }
  expect(await describe(nested(10))).toMatchObject({ format: 'onnx' })
  for (const depth of [200, 2_000])
    expect(await refusalOf(describe(nested(depth)))).toMatch(/^MODEL_FILE_EXCESSIVE .*messages inside each other/)
})

test('a long list of weights costs nothing to pass over', async () => {
  const start = performance.now()
  await describe(weights(...tensor('w', 7, [50_000_000], blob(7, new Uint8Array(50_000_000)))))
  expect(performance.now() - start).toBeLessThan(1_000)
})

const ADVICE: readonly (readonly [kind: RegExp, head: string | Uint8Array])[] = [
  [/empty.*Export the model again/, ''],
  [/a Python pickle.*skl2onnx.*never opened/, Buffer.from([0x80, 4, 0x95, 1, 2, 3])],
  [/PyTorch file of the old kind.*torch\.onnx\.export/, Buffer.from([0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c])],
  [/PyTorch file \(a pickle in a zip\)/, 'PK\x03\x04...archive/data.pkl'],
  [/a Keras file/, 'PK\x03\x04 metadata.json config.json'],
  [/a NumPy archive/, 'PK\x03\x04 arr_0.npy'],
  [/a skops file/, 'PK\x03\x04 schema.json skops'],
  [/a zip archive.*Unpack/, 'PK\x03\x04'],
  [/HDF5/, Buffer.from('\x89HDF\r\n\x1a\n', 'latin1')],
  [/XGBoost/, '{"learner":{}}'],
  [/a JSON document/, ' [1]'],
  [/LightGBM/, 'tree\nversion=v4'],
  [/Git LFS pointer.*git lfs pull/, 'version https://git-lfs.github.com/spec/v1'],
  [/gzip/, Buffer.from([0x1f, 0x8b, 8])],
  [/TensorFlow Lite/, Buffer.from('\x1c\0\0\0TFL3', 'latin1')],
  [/own format/, Buffer.from('\x1c\0\0\0ORTM', 'latin1')],
  [/safetensors/, Buffer.from('\x40\0\0\0\0\0\0\0{"a":', 'latin1')],
  [/Parquet.*--data/, 'PAR1'],
  [/XML or HTML/, '<html>'],
  [/unknown kind.*skl2onnx/, 'hello world, this is no model'],
  [/unknown kind/, Buffer.from([0x12, 0xff, 0xff, 0xff, 0x7f, 1])],
  [/unknown kind/, Buffer.from([8, 8])],
]
test.each(ADVICE)('other files are told by what they are: %s', async (kind, head) => {
  const refusal = await refusalOf(describe(head))
  expect(refusal).toMatch(/^MODEL_FORMAT_FOREIGN model\.onnx is not an ONNX model; it is /)
  expect(refusal).toMatch(kind)
})

test('no file, a folder, and a file beyond the limit', async () => {
  expect(await refusalOf(onnx.describe(path.join(folder, 'none.onnx'), limits))).toMatch(/^MODEL_FILE_MISSING .*not there/)
  expect(await refusalOf(onnx.describe(folder, limits))).toMatch(/^MODEL_FILE_MISSING .*a folder, not a file/)
  const small = await refusalOf(describe(onnxFile(graph()), 10))
  expect(small).toMatch(/^MODEL_FILE_TOO_LARGE .*the limit is 10\. \| .*SEAWORTHY_MODEL_BYTES_MAX/)
})

const beside = (location: string, entries: Readonly<Record<string, string>> = {}) =>
  weights(...tensor('w', 1, [4], ...external(location, entries)))

test('weights in a file beside the model are found, counted once, and part of its size', async () => {
  mkdirSync(path.join(folder, 'deep'), { recursive: true })
  writeFileSync(path.join(folder, 'deep/weights.bin'), new Uint8Array(64))
  const two = onnxFile(
    graph(
      initializer(...tensor('a', 1, [4], ...external('deep/weights.bin', { offset: '16', length: '16' }))),
      initializer(...tensor('b', 1, [8], ...external('./deep/weights.bin', { offset: '32' }))),
    ),
  )
  expect(await describe(two)).toMatchObject({
    externalFiles: [{ location: 'deep/weights.bin', bytes: 64 }],
    weights: { tensors: 2, values: 12, bytes: 48 },
  })
  expect(await refusalOf(describe(two, two.length + 63))).toMatch(/^MODEL_FILE_TOO_LARGE/)
})

test('weights anywhere else are refused, and nothing there is opened', async () => {
  writeFileSync(path.join(folder, 'weights.bin'), new Uint8Array(64))
  mkdirSync(path.join(folder, 'room'), { recursive: true })
  symlinkSync('/etc/passwd', path.join(folder, 'link.bin'))
  symlinkSync('/etc', path.join(folder, 'etc'))
  const cases: readonly (readonly [RegExp, Uint8Array])[] = [
    ...['../weights.bin', 'room/../../x', '..', 'room/../weights.bin'].map((to) => [/leads out/, beside(to)] as const),
    ...['/etc/passwd', 'C:\\weights.bin', 'file:weights.bin', '\\\\host\\share', 'a\0b', 'https://example.com/w'].map(
      (to) => [/not a relative path/, beside(to)] as const,
    ),
    ...['link.bin', 'etc/passwd', 'etc/../weights.bin'].map((to) => [/a link|leads out/, beside(to)] as const),
    [/no name/, beside('')],
    [/no such file/, beside('nothing.bin')],
    [/not a file/, beside('room')],
    [/model file itself/, beside('model.onnx')],
    [/needs those up to 80/, beside('weights.bin', { offset: '64' })],
    [/is given 8 bytes/, beside('weights.bin', { length: '8' })],
    [/needs those up to/, beside('weights.bin', { length: '9007199254740991' })],
    [/needs those up to/, weights(...tensor('w', 1, Array(10).fill(2n ** 60n), ...external('weights.bin')))],
  ]
  for (const [reason, file] of cases)
    expect(await refusalOf(describe(file))).toMatch(
      new RegExp(`^EXTERNAL_DATA_REFUSED .*"w".*(${reason.source}).* \\| .*as one file`, 's'),
    )
  for (const offset of ['-1', '1e3', '0x10', ' 1', '9007199254740993', 'NaN'])
    expect(await refusalOf(describe(beside('weights.bin', { offset })))).toMatch(
      /^MODEL_FILE_MALFORMED .*the offset of the weights "w"/,
    )
})

test('a second mention of a file that was found does not open a way around the rules', async () => {
  const file = onnxFile(
    graph(
      initializer(...tensor('a', 1, [4], ...external('weights.bin'))),
      initializer(...tensor('b', 1, [4], ...external('etc/../weights.bin'))),
    ),
  )
  expect(await refusalOf(describe(file))).toMatch(/^EXTERNAL_DATA_REFUSED .*"b".*leads out/)
})

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { manifestOf, treesFiles, writeFiles, writePackage } from '../../../../test/fixtures/sealed-package.ts'
import { treesSample, treesSignature } from '../../../../test/fixtures/synthetic-trees.ts'
import { canonicalJson } from '../../../kernel/canonical-json.ts'
import { openSigningKey, type SigningKey } from '../../../platform/keys/signing-key.ts'
import { openPackage, type OpenPackageOptions } from './open-package.ts'
import { sealManifest } from './sealed-manifest.ts'

let root = ''
let folder = ''
let key: SigningKey
let other: SigningKey
let options: OpenPackageOptions
beforeAll(async () => {
  root = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-package-'))
  key = await openSigningKey(path.join(root, 'key'))
  other = await openSigningKey(path.join(root, 'other'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))
beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'package-'))
  options = { bytesMax: 10_000_000, cacheFolder: path.join(folder, '..', 'cache') }
})

const open = (changes: Partial<OpenPackageOptions> = {}) => openPackage(folder, { ...options, ...changes })

test('a folder opens with what its documents say', async () => {
  const digest = writePackage(folder, key)
  const opened = await open({ trustedKeyIds: [key.keyId] })
  expect(opened).toMatchObject({
    digest,
    keyId: key.keyId,
    folder,
    modelFile: path.join(folder, 'model/model.onnx'),
    signature: treesSignature,
    sample: treesSample,
    contractText: 'name: flight-delay\n',
    manifest: { model: 'flight-delay', version: 1 },
  })
  expect(execFileSync('sha256sum', [path.join(folder, 'manifest.json')], { encoding: 'utf8' })).toContain(digest)
})

test('one changed byte in any file is refused by the name of the file', async () => {
  writePackage(folder, key)
  for (const name of Object.keys(treesFiles())) {
    const file = path.join(folder, name)
    const content = readFileSync(file)
    const changed = Buffer.from(content)
    changed[changed.length >> 1]! ^= 1
    writeFileSync(file, changed)
    await expect(open(), name).rejects.toMatchObject({ code: 'PACKAGE_CHANGED', details: { file: name } })
    truncateSync(file, content.length - 1)
    await expect(open(), name).rejects.toMatchObject({ code: 'PACKAGE_CHANGED', details: { file: name } })
    rmSync(file)
    await expect(open(), name).rejects.toMatchObject({
      code: 'PACKAGE_CHANGED',
      details: { file: name, reason: 'it is missing' },
    })
    writeFileSync(file, content)
  }
  await open()
})

test('no byte of the manifest can be changed', async () => {
  writePackage(folder, key)
  const file = path.join(folder, 'manifest.json')
  const content = readFileSync(file)
  for (let at = 0; at < content.length; at += 7) {
    const changed = Buffer.from(content)
    changed[at]! ^= 1
    writeFileSync(file, changed)
    await expect(open(), `byte ${at}`).rejects.toMatchObject({
      code: expect.stringMatching(/^PACKAGE_(CHANGED|MALFORMED)$/),
      details: { file: 'manifest.json' },
    })
  }
  writeFileSync(file, `${content.toString()}\n`)
  await expect(open()).rejects.toMatchObject({ code: 'PACKAGE_MALFORMED' })
})

test('a file that the manifest does not name is refused, wherever it lies', async () => {
  writePackage(folder, key)
  writeFiles(folder, { 'model/extra.bin': 'x' })
  await expect(open()).rejects.toMatchObject({ code: 'PACKAGE_CHANGED', details: { file: 'model/extra.bin' } })
})

test('a link is refused, even to the right content', async () => {
  writePackage(folder, key)
  const sample = path.join(folder, 'sample.json')
  rmSync(sample)
  writeFileSync(path.join(root, 'elsewhere.json'), canonicalJson(treesSample))
  symlinkSync(path.join(root, 'elsewhere.json'), sample)
  await expect(open()).rejects.toMatchObject({ code: 'PACKAGE_MALFORMED', details: { file: 'sample.json' } })
})

test('a package of another key is refused where keys are named, and a stolen manifest does not fit another key', async () => {
  writePackage(folder, other)
  await open()
  const refused = open({ trustedKeyIds: [key.keyId] })
  await expect(refused).rejects.toMatchObject({ code: 'PACKAGE_KEY_UNTRUSTED', message: expect.stringContaining(other.keyId) })
  const sealed = JSON.parse(sealManifest(manifestOf(treesFiles()), other).bytes.toString()) as { signature: object }
  const claims = { ...sealed, signature: { ...sealed.signature, keyId: key.keyId } }
  writeFileSync(path.join(folder, 'manifest.json'), canonicalJson(claims))
  await expect(open({ trustedKeyIds: [key.keyId] })).rejects.toMatchObject({ code: 'PACKAGE_MALFORMED' })
})

test('what is there is told when it is no package', async () => {
  await expect(open()).rejects.toMatchObject({ code: 'PACKAGE_MISSING', message: expect.stringContaining('manifest.json') })
  await expect(openPackage(path.join(folder, 'nowhere'), options)).rejects.toMatchObject({ code: 'PACKAGE_MISSING' })
})

test('sizes and counts are refused by what the manifest says, before anything is read', async () => {
  writePackage(folder, key)
  await expect(open({ bytesMax: 1_000 })).rejects.toMatchObject({ code: 'PACKAGE_TOO_LARGE' })
  await expect(open({ filesMax: 5 })).rejects.toMatchObject({ code: 'PACKAGE_TOO_LARGE', details: { what: 'files' } })
})

describe('a manifest that its maker signed is refused when', () => {
  const files = treesFiles()
  const manifest = manifestOf(files)
  const [first, ...rest] = manifest.files
  const renamed = (name: string) => ({ ...manifest, files: [{ ...first!, path: name }, ...rest] })
  test.each([
    ['a path leads out', renamed('../outside')],
    ['a path is absolute', renamed('/etc/passwd')],
    ['a path goes up in its middle', renamed('a/../../b')],
    ['a path has backslashes', renamed('a\\b')],
    ['a path names a drive', renamed('c:evil')],
    ['a path holds a zero byte', renamed('a\0b')],
    ['a path is not in its simplest form', renamed('a/./b')],
    ['a path is a device of Windows', renamed('aux.json')],
    ['a path is there twice', renamed(rest[0]!.path)],
    ['two paths differ in case only', renamed(rest[0]!.path.toUpperCase())],
    ['a file is also a folder', renamed('model')],
    ['it names itself', renamed('manifest.json')],
    ['it has no files', { ...manifest, files: [] }],
    ['its model file is not there', { ...manifest, modelFile: 'model/other.onnx' }],
    ['its model has no proper name', { ...manifest, model: '../x' }],
    ['its version is no number', { ...manifest, version: 1.5 }],
    ['it is of another format', { ...manifest, format: 'seaworthy-package/2' }],
    ['it has an unknown member', { ...manifest, extra: 1 }],
    ['a size is negative', { ...manifest, files: [{ ...first!, bytes: -1 }, ...rest] }],
  ])('%s', async (_, changed) => {
    writePackage(folder, key, files, changed as typeof manifest)
    await expect(open()).rejects.toMatchObject({ code: 'PACKAGE_MALFORMED', details: { file: 'manifest.json' } })
  })
})

describe('documents that fit no engine are refused', () => {
  const { inputs, outputs, graph } = treesSignature
  test.each([
    ['signature.json', 'not json'],
    ['signature.json', '[]'],
    ['signature.json', canonicalJson({ ...treesSignature, more: 1 })],
    ['signature.json', canonicalJson({ inputs: [], outputs, graph })],
    ['signature.json', canonicalJson({ inputs: [...inputs, inputs[0]], outputs, graph })],
    ['signature.json', canonicalJson({ inputs: inputs.slice(1), outputs, graph })],
    ['signature.json', canonicalJson({ inputs, outputs: [{ ...outputs[0], element: 'float16' }], graph })],
    [
      'signature.json',
      canonicalJson({ inputs: [{ ...inputs[0], shape: [2 ** 30, 2 ** 20] }, ...inputs.slice(1)], outputs, graph }),
    ],
    ['sample.json', '{}'],
    ['sample.json', '[1]'],
    ['sample.json', JSON.stringify(Array.from({ length: 1_001 }, () => ({})))],
  ])('%s', async (name, content) => {
    writePackage(folder, key, { ...treesFiles(), [name]: content })
    await expect(open()).rejects.toMatchObject({ code: 'PACKAGE_MALFORMED', details: { file: name } })
  })

  test('or missing', async () => {
    const { 'sample.json': _, ...files } = treesFiles()
    writePackage(folder, key, files)
    await expect(open()).rejects.toMatchObject({ code: 'PACKAGE_MALFORMED', details: { file: 'sample.json' } })
  })
})

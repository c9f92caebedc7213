import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { manifestOf, treesFiles } from '../../../../test/fixtures/sealed-package.ts'
import { openSigningKey, type SigningKey } from '../../../platform/keys/signing-key.ts'
import { openPackage } from './open-package.ts'
import { sealManifest } from './sealed-manifest.ts'

let root = ''
let cacheFolder = ''
let archive = ''
let key: SigningKey
beforeAll(async () => {
  root = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-hostile-'))
  key = await openSigningKey(path.join(root, 'key'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))
beforeEach(() => {
  const place = mkdtempSync(path.join(root, 'case-'))
  cacheFolder = path.join(place, 'cache')
  archive = path.join(place, 'flight-delay-1.seaworthy')
})

const open = () => openPackage(archive, { bytesMax: 10_000_000, cacheFolder })
const inCache = () => (existsSync(cacheFolder) ? readdirSync(cacheFolder) : [])

type Entry = Parameters<ReturnType<typeof pack>['entry']>[0] & { readonly content?: string | Uint8Array }
const files = treesFiles()
const manifest = () => sealManifest(manifestOf(files), key).bytes
const entryOf = ([name, content]: [string, string | Uint8Array]): Entry => ({ name, content })
const whole = (): Entry[] => [{ name: 'manifest.json', content: manifest() }, ...Object.entries(files).map(entryOf)]

async function bytesOf(entries: readonly Entry[]): Promise<Buffer> {
  const content = pack()
  for (const { content: body = '', ...header } of entries) content.entry(header, Buffer.from(body))
  content.finalize()
  const chunks: Uint8Array[] = []
  for await (const chunk of content as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
const refused = async (entries: readonly Entry[] | Buffer, code = 'PACKAGE_ARCHIVE_REFUSED') => {
  writeFileSync(archive, Buffer.isBuffer(entries) ? entries : await bytesOf(entries as Entry[]))
  await expect(open()).rejects.toMatchObject({ code })
  expect(inCache()).toEqual([])
}

test('an archive of another program opens; so none of the following is refused for the way it is packed', async () => {
  writeFileSync(archive, await bytesOf(whole()))
  await open()
})
test.each([
  ['a path that leads out', { name: '../escape', content: 'x' }],
  ['an absolute path', { name: '/tmp/escape', content: 'x' }],
  ['a symbolic link', { name: 'model/link', type: 'symlink', linkname: '/etc/passwd' }],
  ['a symbolic link in the place of a folder', { name: 'model', type: 'symlink', linkname: '/tmp' }],
  ['a hard link', { name: 'sample.json', type: 'link', linkname: '/etc/passwd' }],
  ['a device', { name: 'sample.json', type: 'character-device', devmajor: 1, devminor: 5 }],
  ['a pipe', { name: 'sample.json', type: 'fifo' }],
  ['a folder', { name: 'folder', type: 'directory' }],
  ['a file that the manifest does not name', { name: 'extra', content: 'x' }],
  ['a file twice', { name: 'sample.json', content: files['sample.json']! }],
  ['the manifest twice', { name: 'manifest.json', content: 'x' }],
  ['a file of another size', { name: 'sample.json', content: 'x'.repeat(100_000) }],
] as [string, Entry][])('%s is refused and leaves nothing', async (_, entry) => {
  await refused([...whole(), entry])
  const [first, ...rest] = whole()
  await refused([first!, entry, ...rest])
})
test('a manifest that is not first, or has a thousand files before it, is refused', async () => {
  const [first, ...rest] = whole()
  await refused([...rest, first!])
  await refused([...Array.from({ length: 1_000 }, (_, i) => ({ name: `a${i}`, content: '' })), ...whole()])
})
test('a changed file is refused by name', async () => {
  const entries = whole().map((entry) =>
    entry.name === 'model/model.onnx' ? { ...entry, content: Buffer.alloc(Buffer.byteLength(entry.content!)) } : entry,
  )
  writeFileSync(archive, await bytesOf(entries))
  await expect(open()).rejects.toMatchObject({ code: 'PACKAGE_CHANGED', details: { file: 'model/model.onnx' } })
  expect(inCache()).toEqual([])
})
test('a missing file is refused by name', async () => {
  writeFileSync(archive, await bytesOf(whole().filter(({ name }) => name !== 'sample.json')))
  await expect(open()).rejects.toMatchObject({ code: 'PACKAGE_CHANGED', details: { file: 'sample.json' } })
  expect(inCache()).toEqual([])
})
test('something behind the end is refused', async () => {
  const bytes = await bytesOf(whole())
  await refused(Buffer.concat([bytes, Buffer.from('junk')]))
  await refused(Buffer.concat([bytes, Buffer.alloc(512, 7)]))
  await refused(Buffer.concat([bytes, await bytesOf([{ name: 'second', content: 'x' }])]))
})
test('an archive cut off anywhere is refused', async () => {
  const bytes = await bytesOf(whole())
  for (const length of [0, 1, 511, 512, 700, 1_536, 2_048, 2_560, 2_600, 3_072, bytes.length - 1_024 - 512])
    await expect((writeFileSync(archive, bytes.subarray(0, length)), open()), String(length)).rejects.toMatchObject({
      code: expect.stringMatching(/^PACKAGE_(ARCHIVE_REFUSED|MALFORMED|CHANGED)$/),
    })
  expect(inCache()).toEqual([])
})
test('a compressed archive, noise and a picture are refused', async () => {
  await refused(gzipSync(await bytesOf(whole())))
  await refused(Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 73) % 251)))
  await refused(Buffer.from('\x89PNG\r\n\x1a\n'))
})
test('a manifest that claims more than is allowed is refused, and so is a sparse file of great size', async () => {
  const huge = { ...manifestOf(files), files: manifestOf(files).files.map((file) => ({ ...file, bytes: 2 ** 40 })) }
  await refused([{ name: 'manifest.json', content: sealManifest(huge, key).bytes }], 'PACKAGE_TOO_LARGE')
  writeFileSync(archive, await bytesOf(whole()))
  truncateSync(archive, 2 ** 36)
  await expect(open()).rejects.toMatchObject({ code: 'PACKAGE_TOO_LARGE' })
  expect(inCache()).toEqual([])
})
test('headers that lie about sizes are refused', async () => {
  const header = (size: string) => {
    const block = Buffer.alloc(512)
    block.write('manifest.json')
    block.write('0000644\0', 100)
    block.write(size, 124, 'latin1')
    block.write('ustar\x0000', 257)
    block.write('0', 156)
    block.write('        ', 148)
    block.write(
      `${block
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    )
    return block
  }
  for (const size of ['77777777777\0', '-0000000010\0', 'zzzzzzzzzzz\0', '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xf0'])
    await refused(Buffer.concat([header(size), Buffer.alloc(2_048)]))
})

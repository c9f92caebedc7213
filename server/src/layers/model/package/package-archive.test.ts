import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pack } from 'tar-stream'
import { manifestOf, treesFiles, writeFiles, writePackage } from '../../../../test/fixtures/sealed-package.ts'
import { openSigningKey, type SigningKey } from '../../../platform/keys/signing-key.ts'
import { openPackage } from './open-package.ts'
import { archiveFolder, packArchive } from './package-archive.ts'
import { sealManifest } from './sealed-manifest.ts'

let root = ''
let folder = ''
let cacheFolder = ''
let archive = ''
let key: SigningKey
beforeAll(async () => {
  root = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-archive-'))
  key = await openSigningKey(path.join(root, 'key'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))
beforeEach(() => {
  const place = mkdtempSync(path.join(root, 'case-'))
  folder = path.join(place, 'folder')
  cacheFolder = path.join(place, 'cache')
  archive = path.join(place, 'flight-delay-1.seaworthy')
  mkdirSync(folder)
})

const open = (bytesMax = 10_000_000) => openPackage(archive, { bytesMax, cacheFolder })
const inCache = () => (existsSync(cacheFolder) ? readdirSync(cacheFolder) : [])

async function writeArchive(files = treesFiles()): Promise<string> {
  const digest = writePackage(folder, key, files)
  const { stream } = await archiveFolder(await openPackage(folder, { bytesMax: 10_000_000, cacheFolder }))
  await pipeline(stream, createWriteStream(archive))
  return digest
}

const LONG = `model/${'very-long-name-of-a-folder/'.repeat(9)}weights.bin`
const FILES = { ...treesFiles(), [LONG]: 'x'.repeat(2_000), 'model/größe.bin': 'é', 'model/empty.bin': '' }

test('an archive has the size it said, the same bytes each time, and other programs read it', async () => {
  writePackage(folder, key, FILES)
  const opened = await openPackage(folder, { bytesMax: 10_000_000, cacheFolder })
  const [first, second] = await Promise.all([archiveFolder(opened), archiveFolder(opened)])
  expect(first.name).toBe('flight-delay-1.seaworthy')
  const bytes = Buffer.concat(await first.stream.toArray())
  expect(bytes.byteLength).toBe(first.bytes)
  expect(Buffer.concat(await second.stream.toArray()).equals(bytes)).toBe(true)
  writeFileSync(archive, bytes)
  const listed = execFileSync('tar', ['tf', archive], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  expect(listed.trim().split('\n')).toHaveLength(Object.keys(FILES).length + 1)
  expect(listed).toMatch(/^manifest\.json\n/)
})

test('an archive opens as its folder does, unpacked once under its digest', async () => {
  const digest = await writeArchive(FILES)
  const opened = await open()
  const { keyId, ...plain } = await openPackage(folder, { bytesMax: 10_000_000, cacheFolder })
  expect(opened).toMatchObject({ ...plain, keyId, folder: path.join(cacheFolder, digest), modelFile: expect.any(String) })
  expect(inCache()).toEqual([digest])
  const { ino } = statSync(opened.modelFile)
  expect(statSync((await open()).modelFile).ino).toBe(ino)
})

test('many openings at once unpack one package', async () => {
  const digest = await writeArchive()
  const opened = await Promise.all(Array.from({ length: 8 }, () => open()))
  expect(new Set(opened.map((one) => one.folder))).toEqual(new Set([path.join(cacheFolder, digest)]))
  expect(inCache()).toEqual([digest])
})

test('a damaged copy in the cache is made anew, and what a kill left there is swept', async () => {
  const digest = await writeArchive()
  const { modelFile } = await open()
  const content = readFileSync(modelFile)
  writeFileSync(modelFile, Buffer.alloc(content.length))
  const [abandoned, recent] = ['abandoned', 'recent'].map((name) => path.join(cacheFolder, `${name}.tmp`))
  mkdirSync(abandoned!)
  mkdirSync(recent!)
  utimesSync(abandoned!, 1, 1)
  expect(readFileSync((await open()).modelFile).equals(content)).toBe(true)
  expect(inCache().toSorted()).toEqual([digest, 'recent.tmp'].toSorted())
})

test('an archive whose reader goes away closes its files, and one whose file changed fails', async () => {
  let closed = 0
  const entry = (bytes: number) => ({
    path: 'manifest.json',
    bytes,
    open: () => Readable.from(Array.from({ length: 2_000 }, () => Buffer.alloc(1_000))).once('close', () => (closed += 1)),
  })
  const { stream } = await packArchive('x', [entry(2_000_000)])
  for await (const _ of stream) break
  await expect.poll(() => closed).toBe(1)
  await expect((await packArchive('x', [entry(1_999_999)])).stream.toArray()).rejects.toThrow()
})

describe('a hostile archive is refused and leaves nothing:', () => {
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

  test('none of these is refused for the way it is packed here', async () => {
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
  ] as [string, Entry][])('%s', async (_, entry) => {
    await refused([...whole(), entry])
    const [first, ...rest] = whole()
    await refused([first!, entry, ...rest])
  })
  test('a manifest that is not first, or a thousand files before it', async () => {
    const [first, ...rest] = whole()
    await refused([...rest, first!])
    await refused([...Array.from({ length: 1_000 }, (_, i) => ({ name: `a${i}`, content: '' })), ...whole()])
  })
  test('a changed file, by name', async () => {
    const entries = whole().map((entry) =>
      entry.name === 'model/model.onnx' ? { ...entry, content: Buffer.alloc(Buffer.byteLength(entry.content!)) } : entry,
    )
    writeFileSync(archive, await bytesOf(entries))
    await expect(open()).rejects.toMatchObject({ code: 'PACKAGE_CHANGED', details: { file: 'model/model.onnx' } })
    expect(inCache()).toEqual([])
  })
  test('a missing file, by name', async () => {
    writeFileSync(archive, await bytesOf(whole().filter(({ name }) => name !== 'sample.json')))
    await expect(open()).rejects.toMatchObject({ code: 'PACKAGE_CHANGED', details: { file: 'sample.json' } })
    expect(inCache()).toEqual([])
  })
  test('something behind its end', async () => {
    const bytes = await bytesOf(whole())
    await refused(Buffer.concat([bytes, Buffer.from('junk')]))
    await refused(Buffer.concat([bytes, Buffer.alloc(512, 7)]))
    await refused(Buffer.concat([bytes, await bytesOf([{ name: 'second', content: 'x' }])]))
  })
  test('cut off anywhere', async () => {
    const bytes = await bytesOf(whole())
    for (const length of [0, 1, 511, 512, 700, 1_536, 2_048, 2_560, 2_600, 3_072, bytes.length - 1_024 - 512])
      await expect((writeFileSync(archive, bytes.subarray(0, length)), open()), String(length)).rejects.toMatchObject({
        code: expect.stringMatching(/^PACKAGE_(ARCHIVE_REFUSED|MALFORMED|CHANGED)$/),
      })
    expect(inCache()).toEqual([])
  })
  test('a compressed one, noise, and a picture', async () => {
    await refused(gzipSync(await bytesOf(whole())))
    await refused(Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 73) % 251)))
    await refused(Buffer.from('\x89PNG\r\n\x1a\n'))
  })
  test('a manifest that claims more than is allowed, and a sparse file of great size', async () => {
    const huge = { ...manifestOf(files), files: manifestOf(files).files.map((file) => ({ ...file, bytes: 2 ** 40 })) }
    await refused([{ name: 'manifest.json', content: sealManifest(huge, key).bytes }], 'PACKAGE_TOO_LARGE')
    writeFileSync(archive, await bytesOf(whole()))
    truncateSync(archive, 2 ** 36)
    await expect(open()).rejects.toMatchObject({ code: 'PACKAGE_TOO_LARGE' })
    expect(inCache()).toEqual([])
  })
  test('headers that lie about sizes', async () => {
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
})

test('the archive of a package has the digest of its folder', async () => {
  const digest = await writeArchive()
  writeFiles(path.dirname(archive), { note: 'beside' })
  expect(digest).toBe(
    createHash('sha256')
      .update(readFileSync(path.join(folder, 'manifest.json')))
      .digest('hex'),
  )
  appendFileSync(archive, Buffer.alloc(10_240))
  expect((await open()).digest).toBe(digest)
})

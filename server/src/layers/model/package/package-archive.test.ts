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
  utimesSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { treesFiles, writeFiles, writePackage } from '../../../../test/fixtures/sealed-package.ts'
import { openSigningKey, type SigningKey } from '../../../platform/keys/signing-key.ts'
import { openPackage } from './open-package.ts'
import { archiveFolder, packArchive } from './package-archive.ts'

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

const open = () => openPackage(archive, { bytesMax: 10_000_000, cacheFolder })
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

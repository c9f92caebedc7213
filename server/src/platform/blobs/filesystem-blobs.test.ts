import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BlobStore } from './blob-store.ts'
import { BlobCorrupt, BlobMissing, BlobTooLarge } from './errors.ts'
import { openFilesystemBlobs } from './filesystem-blobs.ts'

let folder: string
let blobs: BlobStore
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-blobs-'))
  blobs = await openFilesystemBlobs(folder)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}

test('content is kept once, under its sha256', async () => {
  const first = await blobs.put(Buffer.from('hello'))
  expect(first).toEqual({ digest: sha256('hello'), bytes: 5 })
  expect(await blobs.put(pieces('hel', 'lo'))).toEqual(first)
  expect((await blobs.read(first.digest)).toString()).toBe('hello')
  expect(await Array.fromAsync(blobs.list())).toEqual([first.digest])
})

test('a changed byte is refused, also in a copy', async () => {
  const { digest } = await blobs.put(Buffer.from('hello'))
  writeFileSync(path.join(folder, 'sha256', digest.slice(0, 2), digest.slice(2)), 'hellO')
  await expect(blobs.read(digest)).rejects.toBeInstanceOf(BlobCorrupt)
  const copy = path.join(folder, 'copy')
  await expect(blobs.materialise(digest, copy)).rejects.toBeInstanceOf(BlobCorrupt)
  expect(existsSync(copy)).toBe(false)
})

test('a file beyond the limit leaves nothing', async () => {
  await expect(blobs.put(pieces('abc', 'def'), 5)).rejects.toBeInstanceOf(BlobTooLarge)
  expect(readdirSync(path.join(folder, 'incoming'))).toEqual([])
})

test('a verified copy is made, and what is missing is said so', async () => {
  const { digest } = await blobs.put(Buffer.from('hello'))
  await blobs.materialise(digest, path.join(folder, 'a/b'))
  expect(readFileSync(path.join(folder, 'a/b'), 'utf8')).toBe('hello')
  await expect(blobs.read('0'.repeat(64))).rejects.toBeInstanceOf(BlobMissing)
  await expect(blobs.read('../../etc/passwd')).rejects.toBeInstanceOf(BlobMissing)
  expect(await blobs.find('0'.repeat(64))).toBeUndefined()
})

test('what a crash left half-written is swept', async () => {
  writeFileSync(path.join(folder, 'incoming', 'blob.1.aa.tmp'), 'half')
  await openFilesystemBlobs(folder)
  expect(readdirSync(path.join(folder, 'incoming'))).toEqual([])
})

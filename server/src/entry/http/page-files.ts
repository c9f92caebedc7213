/**
 * The built pages, in memory. What can be asked for is what the folder held when it was read, so no address leads out of it.
 * The folder is read again when its `index.html` is another one: a build while the server runs is seen, and never half of it.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

export type PageEncoding = 'br' | 'gzip' | 'identity'

export interface PageFile {
  readonly type: string
  readonly bytes: Buffer
  readonly etag: string
  /** Its name has the hash of its content in it. */
  readonly isHashed: boolean
  /** Compressed once, when it is first asked for so. */
  encoded(encoding: PageEncoding): Promise<Buffer>
}
export interface PageFiles {
  /** By its path below the folder, with forward slashes; undefined when there is none. */
  find(path: string): Promise<PageFile | undefined>
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}
const COMPRESSES = /^(text\/|application\/|image\/svg)/
const HASHED = /^assets\/.+-[\w-]{8,}\.\w+$/
/** Above the size of the pages; a folder that holds more is not theirs. */
const FILES_MAX = 2_000
const BYTES_MAX = 100_000_000
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }

export function createPageFiles(folder: string): PageFiles {
  let stamp = ''
  let files: Promise<ReadonlyMap<string, PageFile>> = Promise.resolve(new Map())
  return Object.freeze<PageFiles>({
    async find(name) {
      const now = await stampOf(path.join(folder, 'index.html'))
      if (now !== stamp) {
        stamp = now
        files = now === '' ? Promise.resolve(new Map()) : readAll(folder)
        files.catch(() => (stamp = ''))
      }
      return (await files).get(name)
    },
  })
}

/** Empty when it is not there. */
async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file)
    return `${mtimeMs}/${size}/${ino}`
  } catch {
    return ''
  }
}

async function readAll(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const names = (await readdir(folder, { recursive: true })).map((name) => name.split(path.sep).join('/'))
  const files = new Map<string, PageFile>()
  let total = 0
  for (const name of names.slice(0, FILES_MAX)) {
    const type = TYPES[path.extname(name)]
    if (type === undefined) continue
    const bytes = await readFile(path.join(folder, name))
    total += bytes.length
    if (total > BYTES_MAX) break
    files.set(name, pageFile(name, type, bytes))
  }
  return files
}

function pageFile(name: string, type: string, bytes: Buffer): PageFile {
  const encodings = new Map<PageEncoding, Promise<Buffer>>()
  return Object.freeze<PageFile>({
    type,
    bytes,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    isHashed: HASHED.test(name),
    encoded(encoding) {
      const found = encodings.get(encoding) ?? compress(bytes, encoding)
      encodings.set(encoding, found)
      return found
    },
  })
}

const compress = (bytes: Buffer, encoding: PageEncoding): Promise<Buffer> =>
  encoding === 'br'
    ? promisify(brotliCompress)(bytes, BROTLI)
    : encoding === 'gzip'
      ? promisify(gzip)(bytes, { level: 9 })
      : Promise.resolve(bytes)

/** The best encoding that the reader takes and that is worth it. */
export function encodingFor({ type, bytes }: PageFile, accepts: string | undefined): PageEncoding {
  if (accepts === undefined || bytes.length < 1_024 || !COMPRESSES.test(type)) return 'identity'
  const taken = accepts.split(',').flatMap((part) => {
    const [name = '', ...options] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/)
    return options.some((option) => /^q=0(\.0*)?$/.test(option)) ? [] : [name]
  })
  return taken.includes('br') ? 'br' : taken.includes('gzip') ? 'gzip' : 'identity'
}

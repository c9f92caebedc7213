const PATH_BYTES_MAX = 1_024
/** Parts of a path; each is a folder on disk. */
const DEPTH_MAX = 32
/** What some file system or shell gives a meaning: separators, drives and streams of Windows, control characters. */
const FORBIDDEN = /[\p{Cc}\\:*?"<>|]/u
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** Why a path may not name a file of a package, or undefined when it may: relative, inside, the same on every system. */
export function faultOfPath(path: string): string | undefined {
  if (path === '') return 'it has no name'
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) return `its name is longer than ${PATH_BYTES_MAX} bytes`
  if (FORBIDDEN.test(path) || !path.isWellFormed()) return 'its name has characters that not every system allows'
  if (path.startsWith('/')) return 'its name is an absolute path'
  const parts = path.split('/')
  if (parts.includes('..')) return 'its name leads out of the package'
  if (parts.length > DEPTH_MAX) return `it lies in more than ${DEPTH_MAX} folders`
  if (parts.some((part) => part === '' || part === '.' || /[. ]$/.test(part) || RESERVED.test(part)))
    return 'its name is not the same on every system'
  return undefined
}

/** Why these paths cannot lie side by side in one folder, with the one at fault; undefined when they can. */
export function faultOfPaths(paths: readonly string[]): { readonly path: string; readonly reason: string } | undefined {
  const folders = new Set<string>()
  const files = new Map<string, string>()
  for (const path of paths) {
    const reason = faultOfPath(path)
    if (reason !== undefined) return { path, reason }
    const known = files.get(spellingOf(path))
    if (known === path) return { path, reason: 'it is there twice' }
    if (known !== undefined) return { path, reason: `some systems take it for ${known}` }
    files.set(spellingOf(path), path)
    const parts = path.split('/')
    for (let depth = 1; depth < parts.length; depth++) folders.add(spellingOf(parts.slice(0, depth).join('/')))
  }
  const both = paths.find((path) => folders.has(spellingOf(path)))
  return both === undefined ? undefined : { path: both, reason: 'it is both a file and a folder' }
}

/** One spelling for names that a file system without case, or with composed letters, takes for the same. */
const spellingOf = (path: string) => path.normalize('NFC').toLowerCase()

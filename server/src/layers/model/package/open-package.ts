/**
 * Opening a package that somebody brought: nothing in it is believed before it was compared with its signature. Part of
 * the data plane, so it loads neither a schema library nor a database, and the reader of archives only for an archive.
 */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { PackageMissing } from './errors.ts'
import type { OpenedPackage } from './package.ts'
import { openFolder } from './package-folder.ts'
import { type ArchiveOptions, openArchive } from './unpack-archive.ts'

export type OpenPackageOptions = ArchiveOptions

/**
 * Opens a folder or a single file. All bytes are read once to be verified, so it takes as long as hashing them.
 * Throws PackageMissing, PackageMalformed, PackageChanged with the name of the file, PackageKeyUntrusted, PackageTooLarge,
 * PackageArchiveRefused, StorageFull, StorageUnwritable.
 */
export async function openPackage(place: string, options: OpenPackageOptions): Promise<OpenedPackage> {
  const found = await stat(place).catch(() => undefined)
  if (found?.isDirectory() === true) return openFolder(path.resolve(place), options, place)
  if (found?.isFile() === true) return openArchive(place, found.size, options)
  throw new PackageMissing({ package: place, reason: found === undefined ? 'nothing is there' : 'it is neither file nor folder' })
}

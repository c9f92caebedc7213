import { defineError } from '../../../kernel/errors.ts'

/** No package where one was promised. HTTP 404. */
export const PackageMissing = defineError({
  code: 'PACKAGE_MISSING',
  status: 404,
  message: (d: { package: string; reason: string }) => `There is no package at ${d.package}: ${d.reason}.`,
  hint: () => 'Give the folder of a package, or its single file NAME-VERSION.seaworthy.',
})

/** Something that is no package, or one that breaks its own rules. HTTP 422. */
export const PackageMalformed = defineError({
  code: 'PACKAGE_MALFORMED',
  status: 422,
  message: (d: { package: string; file?: string | undefined; reason: string }) =>
    `${d.package} is not a valid package: ${d.file === undefined ? '' : `${d.file}: `}${d.reason}.`,
  hint: () => 'Get the package again from where it was made: `seaworthy pull MODEL@VERSION`.',
})

/** A package of which a file is not the one that was signed. HTTP 409. */
export const PackageChanged = defineError({
  code: 'PACKAGE_CHANGED',
  status: 409,
  message: (d: { package: string; file: string; reason: string }) => `${d.file} of ${d.package} was changed: ${d.reason}.`,
  hint: () =>
    'Do not use it. Get it again from where it was made, `seaworthy pull MODEL@VERSION`; if that one is changed too, the storage is damaged.',
})

/** A package signed by a key that this place does not trust. HTTP 403. */
export const PackageKeyUntrusted = defineError({
  code: 'PACKAGE_KEY_UNTRUSTED',
  status: 403,
  message: (d: { package: string; keyId: string; trusted: readonly string[] }) =>
    `${d.package} was signed by the key ${d.keyId}; trusted here: ${d.trusted.join(', ') || 'none'}.`,
  hint: () =>
    'Ask who made the package for the id of their key by another way; if it is the same, trust it with --trust-key or SEAWORTHY_TRUSTED_KEYS.',
})

/** A package larger than this place takes. HTTP 413. */
export const PackageTooLarge = defineError({
  code: 'PACKAGE_TOO_LARGE',
  status: 413,
  message: (d: { package: string; what: string; found: number; limit: number }) =>
    `${d.package} has ${d.found} ${d.what}; the limit is ${d.limit}.`,
  hint: () => 'Make the model smaller (quantise it, or prune trees), or raise SEAWORTHY_MODEL_BYTES_MAX.',
})

/** A single-file package that holds what a package never does. HTTP 422. */
export const PackageArchiveRefused = defineError({
  code: 'PACKAGE_ARCHIVE_REFUSED',
  status: 422,
  message: (d: { package: string; entry?: string | undefined; reason: string }) =>
    `${d.package} was not unpacked: ${d.entry === undefined ? '' : `its entry ${JSON.stringify(d.entry)} is refused: `}${d.reason}.`,
  hint: () =>
    'A package is an uncompressed tar of plain files with manifest.json first, as GET /v1/models/MODEL/versions/VERSION/package gives it.',
})
